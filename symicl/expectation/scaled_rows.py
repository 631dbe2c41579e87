"""Vectors whose direction is Gaussian and whose length has another law: elliptical ones, and the sphere.

A row is s g with g ~ N(0, Σ) and an independent scale s. A point on the sphere is one for averages: E x⊗…⊗x is that of
g times E s^2k with E s^2k E‖g‖^2k = r^2k, as the length and the direction of g are independent. So the average is one
over g with the row covariance T = diag(s₁², …, sₙ²), and one over T: a power of T between other letters is a multiple
of I, and traces of powers of T are sums over rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from sympy.core.symbol import Str
from sympy.matrices.expressions import MatrixExpr, OneMatrix

from symicl.algebra import (
    COLS,
    MEANING,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    Dimension,
    MatrixPolynomial,
    OnesVector,
    Polynomial,
    RandomMatrix,
    Word,
    closed,
    counted,
    dimension_value,
    exact_scalar,
    gaussian,
    letter,
    read_scalar,
    refuse_namesakes,
    reported,
    rows_and_columns,
    symbol_letter,
    tell,
    written,
)
from symicl.errors import InputError, UnsupportedError
from symicl.expectation.covariance import Covariance
from symicl.expectation.entry_network import EntrywiseProduct
from symicl.expectation.gaussian import Gaussian, integrate_one
from symicl.expectation.moments import EvenMoments, check_moments
from symicl.expectation.samples import set_partitions
from symicl.expectation.scales_log import SquaredScales, write

SCALES = written("scales", write)

MAX_SUMS = 10
"""Of scales over rows in a product; there are 115,975 partitions of ten sums."""


class EllipticalMatrix(RandomMatrix):
    """A matrix of independent rows, or a column, with Gaussian directions and lengths of a law of their own."""

    family = property(lambda self: str(self.args[3]), doc='"elliptical", "sphere" or "student".')
    cov = property(lambda self: self.args[4], doc="Σ, the covariance of a row at the scale 1.")

    @property
    def radius2(self) -> Any:
        """The square of the radius, for the sphere."""
        return self.args[6] if self.family == "sphere" else sympy.nan

    @property
    def degrees(self) -> Any:
        """Degrees of freedom, for Student's law."""
        return self.args[6] if self.family == "student" else sympy.nan

    @property
    def law_parts(self) -> tuple[Any, ...]:
        parts = (self.cov, self.args[6], *self.args[5])
        return tuple(part for part in parts if part is not sympy.nan)

    @property
    def is_column(self) -> bool:
        """True for one vector, False for rows."""
        return bool(self.shape[1] == 1)

    @property
    def known(self) -> tuple[sympy.Expr | None, ...]:
        """E s², E s⁴, … of the scale, None where it is not known."""
        return tuple(None if m is sympy.nan else m for m in self.args[5])

    def check_order(self, order: int) -> None:
        """Refuse a moment of odd order that is not known to exist, as it vanishes only where it does.

        Raises
        ------
        UnsupportedError
        """
        if order % 2 and self.degrees is not sympy.nan and not (self.degrees - order).is_positive:
            raise UnsupportedError(
                f"this needs the moment of order {order} of {self.name}; Student's law of {self.degrees} degrees of "
                f"freedom has those of orders below {self.degrees} alone"
            )

    @property
    def law(self) -> EllipticalLaw:
        """The law of its letter."""
        a, cov = symbol_letter(self), Covariance.of(self.cov)
        moments = EvenMoments(self.known, f"the scale of {self.name}")
        radius2 = None if self.radius2 is sympy.nan else read_scalar(self.radius2)
        return EllipticalLaw(a, cov.letter, cov.scale, moments, cov.made_of, radius2)


@dataclass(frozen=True)
class EllipticalLaw:
    """The law of an elliptical letter.

    Attributes
    ----------
    letter : int
    cov : int
        The letter of Σ, `NO_LETTER` for the identity.
    scale : Polynomial
        A factor in front of Σ.
    moments : EvenMoments
        Of the scale s.
    radius2 : Polynomial, optional
        On a sphere the square of its radius.
    """

    letter: int
    cov: int
    scale: Polynomial
    moments: EvenMoments
    made_of: tuple[tuple[int, MatrixPolynomial], ...] = ()
    radius2: Polynomial | None = None
    last = True

    def over(self, polynomial: Polynomial) -> Polynomial:
        """E of a polynomial over this letter.

        Raises
        ------
        UnsupportedError
            For an entrywise product over rows, or a moment of the scale that is not known.
        """
        a = self.letter
        matrix = MEANING[a]
        if isinstance(matrix, EllipticalMatrix) and matrix.degrees is not sympy.nan:
            for monomial, _ in polynomial:
                matrix.check_order(sum(x in (a, PARTNER[a]) for word in monomial for x in word))
        if COLS[a] == ONE:
            t = letter(("squared scale", MEANING[a]), ONE, ONE)
            law = Gaussian(a, self.cov, NO_LETTER, self.scale * Polynomial({((t,),): 1}))
        else:
            t = letter(("squared scales", MEANING[a]), ROWS[a], ROWS[a], symmetric=True)
            law = Gaussian(a, t, self.cov, self.scale)
        tell("law", (SquaredScales(t, a, self.moments, self.radius2),))
        return over_scales(integrate_one(polynomial, law), t, self)


@reported(SCALES)
def over_scales(polynomial: Polynomial, t: int, law: EllipticalLaw) -> Polynomial:
    """E over the letter T = diag(s₁², …, sₙ²), or over the number s², for independent scales s."""
    result = Polynomial()
    known: dict[tuple[tuple[int, ...], int], Polynomial] = {}
    for monomial, c in polynomial:
        powers: list[int] = []
        single, constant = 0, Polynomial({(): c})
        for word in monomial:
            if t not in word:
                constant = constant * Polynomial({(word,): 1})
            elif set(word) == {t} or ROWS[t] == ONE:
                powers.append(len(word))
            else:
                count, bare, summed = _without(word, t)
                constant = constant * bare
                powers += summed
                if count and single:
                    _refuse(law)
                single += count
        if ROWS[t] == ONE:
            powers, single = [], sum(powers)
        key = (tuple(sorted(powers)), single)
        if key not in known:
            known[key] = _moment(list(key[0]), single, dimension_value(ROWS[t]), law.moments)
        result = result + constant * known[key]
    return result


def _without(word: Word, t: int) -> tuple[int, Polynomial, list[int]]:
    """The power of T in a word, the word without T, and the powers that stand between vectors of ones.

    Raises
    ------
    UnsupportedError
        If T stands in two places.
    """
    start = next(i for i, a in enumerate(word) if a != t)
    word = word[start:] + word[:start]
    places = [i for i, a in enumerate(word) if a == t and word[i - 1] != t]
    lengths = [next((k for k, a in enumerate(word[i:]) if a != t), len(word) - i) for i in places]
    if len(places) > 1:
        raise EntrywiseProduct(
            "the scales of the rows stand in two places of one product, such as Σ s_i² s_j² A_ij²: an entrywise "
            "product, which is no product of matrices; expect_at() takes it at given sizes"
        )
    (i,), (length,) = places, lengths
    around = {word[i - 1], PARTNER[word[(i + length) % len(word)]]}
    if len(word) == length + 2 and all(
        isinstance(MEANING[min(a, PARTNER[a])], OneMatrix | OnesVector) for a in around
    ):
        return 0, Polynomial.constant(1), [length]
    bare = word[:i] + word[i + length :]
    monomial = closed(bare)
    if monomial is None:
        return length, dimension_value(ROWS[t]), []
    number, monomial = counted(monomial)
    return length, Polynomial({monomial: number}), []


def _refuse(law: EllipticalLaw) -> None:
    raise EntrywiseProduct(
        f"the rows of {MEANING[law.letter]} meet constants of their size in two factors of one product, such as "
        "(Σ s_i² A_ii)²: an entrywise product, which is no product of matrices; expect_at() takes it at given sizes"
    )


def _moment(powers: list[int], single: int, n: Polynomial, moments: EvenMoments) -> Polynomial:
    """E[s₁^2a Π_k Σ_i s_i^2k] over n independent scales, without the first factor for a = 0."""
    items = [single, *powers] if single else powers
    if len(items) > MAX_SUMS:
        raise UnsupportedError(
            f"{moments.of} is summed over {len(items)} times in one product; at most {MAX_SUMS} times are taken"
        )
    result = Polynomial()
    for partition in set_partitions(len(items)):
        blocks: dict[int, int] = {}
        for item, block in zip(items, partition, strict=True):
            blocks[block] = blocks.get(block, 0) + item
        term = Polynomial.constant(1)
        for k in range(int(bool(single)), len(blocks)):
            term = term * (n - k)
        for power in blocks.values():
            term = term * moments.moment(2 * power)
        result = result + term
    return result


# --- declarations ----------------------------------------------------------------------------------------


def elliptical(
    name: str,
    shape: tuple[Dimension, Dimension] | Dimension,
    *,
    cov: Any = None,
    second: Any = 1,
    fourth: Any = None,
    sixth: Any = None,
) -> EllipticalMatrix:
    """Independent rows s g (or one column), g ~ N(0, Σ) and s an independent scale, given by its moments.

    Parameters
    ----------
    name : str
    shape : (rows, cols) or size
    cov : matrix expression or scalar, optional
        Σ, by default the identity.
    second, fourth, sixth : scalars, optional
        E s², E s⁴, E s⁶; the covariance of a row is E s² Σ. A scale that is 1 is the Gaussian.

    Raises
    ------
    InputError
        If the covariance is none, or a moment is no exact scalar.

    Examples
    --------
    >>> import symicl as si
    >>> d, q = si.dims("d"), si.scalar("q", positive=True)
    >>> x = si.elliptical("x", d, fourth=q)
    >>> si.expect((x.T * x) ** 2)
    d**2*q + 2*d*q
    """
    what = f"a moment of the scale of {name}"
    moments = [sympy.nan if m is None else exact_scalar(m, what) for m in (second, fourth, sixth)]
    for m in moments:
        if m is not sympy.nan and (m.has(sympy.Float) or m.has(RandomMatrix) or m.is_negative):
            raise InputError(f"{what} is {m}; give a symbol or an exact number ≥ 0")
    check_moments(moments, f"the scale of {name}")
    return _made(name, shape, "elliptical", cov, moments, sympy.nan)


def sphere(
    name: str, shape: tuple[Dimension, Dimension] | Dimension, *, radius2: Any = None
) -> EllipticalMatrix:
    """Independent rows (or one column) that are uniform on a sphere.

    Parameters
    ----------
    name : str
    shape : (rows, cols) or size
    radius2 : scalar, optional
        The square of the radius, by default the size of a row, so that its covariance is the identity.

    Raises
    ------
    InputError
        If it is no exact scalar ≥ 0.

    Examples
    --------
    >>> import symicl as si
    >>> d = si.dims("d")
    >>> x, A = si.sphere("x", d, radius2=1), si.symmetric("A", d)
    >>> si.expect(x * x.T)
    1/d*I
    """
    rows, cols = rows_and_columns(shape, f"the matrix {name}")
    size = rows if cols == 1 else cols
    r2 = size if radius2 is None else exact_scalar(radius2, f"the radius of {name}")
    if r2.has(sympy.Float) or r2.has(RandomMatrix) or r2.is_negative:
        raise InputError(f"the square of the radius of {name} is {r2}; give a symbol or an exact number ≥ 0")
    moments, value = [], sympy.Integer(1)
    for k in range(MAX_SUMS):
        value = value * r2 / (size + 2 * k)
        moments.append(value)
    return _made(name, shape, "sphere", None, moments, r2)


def student(
    name: str, shape: tuple[Dimension, Dimension] | Dimension, degrees: Any, *, cov: Any = None
) -> EllipticalMatrix:
    """Independent rows (or one column) of Student's multivariate law: heavy tails, and the moments that exist.

    Parameters
    ----------
    name : str
    shape : (rows, cols) or size
    degrees : scalar
        ν > 0, an exact number, or an expression whose size is seen, such as ``4 + t`` for a positive t. Moments of
        orders below ν exist; the covariance of a row is ν/(ν − 2) Σ.
    cov : matrix expression or scalar, optional
        Σ, by default the identity.

    Raises
    ------
    InputError
        If the degrees of freedom are no exact scalar > 0.

    Examples
    --------
    >>> import symicl as si
    >>> d = si.dims("d")
    >>> x = si.student("x", d, 5)
    >>> si.expect((x.T * x) ** 2)
    25*d**2/3 + 50*d/3
    """
    nu = exact_scalar(degrees, f"the degrees of freedom of {name}")
    if nu.has(sympy.Float) or nu.has(RandomMatrix) or not nu.is_positive:
        raise InputError(
            f"the degrees of freedom of {name} are {nu}; give an exact number > 0, or a positive symbol"
        )
    moments, value = [], sympy.Integer(1)
    for k in range(1, MAX_SUMS + 1):
        exists = (nu - 2 * k).is_positive
        value = value * nu / (nu - 2 * k) if exists else sympy.nan
        moments.append(value)
    return _made(name, shape, "student", cov, moments, nu)


def _made(name: str, shape: Any, kind: str, cov: Any, moments: list[Any], parameter: Any) -> EllipticalMatrix:
    column = rows_and_columns(shape, f"the matrix {name}")[1] == 1
    # The checks of a Gaussian of this shape are those of this law.
    like = gaussian(name, shape, **{"row_cov" if column else "col_cov": cov})
    found: MatrixExpr = like.row_cov if column else like.col_cov
    made = EllipticalMatrix(name, *like.shape, Str(kind), found, sympy.Tuple(*moments), parameter)
    refuse_namesakes(made, *made.law_parts)
    return made
