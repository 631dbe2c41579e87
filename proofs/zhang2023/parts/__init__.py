"""The parts of the derivations: each does one piece of mathematics, records it, and checks it."""
