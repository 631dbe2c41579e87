"""The entries of a certificate that claims need beyond those of theorems: squares."""

from __future__ import annotations

from typing import Any

from symicl.algebra import ClosedForm, is_inverse_of_sum
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

    def square(self, claim: str, square: Square) -> int:
        """That a value is at least something, by the expectation of a square."""
        value, bound = self.data(square.value), self.data(square.bound)
        return self.at_least(claim, value, bound, self.node(square.mean))
