"""Expected losses, their minimisers, and the certificate that a minimum is global."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
