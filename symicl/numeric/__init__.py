"""A closed form at numbers: exact, NumPy or torch, with its gradient; roots and eigenvalues in balls."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
