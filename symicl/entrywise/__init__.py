"""The second engine: explicit coordinates at small sizes, exact rational numbers, no words and no Stein identity.

It shares no code with the first one: it imports nothing of symicl but the exceptions, and gets its questions from
proof logs and from plain numbers. ``docs/second-engine.md`` says what its agreement proves.
"""
