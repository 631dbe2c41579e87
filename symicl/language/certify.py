"""A certificate of proved claims, which `symicl.certificates.checkers` rechecks.

Everything is written from the letters on, with every step of every expectation. What a proof adds to that is derived
once more in a form that the rules of the checker recompute; a claim for which there is none is written as asserted, and
the checker says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import sympy

from symicl.algebra import ClosedForm, Covariance, closed_form, same_form, vanishing_parts
from symicl.certificates import Recording, header, minimum_evidence
from symicl.errors import SymiclError, UnsupportedError
from symicl.language.claim_writer import ClaimWriter
from symicl.language.known_bounds import bounds_of
from symicl.language.library_evidence import Optima
from symicl.language.proof import BlockByBlock, SameForm, Shown, Sign
from symicl.language.reading import Reader
from symicl.language.result import ClaimResult
from symicl.language.showing import text_of
from symicl.language.shown_evidence import shown_evidence
from symicl.language.sign_evidence import sign_evidence
from symicl.verdicts import PROVED

MAX_EQUATIONS = 200
"""Equations of inverses, one after the other, by which one side of a claim is made from the other one."""


class Evidence(Protocol):
    """Evidence that a claim is true, ready to be written."""

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """Write the entries, the claim as a stated quantity last.

        Raises
        ------
        UnsupportedError
            If the rules of the checker do not reach so far.
        """


@dataclass(frozen=True)
class _Equality:
    left: ClosedForm
    right: ClosedForm

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        right = writer.node(self.right)
        left = writer.node(self.left)
        if not same_form(self.left, self.right):
            left = self._by_equations(writer, left)
        writer.emit("stated", name=name, text=text, stated=right, derived=left)

    def _by_equations(self, writer: ClaimWriter, left: int) -> int:
        """The right side, made from the left one by one equation of an inverse after the other."""
        parts = vanishing_parts(self.left - self.right)
        if parts is None or len(parts) > MAX_EQUATIONS:
            raise UnsupportedError(
                "no proof by single equations of the inverses in it is found that is short enough"
            )
        divisor = reduce(_multiple, [self.left, self.right, *(part.form for part in parts)], closed_form(1))
        value = self.left * divisor
        scale = writer.data(divisor)
        at = writer.given("data", value, of=writer.emit_value("product", value, parts=[scale, left]))
        for part in parts:
            value = value - part.form * divisor
            at = writer.without(at, part, divisor, value)
        return writer.over(at, scale, self.right)


def _multiple(divisor: ClosedForm, form: ClosedForm) -> ClosedForm:
    """A multiple of a scalar that a form times it has no denominator."""
    return divisor * (form * divisor).fraction()[1]


@dataclass(frozen=True)
class _Blocks:
    proof: BlockByBlock

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """Every block as an equality, the last one as what is stated."""
        lines = [
            writer.emit(
                "equal", claim=f"{place}: {text}", left=writer.node(part.left), right=writer.node(part.right)
            )
            for place, part in self.proof.parts
        ]
        _, last = self.proof.parts[-1]
        text = f"{text}, block by block in entries {', '.join(map(str, lines))}; here the last block"
        _Equality(last.left, last.right).write(writer, name, text)


@dataclass(frozen=True)
class Prepared:
    """Proved claims with what makes each of them true, or a reason why nothing is written for one."""

    claims: tuple[ClaimResult, ...]
    evidence: tuple[Evidence | str, ...]
    optima: Optima
    assumptions: tuple[str, ...]


def prepare(claims: Sequence[ClaimResult], reader: Reader) -> Prepared:
    """Derive what is to be written; while the recording of the check still runs."""
    proved = tuple(claim for claim in claims if claim.verdict == PROVED)
    optima = Optima()
    for claim in proved:
        optima.derive(claim.formulas, reader)
    evidence = tuple(_evidence(claim, reader) for claim in proved)
    return Prepared(proved, evidence, optima, tuple(_assumptions(reader)))


def _evidence(claim: ClaimResult, reader: Reader) -> Evidence | str:
    proof = claim.proof
    inside = [inner for node in claim.formulas for inner in reader.scope.inside(node)]
    why = next((reader.unwritten[inner] for inner in inside if inner in reader.unwritten), None)
    if why is not None:
        return why
    if proof is None:
        return "its sides are too large to be written out"
    try:
        if isinstance(proof, SameForm):
            return _Equality(proof.left, proof.right)
        if isinstance(proof, BlockByBlock):
            return _Blocks(proof)
        if isinstance(proof, Sign):
            return sign_evidence(proof)
        if isinstance(proof, Shown):
            return shown_evidence(proof)
        (a,) = proof.problem.unknowns
        return minimum_evidence(proof.problem, {a: proof.stated}, proof.evidence)
    except SymiclError as problem:
        return str(problem)


def _assumptions(reader: Reader) -> list[str]:
    """Assumptions of declarations that the letters of a certificate do not express."""
    found = [f"{bound.symbol} >= {text_of(bound.least)}" for bound in bounds_of(reader.scope)]
    for name, entry in reader.scope.entries.items():
        if isinstance(entry.symbol, Covariance):
            found.append(f"{name} is symmetric and positive definite")
        elif (
            isinstance(entry.symbol, sympy.Symbol)
            and entry.symbol.is_positive
            and not entry.symbol.is_integer
        ):
            found.append(f"{name} > 0")
    return found


def certificate(
    claims: Sequence[ClaimResult], prepared: Prepared, recorded: Recording, *, name: str
) -> str | None:
    """The certificate of what is proved in a text.

    Parameters
    ----------
    claims : sequence of ClaimResult
    prepared : Prepared
    recorded : Recording
        Of the same check.
    name : str
        What the certificate calls the text.

    Returns
    -------
    str or None
        None if there is no claim of which something could be rechecked.
    """
    reasons = {i: reason for i, reason in enumerate(prepared.evidence) if isinstance(reason, str)}
    while len(reasons) < len(prepared.claims):
        try:
            return _written(claims, prepared, recorded, reasons, name)
        except _Unwritten as failure:
            reasons[failure.at] = failure.reason
    return None


class _Unwritten(Exception):
    """A claim turns out to have nothing that could be rechecked."""

    def __init__(self, at: int, reason: str):
        super().__init__(reason)
        self.at, self.reason = at, reason


def _written(
    claims: Sequence[ClaimResult],
    prepared: Prepared,
    recorded: Recording,
    reasons: dict[int, str],
    name: str,
) -> str:
    proved = prepared.claims
    axioms = [axiom for claim in proved for axiom in claim.axioms] + prepared.optima.axioms
    first = header(
        name,
        "; ".join(claim.text for claim in proved),
        f"{len(proved)} of {len(claims)} claims of {name} are proved",
        prepared.assumptions,
        dict.fromkeys(axioms),
        [_quantity(claim) for i, claim in enumerate(proved) if i not in reasons],
    )
    writer = ClaimWriter(recorded, first)
    prepared.optima.write(writer)
    for i, (claim, evidence) in enumerate(zip(proved, prepared.evidence, strict=True)):
        if i in reasons or isinstance(evidence, str):
            why = f"{claim.rule}; not written out: {reasons[i]}"
            writer.emit("asserted", claim=f"{_quantity(claim)}: {claim.text}", why=why)
            continue
        try:
            evidence.write(writer, _quantity(claim), claim.text)
        except SymiclError as problem:
            raise _Unwritten(i, str(problem)) from None
    writer.emit("verdict", verdict=PROVED, entries=len(writer.lines) + 1)
    return "\n".join(writer.lines) + "\n"


def _quantity(claim: ClaimResult) -> str:
    return f"line {claim.line}" + (f", {claim.title}" if claim.title else "")
