"""Exact expectations of closed forms, one file a law: Gaussian matrices, samples of a function, phases."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
