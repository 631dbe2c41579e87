"""A theorem is data: a published statement, and the derivation that must reach it by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import sympy

from symicl.errors import InputError, brief, kind
from symicl.models import Model
from symicl.statements.derivation import Derivation, Recorder
from symicl.statements.evaluation import Evaluation
from symicl.statements.proposition import Proposition
from symicl.statements.propositions import PROPOSITIONS
from symicl.statements.quantities import Certified, SpecialCase
from symicl.statements.unchecked import UNCHECKED
from symicl.tasks import Task, Values
from symicl.typeset import Equation, Passage, formula_latex

WRITTEN = "in the author's notation"
"""The mark before what an author writes on the left of a stated value, if it is more than a symbol."""
ASSUMED = "Assume, in the author's words"
"""The mark before assumptions; the law and the forward pass that are judged are those of task and model."""
Setting = tuple[Model, Task]

_SYMBOL = re.compile(
    r"(?:[A-Za-z]|\\[A-Za-z]+|\\(?:mathcal|mathbb|mathrm|hat|tilde|bar)\{\\?[A-Za-z]+\})"
    r"(?:[_^](?:[A-Za-z0-9*]|\\[A-Za-z]+|\{[A-Za-z0-9*,\\]{1,16}\}))*"
)
"""One symbol in LaTeX with indices: nothing with which a sentence could go on."""


@dataclass(frozen=True)
class Paper:
    """Where a statement was published."""

    key: str
    authors: str
    title: str
    year: int
    arxiv: str


@dataclass(frozen=True)
class Theorem:
    """A published statement with everything that is needed to check it.

    Attributes
    ----------
    id : str
        PAPER.RESULT, the path of its file below ``proofs/``.
    title : str
        One line; like all prose here, with LaTeX mathematics between dollar signs.
    paper : Paper
    source : str
        Where in the paper.
    assumptions : tuple of str
    task, model : Task, Model
        What is derived is what is trained.
    states : dict
        The published closed forms by name, as SymPy expressions. They are compared with what the
        derivation finds and are used nowhere else.
    propositions : tuple of Proposition
        What is said besides the closed forms, such as that a value is a global minimum; typed, and each judged. Only
        the kinds of `symicl.statements` are taken, and no classes made from them.
    wording : str
        The statement in the author's own words, where they say more. It is shown as not checked.
    corollaries : dict
        Further published or evident closed forms (limits, special cases), compared in the same way.
    settings : dict
        Corollaries that speak of another model or task than the theorem's own, each with its model and task.
    options : dict
        Inputs that are a choice by name: each maps a choice to the values of opaque symbols.
    notation : dict
        LaTeX of each stated quantity; it may end in a relation such as ``\\ge``, otherwise it is an equality. Of one
        that a proposition speaks of it is one symbol. What a symbol stands for is the author's word.
    where : dict
        The letters of the statement that the task and the model do not define, with their meaning.
    setting : tuple of Passage
        What stands before the theorem, where it is not what the task and the model say of themselves.
    inputs : dict, optional
        The numeric inputs by name, where they are fewer than the symbols of the task.
    meaning : dict
        Symbols of the statement that stand for expressions in those of the task, such as a norm for d times the moment
        of a coordinate; propositions are judged with these put in, and printed with them.
    auxiliary : dict
        Symbols of the statement that the inputs determine without a closed form, such as an eigenvalue, with
        the exact computation of each.
    certified : dict
        Further quantities at numbers, each by a computation with proven digits instead of a closed form.
    optional : dict
        Values of the inputs that need not be given.
    refusals : tuple of callables
        From exact values; each raises `InputError` for inputs that the statement cannot mean.
    special_cases : tuple of SpecialCase
        Inputs at which the closed forms do not exist or do not determine everything.
    origin : str
        The package and version that a plug-in comes from; empty for the theorems of symicl and of a user's file.
    """

    id: str
    title: str
    paper: Paper
    source: str
    assumptions: tuple[str, ...]
    task: Task
    model: Model
    states: Mapping[str, sympy.Basic]
    propositions: tuple[Proposition, ...] = ()
    wording: str = ""
    corollaries: Mapping[str, sympy.Basic] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notation: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, sympy.Basic] | None = None
    meaning: Mapping[sympy.Basic, sympy.Basic] = field(default_factory=dict)
    auxiliary: Mapping[sympy.Symbol, Callable[[Values], sympy.Expr]] = field(default_factory=dict)
    certified: Mapping[str, Certified] = field(default_factory=dict)
    optional: Mapping[str, Any] = field(default_factory=dict)
    refusals: tuple[Callable[[Values], None], ...] = ()
    special_cases: tuple[SpecialCase, ...] = ()
    origin: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    setting: tuple[Passage, ...] = ()
    _derivations: list[Callable[[Recorder], Mapping[str, Any]]] = field(default_factory=list, repr=False)
    ships: bool = field(default=False, init=False, repr=False, compare=False)
    """True for a statement of the catalogue, as it is there; a copy with other fields is its author's."""

    def __post_init__(self) -> None:
        twice = self.states.keys() & self.corollaries.keys()
        if twice:
            raise InputError(
                f"{self.id} states {', '.join(sorted(twice))} twice; give each claim its own name"
            )

        for name, stated in self.claims.items():
            if not isinstance(name, str) or not name.isidentifier():
                raise InputError(
                    f"{self.id} states something under the name {brief(name)}; give a name of letters, digits and "
                    "underscores"
                )
            if not isinstance(stated, sympy.Basic):
                raise InputError(
                    f"{self.id} states {name} = {stated!r}, {kind(stated)}; give a SymPy expression, such "
                    "as sympy.Integer(1) or sympy.Rational(1, 2)"
                )
        self._check_propositions()
        unknown = {q for p in self.propositions for q in p.quantities} - self.claims.keys()
        if unknown:
            raise InputError(
                f"{self.id} says something of {', '.join(sorted(unknown))}, which it does not state; add the value to "
                "states={...}"
            )
        foreign = self.settings.keys() - self.corollaries.keys()
        if foreign:
            raise InputError(
                f"{self.id} gives {', '.join(sorted(foreign))} another setting; only a corollary may have one"
            )

    def _check_propositions(self) -> None:
        """Refuse what would print beside a verdict more than is judged, or something else."""
        said = self.propositions
        if not isinstance(said, tuple | list) or any(type(p) not in PROPOSITIONS for p in said):
            names = ", ".join(kind.__name__ for kind in PROPOSITIONS)
            raise InputError(
                f"the propositions of {self.id} are {brief(said)}; give a tuple of {names}, as they are: what you say "
                "in words is wording=..."
            )
        for name, latex in self.notation.items():
            spoken = any(name in p.quantities for p in said)
            if "$" in latex or (spoken and not _SYMBOL.fullmatch(latex)):
                raise InputError(
                    f"{self.id} writes {name} as {brief(latex)}; give one symbol in LaTeX, such as L^{{*}}, without "
                    "dollar signs"
                )
        known = {**self.task.symbols(), **self.task.opaque_moments()}
        for symbol in self.meaning:
            if not isinstance(symbol, sympy.Symbol) or symbol.name in known:
                raise InputError(
                    f"{self.id} gives {brief(symbol)} a meaning, which it has by the task; only scalar symbols of your "
                    "own stand for something"
                )

    def derivation(
        self, function: Callable[[Recorder], Mapping[str, Any]]
    ) -> Callable[[Recorder], Mapping[str, Any]]:
        """Register the derivation; it returns what it found for every name in ``claims``."""
        self._derivations[:] = [function]
        object.__setattr__(self, "ships", _is_ours(function))
        return function

    def derive(self) -> Derivation:
        """Run the derivation now."""
        function = self._derivations[0]
        recorder = Recorder()
        found = function(recorder)
        if not isinstance(found, Mapping):
            raise InputError(
                f"the derivation returns {kind(found)}; return a dict from the names of the stated "
                "quantities to what was found for them"
            )
        return Derivation(
            tuple(step.marked for step in recorder.steps),
            dict(found),
            tuple(recorder.axioms),
            tuple(recorder.concluded),
        )

    def __repr__(self) -> str:
        return f"Theorem({self.id!r}, {self.title!r})"

    @property
    def citation(self) -> str:
        """Authors, year, arXiv number and the place in the paper; of a plug-in also the package."""
        place = f"{self.paper.authors} ({self.paper.year}), arXiv:{self.paper.arxiv}, {self.source}"
        return f"{place} [from {self.origin}]" if self.origin else place

    def left(self, name: str) -> str:
        """LaTeX of what is stated under this name.

        Words and relations that the author of a theorem puts there are not checked; they are marked as the author's.
        """
        text = name.replace("_", " ")
        latex = self.notation.get(name)
        if latex is None:
            return rf"\text{{{text}}}"
        return (
            latex if self.ships or _SYMBOL.fullmatch(latex) else rf"\text{{{text}, {WRITTEN}:}}\quad {latex}"
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """The propositions in words; the stated closed forms are shown below them."""
        claims = self.claims
        left = {name: self.left(name) for name in claims}
        told: set[sympy.Basic] = set()
        found = []
        for proposition in self.propositions:
            new = [s for s in self.meaning if s in proposition.letters(claims) - told]
            told.update(new)
            pairs = ((formula_latex(s), formula_latex(self.meaning[s])) for s in new)
            given = ", ".join(f"${short}={long}$" for short, long in pairs if short != long)
            found.append(" ".join(filter(None, [proposition.sentence(left), given and f"Here {given}."])))
        return tuple(found)

    @property
    def statement(self) -> str:
        """The assumptions and all that is stated, in one paragraph.

        It is made from what `prove` judges, but for the assumptions, which are marked as an author's words: what is
        judged is the model under the law of the task.
        """
        given = f"{ASSUMED}: {'; '.join(self.assumptions)}." if self.assumptions else ""
        forms = ", ".join(
            f"${formula_latex(Equation(self.left(name), value))}$" for name, value in self.states.items()
        )
        stated = [*self.sentences, f"{'Here ' if self.sentences else 'Then '}{forms}." if forms else ""]
        return " ".join(filter(None, [given, *stated]))

    @property
    def has_derivation(self) -> bool:
        """True if a derivation is registered."""
        return bool(self._derivations)

    @property
    def derivations(self) -> tuple[Callable[[Recorder], Mapping[str, Any]], ...]:
        """The derivation that is registered, if there is one."""
        return tuple(self._derivations)

    def setting_of(self, name: str) -> Setting:
        """The model and the task that a stated quantity speaks of."""
        return self.settings.get(name, (self.model, self.task))

    @property
    def claims(self) -> dict[str, sympy.Basic]:
        """Everything that is stated: the main quantities and the corollaries."""
        return {**self.states, **self.corollaries}

    @property
    def symbols(self) -> dict[str, sympy.Basic]:
        """The numeric inputs by name; by default those of the task."""
        return dict(self.task.symbols() if self.inputs is None else self.inputs)

    def at(self, **given: Any) -> Evaluation:
        """Every stated quantity at numbers, exact where the inputs are.

        Parameters
        ----------
        **given
            The inputs by name: numbers, lists and arrays, or the name of a choice.

        Raises
        ------
        InputError
            For an unknown, missing or impossible input.

        Examples
        --------
        >>> from symicl.statements import find
        >>> find("mahankali2023.isotropic").at(n=20, d=5, sigma2="1/4").values["eta"]["exact"]
        '4/105'
        """
        from symicl.statements.evaluation import evaluate_theorem

        return evaluate_theorem(self, given)

    def plot(self, quantity: str, symbol: Any, values: Iterable[Any], **numbers: Any) -> Any:
        """A matplotlib figure of a stated quantity, a scalar, against one of its symbols.

        Parameters
        ----------
        quantity : str
            One of `claims`, such as "loss".
        symbol : SymPy symbol or str
        values : iterable of numbers
            Of this symbol, such as ``range(2, 40)``.
        **numbers
            All other symbols by name.

        Raises
        ------
        InputError
            For an unknown quantity or symbol, a matrix, or a missing number.
        MissingDependencyError
            Without matplotlib.
        """
        from symicl.pictures import figure_of
        from symicl.theory import value_curve

        if quantity not in self.claims:
            raise InputError(f"{self.id} states no {brief(quantity)}; it states {', '.join(self.claims)}")
        stated = Equation(self.left(quantity), self.claims[quantity])
        return figure_of(value_curve(stated, symbol, values, numbers))

    def _latex(self, printer: Any) -> str:
        return r",\quad ".join(
            formula_latex(Equation(self.left(n), value)) for n, value in self.states.items()
        )

    def _repr_html_(self) -> str:
        from symicl.typeset import items, paragraphs, prose, stated

        words = f"{UNCHECKED}: {self.wording}" if self.wording else ""
        forms = [stated(self.left(name), value) for name, value in self.states.items()]
        head = f"<strong>{prose(self.title)}</strong> <code>{escape(self.id)}</code>"
        assumptions = items(map(prose, self.assumptions))
        says = map(prose, self.sentences)
        given = [f"{ASSUMED}:", assumptions] if assumptions else []
        return paragraphs([head, *given, *says, *forms, prose(words), prose(self.citation)])


def _is_ours(function: Callable[..., Any]) -> bool:
    """True for a derivation that is part of symicl."""
    return function.__module__.startswith("symicl.proofs.")
