"""The entries of a certificate that claims need beyond those of theorems: squares."""

from __future__ import annotations

from symicl.statements import CertificateWriter
from symicl.theory import Square


class ClaimWriter(CertificateWriter):
    """Writes what is proved of claims."""

    def square(self, claim: str, square: Square) -> int:
        """That a value is at least something, by the expectation of a square."""
        value, bound = self.data(square.value), self.data(square.bound)
        return self.at_least(claim, value, bound, self.node(square.mean))
