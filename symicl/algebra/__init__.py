"""Closed forms: letters, words, traces and rational functions, with symbolic dimensions; SymPy in and out."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
