"""What an exported file consists of, whatever the language."""

from __future__ import annotations

from dataclasses import dataclass, field

from symicl.export.formulas import Definition, Formula, Variable


@dataclass(frozen=True)
class Bound:
    """An assumed lower bound of a variable."""

    variable: Variable
    least: int


@dataclass(frozen=True)
class Nonzero:
    """A polynomial that does not vanish.

    With `shifted`, which is the polynomial or its negative (then `negative`) in what its variables exceed their bounds
    by, it follows from the bounds. Without, it is assumed.
    """

    polynomial: Formula
    shifted: Formula | None = None
    negative: bool = False


@dataclass(frozen=True)
class Equation:
    """Two formulas that are equal."""

    left: Formula
    right: Formula


@dataclass(frozen=True)
class Sign:
    """A formula is not negative, or positive; `shifted` is another form of it, where no coefficient is negative."""

    formula: Formula
    strict: bool
    shifted: Formula


@dataclass(frozen=True)
class Minimum:
    """loss = value + square, so that loss is at least value wherever square is not negative."""

    loss: Formula
    value: Formula
    square: Formula


@dataclass(frozen=True)
class Lemma:
    """A statement for all real values of its variables."""

    name: str
    remark: str
    variables: tuple[Variable, ...]
    bounds: tuple[Bound, ...]
    nonzero: tuple[Nonzero, ...]
    conclusion: tuple[Equation, ...] | Sign | Minimum
    definitions: tuple[Definition, ...]
    quantity: str | None = None
    """The stated quantity that it is about."""

    @property
    def assumed(self) -> tuple[Nonzero, ...]:
        """What has to be assumed, as the bounds do not give it."""
        return tuple(one for one in self.nonzero if one.shifted is None)


@dataclass
class Document:
    """One theorem."""

    theorem: str
    statement: str
    source: str
    assumptions: list[str]
    axioms: list[str]
    quantities: dict[str, str] = field(default_factory=dict)
    """Stated quantities as text."""
    letters: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    asserted: list[str] = field(default_factory=list)
    """Steps without a formula, which the file cannot speak about."""
    items: list[Definition | Lemma | str] = field(default_factory=list)
    """In their order; a text is a heading."""

    @property
    def lemmas(self) -> list[Lemma]:
        """All statements."""
        return [item for item in self.items if isinstance(item, Lemma)]
