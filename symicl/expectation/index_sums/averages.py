"""Averages of products of entries over independent random matrices: pairings, and partitions into equal entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import singledispatch
from itertools import permutations, product
from math import factorial
from typing import Any

import sympy
from sympy.matrices.expressions import ZeroMatrix

from symicl.algebra import GaussianMatrix, RandomMatrix, write_scalar
from symicl.errors import UnsupportedError
from symicl.expectation.circular import ComplexGaussian
from symicl.expectation.entry_network import even_partitions
from symicl.expectation.equal_entries import IndependentEntries
from symicl.expectation.index_sums.terms import LANE, Factor, Index, Reader, Term, beside
from symicl.expectation.moments import EvenMoments
from symicl.expectation.orthogonal_ensemble import GOEMatrix
from symicl.expectation.samples import set_partitions
from symicl.expectation.scaled_rows import EllipticalMatrix
from symicl.expectation.token_sets import FiniteTokens

MAX_TOKENS = 4
"""Factors with rows from a finite set; their partitions, each of them with those of its parts, are 60 for four."""

MAX_COMPLEX = 12
"""Factors of a complex Gaussian; there are 720 permutations of six."""

MAX_FACTORS = 8
"""Of one random matrix in a product of entries; there are 105 pairings of eight."""


class Average:
    """A way in which some entries meet: what is multiplied, where indices become one, and a number.

    Parameters
    ----------
    number : SymPy scalar
    joined : list of (int, int)
    between : list of (matrix expression, int, int)
        Constant entries at two indices; None for a side of size 1.
    new : list of sizes
        Of indices that are summed over beside those of the term: −1, −2, … in their order.
    """

    def __init__(
        self,
        number: Any = 1,
        joined: Sequence[tuple[Index, Index]] = (),
        between: Sequence[tuple[Any, Index | None, Index | None]] = (),
        new: Sequence[Any] = (),
    ):
        self.number, self.joined, self.between, self.new = number, list(joined), list(between), list(new)

    def __add__(self, other: Average) -> Average:
        assert not (self.new and other.new)
        return Average(
            self.number * other.number,
            self.joined + other.joined,
            self.between + other.between,
            self.new + other.new,
        )


def averaged(term: Term, z: RandomMatrix, reader: Reader) -> list[Term]:
    """E of a term over one random matrix.

    Raises
    ------
    UnsupportedError
        If its law has no such average, or it stands too often in the product.
    """
    factors = [f for f in term.factors if f.matrix == z]
    most = MAX_COMPLEX if isinstance(z, ComplexGaussian) else MAX_FACTORS
    if len(factors) > most:
        raise UnsupportedError(
            f"{z.name} stands {len(factors)} times in a product of entries; at most {most} times are taken"
        )
    rest = replace(term, factors=tuple(f for f in term.factors if f.matrix != z))
    return [result for way in ways(z, factors) for result in _met(rest, way, reader)]


def _met(term: Term, way: Average, reader: Reader) -> list[Term]:
    """The term with what a way multiplies, at the indices where it stands."""
    made = {-k - 1: reader.indices.new(size) for k, size in enumerate(way.new)}
    term = replace(term, coefficient=term.coefficient * way.number, inner=term.inner | {*made.values()})
    found = [(term, list(way.joined))]
    for matrix, *ends_of in way.between:
        i, j = (made.get(k, k) for k in ends_of)  # type: ignore[arg-type]
        parts, following = reader.read(matrix), []
        for before, pairs in found:
            for part in map(reader.indices.renewed, parts):
                ends = [
                    (new, old)
                    for side, old in ((part.rows, i), (part.cols, j))
                    for new in side
                    if old is not None
                ]
                following.append((beside(before, part, before.rows, before.cols), pairs + ends))
        found = following
    return [reader.indices.joined(*pair) for pair in found]


def choices(factors: Sequence[Factor]) -> Iterator[tuple[list[Factor], list[Factor]]]:
    """All ways to take some of the factors, and leave the others."""
    if not factors:
        yield [], []
        return
    first, *rest = factors
    for taken, left in choices(rest):
        yield [first, *taken], left
        yield taken, [first, *left]


def pairs_of(factors: Sequence[Factor]) -> Iterator[list[tuple[Factor, Factor]]]:
    """All pairings."""
    if not factors:
        yield []
        return
    first, *rest = factors
    for k, partner in enumerate(rest):
        for others in pairs_of(rest[:k] + rest[k + 1 :]):
            yield [(first, partner), *others]


# --- laws ------------------------------------------------------------------------------------------------


@singledispatch
def ways(z: RandomMatrix, factors: Sequence[Factor]) -> Iterator[Average]:
    """The average of a product of entries of a matrix, as a sum of ways in which they meet."""
    raise UnsupportedError(f"{z.name} has a law whose entries are not averaged with symbolic sizes; {LANE}")


@ways.register
def _(z: GaussianMatrix, factors: Sequence[Factor]) -> Iterator[Average]:
    """Some factors are the mean, the others are paired."""
    has_mean = not isinstance(z.mean, ZeroMatrix)
    for means, centred in choices(factors) if has_mean else [([], list(factors))]:
        fixed = Average(between=[(z.mean, f.row, f.col) for f in means])
        for pairs in pairs_of(centred) if len(centred) % 2 == 0 else ():
            yield fixed + _paired(pairs, z.row_cov, z.col_cov)


def _paired(pairs: Sequence[tuple[Factor, Factor]], row_cov: Any, col_cov: Any) -> Average:
    """Π U_ij V_ab."""
    found = []
    for f, g in pairs:
        found += [(row_cov, f.row, g.row), (col_cov, f.col, g.col)]
    return Average(between=found)


@ways.register
def _(z: GOEMatrix, factors: Sequence[Factor]) -> Iterator[Average]:
    """E G_ij G_kl = s (δ_ik δ_jl + δ_il δ_jk)."""
    for pairs in pairs_of(factors) if len(factors) % 2 == 0 else ():
        found = [Average(z.variance ** len(pairs))]
        for f, g in pairs:
            straight, crossed = equal([f, g]), equal([f, replace(g, row=g.col, col=g.row)])
            found = [x + Average(joined=ends) for x in found for ends in (straight, crossed)]
        yield from found


@ways.register
def _(z: ComplexGaussian, factors: Sequence[Factor]) -> Iterator[Average]:
    """Each factor is paired with a conjugated one."""
    plain, conjugated = ([f for f in factors if f.conjugate is kind] for kind in (False, True))
    if len(plain) == len(conjugated):
        for chosen in permutations(conjugated):
            yield _paired(list(zip(plain, chosen, strict=True)), z.row_cov, z.col_cov)


@ways.register
def _(z: IndependentEntries, factors: Sequence[Factor]) -> Iterator[Average]:
    """Blocks of factors that are one entry, each with its cumulant."""
    if len(factors) % 2:
        return
    cumulants = {k: _cumulant(z.moments, k) for k in range(2, len(factors) + 1, 2)}
    for blocks in even_partitions(range(len(factors)), [k for k, c in cumulants.items() if c != 0]):
        number = sympy.Mul(*(cumulants[len(block)] for block in blocks))
        yield Average(number, [pair for block in blocks for pair in equal([factors[i] for i in block])])


def equal(factors: Sequence[Factor]) -> list[tuple[Index, Index]]:
    """The indices of factors that are one entry."""
    first, *rest = factors
    ends = [(a, b) for f in rest for a, b in ((first.row, f.row), (first.col, f.col))]
    return [(a, b) for a, b in ends if a is not None and b is not None]


def equal_rows(factors: Sequence[Factor]) -> list[tuple[Index, Index]]:
    """The row indices of factors in one row."""
    first, *rest = factors
    return [(first.row, f.row) for f in rest if first.row is not None and f.row is not None]


def _cumulant(moments: EvenMoments, order: int) -> Any:
    return write_scalar(moments.cumulant(order))


@ways.register
def _(z: EllipticalMatrix, factors: Sequence[Factor]) -> Iterator[Average]:
    """Pairs by the Gaussian directions; the squared scales of rows have joint cumulants."""
    z.check_order(len(factors))
    count = len(factors) // 2
    moments = EvenMoments(z.known, f"the scale of {z.name}")
    known = (
        [write_scalar(moments.moment(2 * k)) for k in range(1, count + 1)] if len(factors) % 2 == 0 else []
    )
    for pairs in pairs_of(factors) if len(factors) % 2 == 0 else ():
        if z.is_column:
            yield Average(known[-1] if known else 1) + _paired(pairs, z.cov, sympy.Identity(1))
            continue
        gaussian = _paired(pairs, sympy.Identity(z.shape[0]), z.cov)
        for partition in set_partitions(count):
            blocks: dict[int, list[Factor]] = {}
            for (f, _), block in zip(pairs, partition, strict=True):
                blocks.setdefault(block, []).append(f)
            number = sympy.Mul(*(joint_cumulant(known, len(block)) for block in blocks.values()))
            rows = [pair for block in blocks.values() for pair in equal_rows(block)]
            yield gaussian + Average(number, rows)


@ways.register
def _(z: FiniteTokens, factors: Sequence[Factor]) -> Iterator[Average]:
    """Rows that are one row: joint cumulants of indicators, Σ (−1)^(m−1) (m−1)! Π E over partitions into m parts."""
    if len(factors) > MAX_TOKENS:
        raise UnsupportedError(
            f"{z.name} has rows from a finite set and stands {len(factors)} times in a product; at most {MAX_TOKENS} "
            "times are taken"
        )
    for partition in [(0,) * len(factors)] if z.is_column else set_partitions(len(factors)):
        blocks = _blocks(factors, partition)
        rows = [] if z.is_column else [pair for block in blocks for pair in equal_rows(block)]
        for parts in product(*(_parts(block, one=z.is_column) for block in blocks)):
            groups = [group for _, found in parts for group in found]
            number = sympy.Mul(*(c for c, _ in parts))
            yield Average(number, rows) + _at_one_vector(z, groups)


def _blocks(factors: Sequence[Any], partition: Sequence[int]) -> list[list[Any]]:
    found: dict[int, list[Any]] = {}
    for f, block in zip(factors, partition, strict=True):
        found.setdefault(block, []).append(f)
    return list(found.values())


def _parts(block: Sequence[Factor], *, one: bool) -> list[tuple[int, list[list[Factor]]]]:
    """The moments that a joint cumulant is made of; of one vector alone the moment itself."""
    if one:
        return [(1, [list(block)])]
    partitions = [_blocks(block, partition) for partition in set_partitions(len(block))]
    return [((-1) ** (len(parts) - 1) * factorial(len(parts) - 1), parts) for parts in partitions]


def _at_one_vector(z: FiniteTokens, groups: Sequence[Sequence[Factor]]) -> Average:
    """Π over groups of Σ_k p_k Π V_k, an index k for each group."""
    size = z.vectors.shape[0]
    between: list[tuple[Any, Index | None, Index | None]] = []
    for k, group in enumerate(groups):
        place = -k - 1
        between += [] if z.is_uniform else [(z.weights, place, None)]
        between += [(z.vectors, place, f.row if z.is_column else f.col) for f in group]
    number = size ** -len(groups) if z.is_uniform else 1
    return Average(number, between=between, new=[size] * len(groups))


def joint_cumulant(moments: Sequence[Any], order: int) -> Any:
    """The cumulant of a number t with E t, E t², …: m_k = Σ_j binom(k − 1, j − 1) c_j m_(k−j)."""
    cumulants: list[Any] = []
    for k in range(1, order + 1):
        lower = [sympy.binomial(k - 1, j - 1) * cumulants[j - 1] * moments[k - j - 1] for j in range(1, k)]
        cumulants.append(sympy.expand(moments[k - 1] - sympy.Add(*lower)))
    return cumulants[-1]
