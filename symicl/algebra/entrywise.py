"""Functions of the entries of a matrix, max(0, t), |t| and the sign of t, as letters of their own."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from sympy.core.basic import Basic
from sympy.core.symbol import Str
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.letters import ENTRYWISE, MEANING, ONE, PARTNER, letter
from symicl.algebra.polynomial import MatrixPolynomial
from symicl.algebra.writer import write_entry, write_matrix

_inside: dict[int, MatrixPolynomial] = {}


class Entrywise(MatrixExpr):
    """A function of each entry of a matrix.

    Attributes
    ----------
    kind : str
        "relu", "absolute" or "sign".
    arg : matrix expression
    """

    kind = property(lambda self: str(self.args[0]))
    arg = property(lambda self: self.args[1])
    shape = property(lambda self: self.args[1].shape)

    def __new__(cls, kind: str | Str, arg: MatrixExpr) -> Entrywise:
        return Basic.__new__(cls, kind if isinstance(kind, Str) else Str(kind), arg)

    def doit(self, **hints: bool) -> Entrywise:
        """The same of the argument."""
        return Entrywise(self.args[0], self.arg.doit(**hints)) if hints.get("deep", True) else self

    def _sympystr(self, printer: Any) -> str:
        return f"{self.kind}({printer.doprint(self.arg)})"


def entrywise_function(kind: str, inside: MatrixPolynomial) -> MatrixPolynomial:
    """A function of each entry, as a letter of its own; multiples of one argument share it.

    relu(c z) = c relu(z) for c > 0 and relu(−z) = relu(z) − z, and so for |z| and the sign of z.
    """
    if not inside:
        return inside
    c = Fraction(inside.terms[min(inside.terms)])
    z = inside * (1 / c)
    number = z.rows == z.cols == ONE
    a = letter(Entrywise(kind, write_entry(z) if number else write_matrix(z)), z.rows, z.cols)
    _inside[a] = z
    ENTRYWISE.add(a)
    made = MatrixPolynomial.of(a)
    if kind == "sign":
        return made if c > 0 else -made
    return made * abs(c) if kind == "absolute" or c > 0 else (made - z) * abs(c)


def entrywise_of(a: int) -> Entrywise | None:
    """The function that a letter is; None for another letter."""
    meaning = MEANING[a]
    return meaning if isinstance(meaning, Entrywise) else None


def argument_of(a: int) -> MatrixPolynomial:
    """The argument of the function that a letter is."""
    return _inside[a]


def seen_through(letters: Iterable[int]) -> set[int]:
    """The letters, untransposed, with those of its argument in the place of each function of entries."""
    untransposed = {min(a, PARTNER[a]) for a in letters}
    found = {a for a in untransposed if entrywise_of(a) is None}
    return found.union(*(seen_through(argument_of(a).letters()) for a in untransposed - found))


def functions_of(letters: Iterable[int], known: set[int]) -> set[int]:
    """Those of the letters that are functions of the entries of products of known letters alone."""
    return {a for a in letters if entrywise_of(a) is not None and seen_through({a}) <= known}
