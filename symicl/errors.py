"""Every exception that symicl raises on purpose.

Each carries one sentence that names the offending thing and the remedy; the command line prints that
sentence and nothing else.
"""


class SymiclError(Exception):
    """Base class of all errors raised by symicl."""


class InputError(SymiclError, ValueError):
    """The caller gave something that cannot be meant: a bad number, an unknown name, a wrong file."""


class ShapeError(InputError):
    """Two matrices do not fit together."""


class UnsupportedError(SymiclError, NotImplementedError):
    """A well-formed request that lies outside what the exact calculus can take."""


class DerivationError(SymiclError, RuntimeError):
    """A step of a derivation did not hold, so no result may be reported."""


class MissingDependencyError(SymiclError, ImportError):
    """An optional package is needed for this command and is not installed."""
