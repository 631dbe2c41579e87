"""Orthogonal matrices from Haar's law, and their first columns, by Weingarten's functions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy

from symicl.algebra import (
    DIMENSIONS,
    PARTNER,
    ROWS,
    Call,
    Dimension,
    Log,
    MatrixPolynomial,
    Monomial,
    Polynomial,
    RandomMatrix,
    check_name,
    closed_form,
    exact_size,
    read_scalar,
    reported,
    rows_and_columns,
    tell,
    written,
)
from symicl.errors import InputError, UnsupportedError
from symicl.expectation.average_log import write_average
from symicl.expectation.conditions import require
from symicl.expectation.entry_network import End, Network, averaged
from symicl.expectation.weingarten import MAX_PAIRS, SIZE, circles, pairings, weingarten


def _write(log: Log, call: Call) -> int:
    """An expectation over Haar's law, with Weingarten's functions for each number of factors."""
    polynomial, law = call.arguments
    a = law.letter
    counts = {sum(w.count(x) for w in monomial for x in {a, PARTNER[a]}) for monomial, _ in polynomial}
    weights = [
        [sorted(kind), log.node(closed_form(value))]
        for pairs in sorted({k // 2 for k in counts if k and k % 2 == 0})
        for kind, value in values_at(pairs, DIMENSIONS[ROWS[a]], "O").items()
    ]
    return write_average(log, call, "haar", a, weights=weights)


HAAR = written("haar", _write)


class HaarMatrix(RandomMatrix):
    """An orthogonal matrix from Haar's law, or its first columns; see `haar`."""


@dataclass(frozen=True)
class HaarLaw:
    """The law of a letter O with OᵀO = I.

    Attributes
    ----------
    letter : int
    """

    letter: int
    made_of: tuple[tuple[int, MatrixPolynomial], ...] = ()
    last = False

    def over(self, polynomial: Polynomial) -> Polynomial:
        """E of a polynomial over this letter.

        Raises
        ------
        UnsupportedError
            For more than eight factors, or a size at which Weingarten's functions are not defined.
        """
        tell("law", (self,))
        return expectation(polynomial, self)

    def fields(self, letters: Any, data: Any) -> dict[str, Any]:
        """The law as a certificate has it."""
        return {"haar": letters.size(ROWS[self.letter])}


@reported(HAAR)
def expectation(polynomial: Polynomial, law: HaarLaw) -> Polynomial:
    """E of a polynomial over one Haar letter, the others held fixed."""
    return averaged(polynomial, law.letter, lambda core: _mean(core, law.letter))


def _mean(core: Monomial, o: int) -> Polynomial:
    network = Network(core, o)
    count = network.size
    if count % 2:
        return Polynomial()
    if count > 2 * MAX_PAIRS:
        raise UnsupportedError(
            f"{network.name} is from Haar's law and stands {count} times in a product; at most {2 * MAX_PAIRS} times "
            "are taken"
        )
    every = list(pairings(tuple(range(count))))
    if count > 2:
        size = exact_size(DIMENSIONS[ROWS[o]])
        what = f"the average over {count} factors {network.name} has its formula"
        require(size, sympy.Integer(count // 2 - 1), what)
    values = values_at(count // 2, DIMENSIONS[ROWS[o]], network.name)
    parts: dict[tuple[int, ...], Polynomial] = {}
    for p in every:
        rows = {End(a, 0): End(b, 0) for x, y in p for a, b in ((x, y), (y, x))}
        for q in every:
            cols = {End(a, 1): End(b, 1) for x, y in q for a, b in ((x, y), (y, x))}
            monomial, factor = network.joined(rows | cols)
            kind = circles(p, q)
            parts[kind] = parts.get(kind, Polynomial()) + factor * Polynomial({monomial: 1})
    result = Polynomial()
    for kind, part in parts.items():
        result = result + values[kind] * part
    return result


def values_at(pairs: int, size: Any, name: str) -> dict[tuple[int, ...], Polynomial]:
    """Weingarten's functions at a size.

    Raises
    ------
    UnsupportedError
        If they have a pole there.
    """
    found = {}
    for kind, value in weingarten(pairs).items():
        at = value.subs(SIZE, size)
        if at.has(sympy.zoo, sympy.nan):
            raise UnsupportedError(
                f"an average over {2 * pairs} factors {name} is not taken for the size {size}, at which Weingarten's "
                f"functions have a pole; take a symbol for the size, or one from {pairs} on"
            )
        found[kind] = _read(sympy.factor(at))
    return found


@cache
def _read(value: sympy.Expr) -> Polynomial:
    return read_scalar(value)


def haar(name: str, shape: tuple[Dimension, Dimension] | Dimension) -> HaarMatrix:
    """An orthogonal matrix from Haar's law, or the first columns of one.

    Parameters
    ----------
    name : str
    shape : size or (rows, cols)
        One size for O with OOᵀ = OᵀO = I; rows and fewer columns for U with UᵀU = I, so that UUᵀ is the projector onto
        a uniform subspace.

    Raises
    ------
    InputError
        If there are more columns than rows.

    Examples
    --------
    >>> import symicl as si
    >>> d, k = si.dims("d k")
    >>> A, O, U = si.symmetric("A", d), si.haar("O", d), si.haar("U", (d, k))
    >>> si.expect(O * A * O.T)
    (Trace(A)/d)*I
    >>> si.expect(U * U.T)
    (k/d)*I
    """
    check_name(name)
    rows, cols = rows_and_columns(shape, f"the matrix {name}", columns=shape)
    if (cols - rows).is_positive:
        raise InputError(
            f"{name} has {cols} columns and {rows} rows; orthonormal columns are as many as rows at most"
        )
    return HaarMatrix(name, rows, cols)
