"""Every exception that symicl raises on purpose.

Each carries one sentence that names the offending thing and the remedy; the command line prints that
sentence, with its code, and nothing else.
"""

from symicl.codes import code_of


class SymiclError(Exception):
    """Base class of all errors raised by symicl.

    Attributes
    ----------
    code : str
        Such as "SYM-E012": it stays where the sentence is put better, and docs/reference/codes lists it.
    """

    letters = "D"

    @property
    def code(self) -> str:
        """The code of the cause; see `symicl.codes`."""
        return code_of(str(self), self.letters)


class InputError(SymiclError, ValueError):
    """The caller gave something that cannot be meant: a bad number, an unknown name, a wrong file."""

    letters = "E"


class ShapeError(InputError):
    """Two matrices do not fit together."""


class ClaimError(InputError):
    """A claim file says something that cannot be read or meant.

    Attributes
    ----------
    sentence : str
        What is wrong, with the place in front.
    line, column : int
        From 1.
    pointer : str
        The line of the file with carets under the place, on two lines.
    """

    def __init__(self, sentence: str, line: int, column: int, pointer: str):
        super().__init__(f"{sentence}\n{pointer}")
        self.sentence, self.line, self.column, self.pointer = sentence, line, column, pointer


class UnsupportedError(SymiclError, NotImplementedError):
    """A well-formed request that lies outside what the exact calculus can take."""

    letters = "U"


class EnginesDisagreeError(SymiclError, RuntimeError):
    """The two engines give different values: one of them is wrong, and no verdict may be reported."""


class DerivationError(SymiclError, RuntimeError):
    """A step of a derivation did not hold, so no result may be reported."""


class MissingDependencyError(SymiclError, ImportError):
    """An optional package is needed for this command and is not installed."""

    letters = "M"


def described(value: object) -> str:
    """The description of a wrong argument, for a sentence: a class, text, nothing, a number."""
    if isinstance(value, type):
        return f"the class {value.__name__} (write {value.__name__}() for an instance)"
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return kind(value)


def kind(value: object) -> str:
    """The class of a value with its article: an int, a list."""
    name = type(value).__name__
    sounds_open = name[0] in "AEIOaeio" and not name.startswith("One")  # an int, but a OneStepGD
    return f"{'an' if sounds_open else 'a'} {name}"


def brief(value: object) -> str:
    """A wrong value as part of a sentence: on one line, and not too long."""
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:57] + "…"
