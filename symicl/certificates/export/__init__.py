"""Certificates as text for proof assistants, Coq and Lean."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
