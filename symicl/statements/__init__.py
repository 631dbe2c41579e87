"""Theorems: what is claimed, the verdict on it, its wrong versions, and the catalogue."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
