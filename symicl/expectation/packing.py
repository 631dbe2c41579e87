"""Polynomials in two dimensions, packed into one Python integer.

A polynomial p(r, c) with non-negative integer coefficients below 2^B is stored as p(2^B, 2^(B·S)), S larger
than any power of r (Kronecker substitution). Addition is integer addition, multiplication by r or c is a
shift. All coefficients met during a Gaussian expectation are counts of pairings, hence non-negative and at
most (2k−1)!! for 2k factors, which gives B.
"""

from collections.abc import Iterator


class Packing:
    """Layout of packed integers for expectations of at most ``degree`` Gaussian factors.

    Parameters
    ----------
    degree : int
        The number 2k of Gaussian factors in a monomial.
    powers : int
        A bound on the power of the first dimension.
    """

    __slots__ = ("bits", "first", "second")

    def __init__(self, degree: int, powers: int):
        pairings = 1
        for factor in range(degree - 1, 1, -2):
            pairings *= factor
        self.bits = pairings.bit_length() + 1
        self.first = self.bits
        self.second = self.bits * (powers + 1)

    def unpack(self, packed: int) -> Iterator[tuple[int, int, int]]:
        """Yield (coefficient, power of the first dimension, power of the second)."""
        mask, row = (1 << self.bits) - 1, (1 << self.second) - 1
        j = 0
        while packed:
            line, i = packed & row, 0
            while line:
                coefficient = line & mask
                if coefficient:
                    yield coefficient, i, j
                line >>= self.bits
                i += 1
            packed >>= self.second
            j += 1
