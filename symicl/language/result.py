"""Results of checking claims, and their display."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import Any

from symicl.algebra import ClosedForm
from symicl.errors import InputError
from symicl.language.showing import latex_of, plain, show, text_of
from symicl.tasks import Values
from symicl.typeset import Node, write_line
from symicl.verdicts import PROVED, PROVED_AT, REFUTED, UNDECIDED, Provable


@dataclass(frozen=True)
class Counterexample:
    """An exact instance on which a claim fails.

    Attributes
    ----------
    values : dict
        From each symbol to its exact value.
    left, right : exact values
        Of the two sides; of a minimiser, the objective there and at a better point.
    words : (str, str)
        What the two are.
    """

    values: Values
    left: Any
    right: Any
    words: tuple[str, str] = ("the left side is", "the right side is")

    def __str__(self) -> str:
        return self.described({})

    def described(self, names: Mapping[str, Node]) -> str:
        """In words, with the symbols as they were declared."""
        letters = {s: write_line(names[str(s)]) if str(s) in names else str(s) for s in self.values}
        at = ", ".join(f"{letters[symbol]} = {show(value)}" for symbol, value in self.values.items())
        sides = f"{self.words[0]} {show(self.left)}, {self.words[1]} {show(self.right)}"
        return f"at {at}: {sides}" if at else sides

    @property
    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "at": {str(symbol): plain(value) for symbol, value in self.values.items()},
            "left": plain(self.left),
            "right": plain(self.right),
        }


@dataclass(frozen=True)
class Convention:
    """A usual difference between two papers that explains a refuted claim.

    Attributes
    ----------
    name : str
        Such as "transpose", "1/n or not", "sigma or sigma^2".
    sentence : str
        What to change.
    claim : str
        The changed side, in the language; it makes the claim true.
    """

    name: str
    sentence: str
    claim: str

    def __str__(self) -> str:
        return f"{self.name}: the claim holds {self.sentence}: {self.claim}"


@dataclass(frozen=True)
class ClaimResult(Provable):
    """The verdict on one claim; ``.proved`` is True or False.

    Attributes
    ----------
    verdict : str
        "proved", "refuted", "undecided", or of a claim at given sizes "proved at n = 3, d = 2".
    title : str
        As given in the file, else empty.
    text : str
        The claim as it stands in the file.
    line : int
    rule : str
        What a proof rests on.
    axioms : tuple of str
        What is used without being proved here.
    reason : str
        Why a claim is undecided, or a remark.
    truth, difference : ClosedForm or None
        The side that would be true, and stated − true.
    truth_is : str
        Which side that is.
    counterexample : Counterexample or None
    convention : Convention or None
    assumption : str
        A usual assumption under which a refuted claim is true, as it is written in a file.
    proof : Proof or None
        Of a proved claim, what a certificate is written from; see `symicl.language.proof`.
    formulas : tuple
        The formulas of which a proved claim speaks.
    names : mapping
        How the symbols are written, by their name.
    """

    verdict: str
    title: str
    text: str
    line: int
    rule: str = ""
    axioms: tuple[str, ...] = ()
    reason: str = ""
    truth: ClosedForm | None = None
    difference: ClosedForm | None = None
    truth_is: str = "the true right-hand side"
    counterexample: Counterexample | None = None
    convention: Convention | None = None
    assumption: str = ""
    proof: Any = field(default=None, repr=False)
    formulas: tuple[Any, ...] = field(default=(), repr=False)
    names: Mapping[str, Node] = field(default_factory=dict, repr=False, compare=False)

    def details(self) -> list[tuple[str, str]]:
        """Details below the verdict: (heading, text) pairs."""
        found = [(heading, text_of(formula, self.names)) for heading, formula in self._formulas()]
        if self.counterexample is not None:
            found.append(("the smallest counterexample", self.counterexample.described(self.names)))
        if self.convention is not None:
            found.append(("a convention explains it", str(self.convention)))
        if self.assumption:
            found.append(("an assumption mends it", f"assume {self.assumption}"))
        if self.reason:
            found.append(("reason" if self.verdict == UNDECIDED else "remark", self.reason))
        return found

    def _formulas(self) -> list[tuple[str, ClosedForm]]:
        """The closed forms among the details, which stand in front, with their headings."""
        truth = self.truth if self.verdict != PROVED else None
        shown = (self.truth_is, truth), ("the difference, stated - true", self.difference)
        return [(heading, formula) for heading, formula in shown if formula is not None]

    def typeset(self, escaped: Callable[[str], str] = str) -> list[str]:
        """The details with their formulas in LaTeX; ``escaped`` makes text safe for where it is shown."""
        latex = [f"${escaped(latex_of(formula))}$" for _, formula in self._formulas()]
        shown = [*latex, *(escaped(text) for _, text in self.details()[len(latex) :])]
        return [
            f"{escaped(heading)}: {text}" for (heading, _), text in zip(self.details(), shown, strict=True)
        ]

    def __str__(self) -> str:
        title = f"{self.title}: " if self.title else ""
        head = f"{self.verdict:<10} line {self.line}: {title}{self.text}"
        return "\n".join([head, *(f"{'':11}{heading}: {text}" for heading, text in self.details())])

    @property
    def document(self) -> dict[str, Any]:
        """As JSON."""
        document: dict[str, Any] = {
            "verdict": self.verdict,
            "title": self.title,
            "line": self.line,
            "claim": self.text,
        }
        optional: dict[str, Any] = {"rule": self.rule, "axioms": list(self.axioms), "reason": self.reason}
        for name, formula in (("truth", self.truth), ("difference", self.difference)):
            if formula is not None:
                optional[name] = text_of(formula, self.names)
                optional[f"{name}_latex"] = latex_of(formula)
        if self.counterexample is not None:
            optional["counterexample"] = self.counterexample.document
        if self.convention is not None:
            optional["convention"] = {
                "name": self.convention.name,
                "sentence": self.convention.sentence,
                "claim": self.convention.claim,
            }
        optional["assumption"] = self.assumption
        return document | {name: value for name, value in optional.items() if value}

    def _repr_html_(self) -> str:
        from symicl.typeset import badge, items, paragraphs

        title = f" {escape(self.title)}:" if self.title else ""
        details = self.typeset(partial(escape, quote=False))
        head = f"{badge(self.verdict)} (line {self.line}){title} <code>{escape(self.text)}</code>"
        return paragraphs([head, items(details) if details else ""])


@dataclass(frozen=True)
class CheckResult(Provable):
    """The verdicts on all claims of a file; ``.proved`` is True if all are proved.

    Attributes
    ----------
    claims : tuple of ClaimResult
        In the order of the file.
    certificate : str or None
        The proof log of the proved claims, if it was asked for and there are any.
    """

    claims: tuple[ClaimResult, ...]
    certificate: str | None = field(default=None, repr=False)

    @property
    def verdict(self) -> str:  # type: ignore[override]
        """ "refuted" if one claim is, else "undecided" if one is, else "proved"."""
        return overall(claim.verdict for claim in self.claims)

    def __iter__(self) -> Any:
        return iter(self.claims)

    def __len__(self) -> int:
        return len(self.claims)

    def __getitem__(self, key: int | str) -> ClaimResult:
        """A claim by its number or by its title."""
        if not isinstance(key, str):
            return self.claims[key]
        titled = {claim.title: claim for claim in self.claims if claim.title}
        if key not in titled:
            raise InputError(f"no claim has the title {key!r}; there are {', '.join(titled) or 'no titles'}")
        return titled[key]

    def __str__(self) -> str:
        return "\n".join(str(claim) for claim in self.claims)

    __repr__ = __str__

    @property
    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {"verdict": self.verdict, "claims": [claim.document for claim in self.claims]}

    def _repr_html_(self) -> str:
        from symicl.typeset import paragraphs

        return paragraphs(claim._repr_html_() for claim in self.claims)

    def _repr_markdown_(self) -> str:
        """For Jupyter: verdicts with their formulas typeset."""
        return "\n\n".join(_markdown(claim) for claim in self.claims)


def overall(verdicts: Iterable[str]) -> str:
    """One refuted claim outweighs anything undecided, that any proof, and one at given sizes alone that for all."""
    found = set(verdicts)
    at_sizes = sorted(v for v in found if v.startswith(PROVED_AT))
    return next(v for v in (REFUTED, UNDECIDED, *at_sizes, PROVED) if v in found or v == PROVED)


def _markdown(claim: ClaimResult) -> str:
    title = f" {claim.title}:" if claim.title else ""
    details = (f"- {detail}" for detail in claim.typeset())
    return "\n".join([f"**{claim.verdict}** (line {claim.line}){title} `{claim.text}`", *details])
