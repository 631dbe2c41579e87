"""The entries of a certificate that claims need beyond those of theorems: squares."""

from __future__ import annotations

from typing import Any

from symicl.algebra import ClosedForm, Vanishing, is_inverse_of_sum
from symicl.errors import UnsupportedError
from symicl.statements import CertificateWriter
from symicl.theory import Square


class ClaimWriter(CertificateWriter):
    """Writes what is proved of claims."""

    def over(self, a: int, b: int, value: Any) -> int:
        """Write a quotient by a scalar.

        Raises
        ------
        UnsupportedError
            If the inverse of a sum is in what is divided by: whoever rechecks it would not see that it is not zero.
        """
        below = value.denominator_letters() if isinstance(value, ClosedForm) else set()
        if any(map(is_inverse_of_sum, below)):
            raise UnsupportedError("it divides by a scalar with the inverse of a sum in it")
        return super().over(a, b, value)

    def without(self, of: int, part: Vanishing, times: ClosedForm, value: ClosedForm) -> int:
        """Write a value that another one is without a multiple of what vanishes by an equation of an inverse."""
        if part.inverse is None:
            return self.given("data", value, of=of)
        whole, outer = (part.left, part.factor) if part.factor is not None else (part.left * times, None)
        equation = [
            self.letters.id(part.inverse),
            part.first,
            part.turned,
            self.data(whole),
            self.data(part.right),
            0 if outer is None else self.data(outer * times),
        ]
        return self.given("data", value, of=of, inverse=equation)

    def square(self, claim: str, square: Square) -> int:
        """That a value is at least something, by the expectation of a square."""
        value, bound = self.data(square.value), self.data(square.bound)
        return self.at_least(claim, value, bound, self.node(square.mean))
