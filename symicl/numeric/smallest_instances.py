"""Small exact instances for counterexamples, the smallest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, product
from typing import Any

import flint
import sympy

from symicl.algebra import Covariance, Structured, SymmetricMatrix
from symicl.numeric.exact import Value, exact_matrix
from symicl.numeric.points import by_kind
from symicl.numeric.points import instances as uneven
from symicl.numeric.structured_matrices import exists, structured_matrix

Values = dict[sympy.Basic, Value]

MAX_SHAPES = 40
MAX_DIMENSION = 4
MAX_TURNED = 300

Entry = Callable[[int, int], int]


def small_instances(
    symbols: Iterable[sympy.Basic], *, extreme: bool = False, moved: Callable[[Values], Values] = dict
) -> Iterator[Values]:
    """Values for the symbols: small dimensions and simple numbers first, then uneven ones.

    Parameters
    ----------
    symbols : iterable of SymPy symbols
    extreme : bool
        Also large and tiny numbers, for inequalities.
    moved : callable, optional
        From small dimensions to those that are taken for them, where more is known of these.
    """
    symbols = set(symbols)
    dimensions, scalars, matrices = by_kind(symbols)
    shapes = sorted(
        product(range(1, MAX_DIMENSION + 1), repeat=min(len(dimensions), 6)), key=lambda c: (sum(c), c)
    )[:MAX_SHAPES]
    for shape in shapes:
        padded = shape + (2,) * (len(dimensions) - len(shape))
        sizes = moved(dict(zip(dimensions, map(sympy.Integer, padded), strict=True)))
        if not all(exists(m, sizes) for m in matrices):
            continue
        for level in range(5):
            values: Values = sizes | {s: _scalar(s, level, k) for k, s in enumerate(scalars)}
            values |= {m: _matrix(m, values, level, k) for k, m in enumerate(matrices)}
            yield values
    if extreme:
        yield from _extremes(dimensions, scalars, matrices, moved)
    yield from uneven(symbols)


def _scalar(symbol: sympy.Symbol, level: int, k: int) -> sympy.Rational:
    """1, then distinct primes, then 0 where it is allowed, then a negative number where it is."""
    prime = sympy.Integer((2, 3, 5, 7, 11)[k % 5])
    if level == 2:
        return sympy.Rational(1, prime) if symbol.is_positive else sympy.Integer(0)
    if level == 3:
        return sympy.Rational(1, prime) if symbol.is_nonnegative else -prime
    return sympy.Integer(1) if level == 0 else prime


def _matrix(symbol: Any, values: Values, level: int, k: int) -> Any:
    if isinstance(symbol, Structured):
        return structured_matrix(symbol, values, level and level + k)
    rows, cols = (int(size.xreplace(values)) for size in symbol.shape)
    if isinstance(symbol, Covariance):
        entry = _COVARIANCES[level]
    elif isinstance(symbol, SymmetricMatrix):
        entry = _SYMMETRIC[level]
    elif cols == 1 or rows == 1:
        entry = _VECTORS[level]
    else:
        entry = _GENERAL[level]
    shift = k if level == 4 else 0
    return exact_matrix([[entry(i, j) + (shift if i == j else 0) for j in range(cols)] for i in range(rows)])


# Entries of matrices by level: the simplest that can tell a transpose, an order or a factor apart.
_GENERAL: tuple[Entry, ...] = (
    lambda i, j: int(i == j),
    lambda i, j: int(j == i + 1 or i == j == 0),
    lambda i, j: int(j == i + 1),
    lambda i, j: 1 + i + 2 * j,
    lambda i, j: (2 + 3 * i - j) * (-1) ** (i * j),
)
_SYMMETRIC: tuple[Entry, ...] = (
    lambda i, j: int(i == j),
    lambda i, j: (i + 1) * int(i == j),
    lambda i, j: int(i != j),
    lambda i, j: 1 + i + j,
    lambda i, j: (i - j) ** 2 - 1,
)
_COVARIANCES: tuple[Entry, ...] = (
    lambda i, j: int(i == j),
    lambda i, j: (i + 2) * int(i == j),
    lambda i, j: 2 if i == j else int(abs(i - j) == 1),
    lambda i, j: (i + 2) * int(i == j),
    lambda i, j: i + 4 if i == j else int(abs(i - j) == 1),
)
_VECTORS: tuple[Entry, ...] = (
    lambda i, j: int(i + j == 0),
    lambda i, j: 1,
    lambda i, j: i + j + 1,
    lambda i, j: 2 - 3 * (i + j),
    lambda i, j: (i + j) ** 2 - 2,
)

_LONG = ([[1, 0], [0, 100]], [[100, 0], [0, 1]], [[41, 40], [40, 41]], [[41, -40], [-40, 41]])
_DIRECTIONS = ([[1], [0]], [[0], [1]], [[1], [1]], [[1], [-1]], [[1], [-10]], [[10], [1]])


def _extremes(
    dimensions: list, scalars: list, matrices: list, moved: Callable[[Values], Values]
) -> Iterator[Values]:
    """Large and tiny numbers; dimensions that are sizes of matrices stay small."""
    sizes = {size for m in matrices for size in m.shape}
    sizes |= {s for m in matrices if isinstance(m, Structured) for s in m.parameters}
    free = [n for n in dimensions if n not in sizes]
    large = [sympy.Integer(k) for k in (1, 10, 10**6)]
    numbers = [sympy.Rational(*pair) for pair in ((0, 1), (1, 100), (1, 1), (100, 1), (-1, 1), (-100, 1))]

    def allowed(s: sympy.Symbol) -> list[sympy.Rational]:
        return [x for x in numbers if not (s.is_positive and x <= 0) and not (s.is_nonnegative and x < 0)]

    # The zero vector, at which what is not negative need not be positive.
    ranks = {s for m in matrices if isinstance(m, Structured) for s in m.parameters}
    values: Values = moved({n: sympy.Integer(1 if n in ranks else 2) for n in dimensions})
    values |= {s: _scalar(s, 0, k) for k, s in enumerate(scalars)}
    for k, m in enumerate(matrices):
        values[m] = _matrix(m, values, 0, k) * int(isinstance(m, Covariance | Structured))
    yield values
    choices = product(*[large for _ in free], *[allowed(s) for s in scalars])
    for choice in islice(choices, 300):
        chosen = dict(zip([*free, *scalars], choice, strict=True))
        values = moved({n: chosen.get(n, sympy.Integer(1 if n in ranks else 2)) for n in dimensions})
        values |= {s: chosen[s] for s in scalars}
        values |= {m: _matrix(m, values, 3, k) for k, m in enumerate(matrices)}
        yield values
    yield from _far(free, dimensions, scalars, matrices, moved)
    yield from _apart(dimensions, scalars, matrices, moved)


def _apart(
    dimensions: list, scalars: list, matrices: list, moved: Callable[[Values], Values]
) -> Iterator[Values]:
    """Two by two: covariances that are long in different directions, and vectors in these and between."""
    values: Values = moved({n: sympy.Integer(2) for n in dimensions})
    values |= {s: _scalar(s, 0, k) for k, s in enumerate(scalars)}
    values |= {m: _matrix(m, values, 1, k) for k, m in enumerate(matrices)}
    plain = [m for m in matrices if not isinstance(m, Structured)]
    turned = {
        m: _LONG if isinstance(m, Covariance) else _DIRECTIONS
        for m in plain
        if m.shape[1] == 1 or isinstance(m, Covariance)
    }
    if any(
        (values[m].nrows(), values[m].ncols()) != (2, len(choices[0][0])) for m, choices in turned.items()
    ):
        return
    for choice in islice(product(*turned.values()), MAX_TURNED):
        yield values | {m: exact_matrix(rows) for m, rows in zip(turned, choice, strict=True)}


def _far(
    free: list, dimensions: list, scalars: list, matrices: list, moved: Callable[[Values], Values]
) -> Iterator[Values]:
    """One symbol at a time, then all of a kind, far away or close to 0, against bounds such as 1/1000."""
    groups = [[s] for s in [*free, *scalars, *matrices]]
    groups += [group for group in (scalars, matrices) if len(group) > 1]
    for group, exponent, sign in product(groups, (3, 9, 30), (1, -1)):
        for scale in (sympy.Integer(10) ** exponent, sympy.Rational(1, 10**exponent)):
            values: Values = moved({n: sympy.Integer(2) for n in dimensions})
            values |= {s: _scalar(s, 0, k) for k, s in enumerate(scalars)}
            values |= {m: _matrix(m, values, 3, k) for k, m in enumerate(matrices)}
            number = sign * scale
            if any(_refuses(symbol, number) for symbol in group):
                continue
            yield values | {symbol: _scaled(symbol, values[symbol], number) for symbol in group}


def _refuses(symbol: Any, number: sympy.Rational) -> bool:
    """True if a symbol, or a multiple of it, cannot have this value."""
    if isinstance(symbol, sympy.Symbol):
        return bool((symbol.is_nonnegative and number < 0) or (symbol.is_integer and number < 1))
    return isinstance(symbol, Structured) or (isinstance(symbol, Covariance) and number < 0)


def _scaled(symbol: Any, value: Any, number: sympy.Rational) -> Any:
    return number if isinstance(symbol, sympy.Symbol) else value * flint.fmpq(int(number.p), int(number.q))
