"""Claim files: a small text language for lemmas, and a verdict with the right answer."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
