"""Formulas for reading: closed forms as LaTeX, Unicode text and pieces of HTML."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
