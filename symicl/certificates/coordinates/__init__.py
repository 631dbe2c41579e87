"""The second engine: explicit coordinates at small sizes, exact rational numbers, no words and no Stein identity.

It shares no code with the first one: it imports nothing of symicl but the exceptions, and gets its questions from
proof logs and from plain numbers. ``docs/second-engine.md`` says what its agreement proves.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
