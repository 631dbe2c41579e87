"""Laws of the data: symbols with their law, and a sampler; the two share no code."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
