"""Equations that letters satisfy, and what each does to words; as the checkers have them, in code of its own."""

from __future__ import annotations

from symicl.certificates.export.formulas import Formula

SAID = {
    "projector": "an orthogonal projector of rank {}",
    "orthogonal": "orthogonal",
    "orthonormal": "with orthonormal columns",
    "diagonal": "diagonal",
    "norm": "of the squared norm {}",
    "ones": "each entry is 1",
}
"""Each equation in words, with a rank or a squared norm."""


class Equations:
    """Words that are shorter, or numbers, by an equation.

    Attributes
    ----------
    absorbed : set
        Pairs of neighbours that are equal to the first of them.
    dropped : set
        Pairs of neighbours that are the identity.
    diagonal : set
        Letters that commute.
    counted : dict
        From closed words to what they are.
    """

    def __init__(self) -> None:
        self.absorbed: set[tuple[int, int]] = set()
        self.dropped: set[tuple[int, int]] = set()
        self.diagonal: set[int] = set()
        self.counted: dict[tuple[int, ...], Formula] = {}

    def enter(self, a: int, satisfies: str, number: Formula) -> None:
        """Let a letter satisfy an equation.

        Parameters
        ----------
        a : int
        satisfies : str
        number : Formula
            The rank of a projector, the squared norm of a vector, the rows of ones, the columns of orthonormal ones.
        """
        if satisfies == "projector":
            self.absorbed.add((a, a))
            self.counted[a,] = number
        elif satisfies == "orthogonal":
            self.dropped |= {(a, -a), (-a, a)}
        elif satisfies == "orthonormal":
            self.dropped.add((-a, a))
            self.counted[-a, a] = number
        elif satisfies == "diagonal":
            self.diagonal.add(a)
        else:
            self.counted[-a, a] = number

    def sort_in(self, out: list[int], x: int, inverse: int | None) -> None:
        """Put a diagonal letter among those at the end of a word, or cancel it there."""
        first = len(out)
        while first and out[first - 1] in self.diagonal:
            first -= 1
        run = out[first:]
        if inverse in run:
            run.remove(inverse)
        else:
            run.append(x)
        out[first:] = sorted(run)
