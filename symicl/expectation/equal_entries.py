"""Random matrices with independent, identically distributed entries of a symmetric law.

E of a product of entries is a sum over partitions of the factors into blocks of even size: a block of 2k is one entry
and contributes its cumulant of order 2k. For Gaussian entries only pairs are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import (
    Dimension,
    MatrixPolynomial,
    Monomial,
    Polynomial,
    RandomMatrix,
    check_name,
    exact_scalar,
    refuse_namesakes,
    reported,
    rows_and_columns,
    tell,
    written,
)
from symicl.errors import InputError, UnsupportedError, brief
from symicl.expectation.average_log import moments_field, write_average
from symicl.expectation.entry_network import Network, averaged, even_partitions
from symicl.expectation.moments import EvenMoments, check_moments

ENTRIES = written(
    "independent entries",
    lambda log, call: write_average(log, call, "independent_entries", call.arguments[1].letter),
)

MAX_FACTORS = 10
"""Of one matrix in a product; there are 6,556 partitions of ten factors into even blocks."""


class IndependentEntries(RandomMatrix):
    """A matrix whose entries are independent draws of one number; see `independent_entries`."""

    family = property(
        lambda self: str(self.args[3]), doc='"moments", "rademacher", "uniform" or "sparse signs".'
    )

    @property
    def known(self) -> tuple[sympy.Expr | None, ...]:
        """E z², E z⁴, E z⁶ and so on, None where it is not known."""
        return tuple(None if m is sympy.nan else m for m in self.args[4])

    @property
    def law_parts(self) -> tuple[Any, ...]:
        return tuple(m for m in self.args[4] if m is not sympy.nan)

    @property
    def moments(self) -> EvenMoments:
        """The moments of an entry."""
        return EvenMoments(self.known, f"the entries of {self.name}")


@dataclass(frozen=True)
class EntriesLaw:
    """The law of a letter with independent entries.

    Attributes
    ----------
    letter : int
    moments : EvenMoments
    """

    letter: int
    moments: EvenMoments
    made_of: tuple[tuple[int, MatrixPolynomial], ...] = ()
    last = True

    def over(self, polynomial: Polynomial) -> Polynomial:
        """E of a polynomial over this letter.

        Raises
        ------
        UnsupportedError
            For an entrywise product, a moment that is not known, or too many factors.
        """
        tell("law", (self,))
        return expectation(polynomial, self)

    def fields(self, letters: Any, data: Any) -> dict[str, Any]:
        """The law as a certificate has it."""
        return {"entries": moments_field(self.moments, data)}


@reported(ENTRIES)
def expectation(polynomial: Polynomial, law: EntriesLaw) -> Polynomial:
    """E of a polynomial over one letter with independent entries, the others held fixed."""
    return averaged(polynomial, law.letter, lambda core: _mean(core, law))


def _mean(core: Monomial, law: EntriesLaw) -> Polynomial:
    """E of a product of words that all contain the letter."""
    network = Network(core, law.letter)
    if network.size % 2:
        return Polynomial()
    if network.size > MAX_FACTORS:
        raise UnsupportedError(
            f"{network.name} has independent entries and stands {network.size} times in a product; at most "
            f"{MAX_FACTORS} times are taken"
        )
    cumulants = {k: law.moments.cumulant(k) for k in range(2, network.size + 1, 2)}
    sizes = [k for k, c in cumulants.items() if c]
    result = Polynomial()
    for blocks in even_partitions(range(network.size), sizes):
        monomial, term = network.total(blocks)
        for block in blocks:
            term = term * cumulants[len(block)]
        result = result + term * Polynomial({monomial: 1})
    return result


# --- declarations ----------------------------------------------------------------------------------------


def independent_entries(
    name: str,
    shape: tuple[Dimension, Dimension] | Dimension,
    *,
    second: Any = 1,
    fourth: Any = None,
    sixth: Any = None,
    eighth: Any = None,
) -> IndependentEntries:
    """A random matrix (or column vector) with independent entries of one symmetric law, given by its moments.

    Parameters
    ----------
    name : str
    shape : (rows, cols) or size
    second, fourth, sixth, eighth : scalars, optional
        E z², E z⁴, … of an entry z, as numbers or symbols. What is not given is not known, and an expectation that
        needs it says so.

    Raises
    ------
    InputError
        If a moment is no exact scalar, or the numbers are moments of no law.

    Examples
    --------
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> X = si.independent_entries("X", (n, d), fourth=si.scalar("kappa", positive=True))
    >>> si.expect(X.T * X * X.T * X)
    (d*n + kappa*n + n**2 - 2*n)*I
    """
    given = (second, fourth, sixth, eighth)
    values = [sympy.nan if m is None else _moment(name, m) for m in given]
    check_moments(values, f"an entry of {name}")
    return _made(name, shape, "moments", values)


def rademacher(name: str, shape: tuple[Dimension, Dimension] | Dimension) -> IndependentEntries:
    """A random matrix (or column vector) of independent signs, +1 or −1 with probability 1/2."""
    return _made(name, shape, "rademacher", [sympy.Integer(1)] * 5)


def uniform(name: str, shape: tuple[Dimension, Dimension] | Dimension) -> IndependentEntries:
    """A random matrix (or column vector) of independent entries that are uniform on [−√3, √3]: mean 0, variance 1."""
    return _made(name, shape, "uniform", [sympy.Rational(3**k, 2 * k + 1) for k in range(1, 6)])


def sparse_signs(
    name: str, shape: tuple[Dimension, Dimension] | Dimension, density: Any
) -> IndependentEntries:
    """A random matrix (or column vector) of independent entries ±1/√p with probability p, else 0: variance 1.

    Parameters
    ----------
    name : str
    shape : (rows, cols) or size
    density : scalar
        p, from 0 to 1, as a number or a positive symbol.

    Raises
    ------
    InputError
        If it is no such number.
    """
    p = exact_scalar(density, f"the density of {name}")
    if p.has(sympy.Float) or (p.is_number and not 0 < p <= 1):
        raise InputError(f"the density of {name} is {density}; give an exact number from 0 to 1, 0 excluded")
    return _made(name, shape, "sparse signs", [p ** (1 - k) for k in range(1, 6)])


def _made(name: str, shape: Any, kind: str, moments: list[Any]) -> IndependentEntries:
    check_name(name)
    rows, cols = rows_and_columns(shape, f"the matrix {name}")
    made = IndependentEntries(name, rows, cols, sympy.core.symbol.Str(kind), sympy.Tuple(*moments))
    refuse_namesakes(made, *made.law_parts)
    return made


def _moment(name: str, value: Any) -> sympy.Expr:
    found = exact_scalar(value, f"a moment of {name}")
    if found.has(sympy.Float) or found.has(RandomMatrix):
        raise InputError(f"a moment of {name} is {brief(value)}; give a symbol or an exact number")
    return found
