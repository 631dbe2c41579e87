"""The parts of an exported file, whatever the language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from symicl.certificates.export.formulas import Definition, Formula, Variable, subformulas


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
class Relation:
    """An instance of B B^-1 = I under a trace, where B is a sum of matrices, and how often it is needed."""

    equation: Equation
    times: Formula


@dataclass(frozen=True)
class Minimum:
    """loss = value + square + relations, so that loss is at least value wherever square is not negative."""

    loss: Formula
    value: Formula
    square: Formula
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True)
class Step:
    """An equation that is shown on the way: by other steps, and by unfolding one name (an assumption if `given`)."""

    name: str
    left: Formula
    right: Formula
    unfold: str
    given: bool
    rewrites: tuple[str, ...]


Conclusion = tuple[Equation, ...] | Sign | Minimum


def formulas_of(conclusion: Conclusion) -> list[Formula]:
    """The formulas that are compared."""
    match conclusion:
        case Sign(formula, _, shifted):
            return [formula, shifted]
        case Minimum(loss, value, square, relations):
            pairs = [(r.equation.left, r.equation.right, r.times) for r in relations]
            return [loss, value, square, *(formula for three in pairs for formula in three)]
    return [side for equation in conclusion for side in (equation.left, equation.right)]


@dataclass(frozen=True)
class Lemma:
    """A statement for all real values of its variables."""

    name: str
    remark: str
    variables: tuple[Variable, ...]
    bounds: tuple[Bound, ...]
    nonzero: tuple[Nonzero, ...]
    conclusion: Conclusion
    definitions: tuple[Definition, ...]
    steps: tuple[Step, ...] = ()
    quantity: str | None = None
    """The stated quantity that it is about."""

    @property
    def step_names(self) -> list[str]:
        """The steps, those about large formulas first."""
        sizes = {step.name: sum(1 for _ in subformulas(step.left)) for step in self.steps}
        return sorted(sizes, key=lambda name: -sizes[name])

    @property
    def assumed(self) -> tuple[Nonzero, ...]:
        """The divisors that have to be assumed nonzero, since the bounds do not imply it."""
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
    beyond: list[str] = field(default_factory=list)
    """Stated quantities whose equality does not follow from the file: false ones, or by how an inverse cancels."""
    items: list[Definition | Lemma | str] = field(default_factory=list)
    """In their order; a text is a heading."""

    def head(self) -> Iterator[str]:
        """The header above the mathematics, line by line."""
        for title, texts in (
            ("Statement", [self.statement]),
            ("Source", [self.source]),
            ("Assumptions", self.assumptions),
            ("Axioms of the derivation, in words", self.axioms),
            ("Stated quantities", [f"{name} = {text}" for name, text in self.quantities.items()]),
            ("Letters", self.letters),
            ("Real variables that are traces", self.words),
            ("Steps that are asserted in words and not in this file", self.asserted),
        ):
            yield from (f"{title}: {text}" for text in texts)

    @property
    def lemmas(self) -> list[Lemma]:
        """All statements."""
        return [item for item in self.items if isinstance(item, Lemma)]
