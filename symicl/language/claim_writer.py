"""The entries of a certificate that claims need beyond those of theorems: signs, squares."""

from __future__ import annotations

from symicl.algebra import ONE, ClosedForm, closed_form, letter
from symicl.statements import CertificateWriter
from symicl.theory import Square


class ClaimWriter(CertificateWriter):
    """Writes what is proved of claims."""

    def at_least(self, claim: str, value: int, bound: int, square: int) -> int:
        """value ≥ bound, as the difference is ``square``, the expectation of a square.

        The rule for minima takes it as a problem in one number k whose normal equation is k = 0.
        """
        k = letter("k of a trivial minimum", ONE, ONE)
        scalar = ClosedForm.of(k)
        unknown, one, zero = self.letters.id(k), self.node(1), self.data(closed_form(0))
        normal = self.data(scalar)
        equation = self.emit("factorised", of=normal, letter=unknown, scale=one, F=one, C=zero)
        at = self.value("quotient", 0, of=zero, by=one, result=zero, solves=equation)
        return self.emit(
            "minimum",
            claim=claim,
            letter=unknown,
            factorised=equation,
            loss=value,
            candidate=bound,
            square=square,
            normal=normal,
            direction=zero,
            at=at,
            power=bound,
            explained=self.data(scalar * scalar),
            value=bound,
        )

    def square(self, claim: str, square: Square) -> int:
        """That a value is at least something, by the expectation of a square."""
        value, bound = self.data(square.value), self.data(square.bound)
        return self.at_least(claim, value, bound, self.node(square.mean))
