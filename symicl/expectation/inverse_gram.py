"""Expectations of inverses of Gram matrices, E (XᵀX)⁻¹ ⊗ … ⊗ (XᵀX)⁻¹: the inverse Wishart law.

For k factors, n rows N(0, Σ) of size d and γ = n − d − 1, E V⊗…⊗V with V = (XᵀX)⁻¹ is a sum over pairings of the 2k
indices of the factors, each of which stands for Σ⁻¹ between the two and has the weight (−1)^k Wg(−γ), Weingarten's
function of the orthogonal group at this size, for its type relative to the pairing of V itself. It exists for
n > d + 2k − 1.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import sympy
from sympy.matrices.expressions import Inverse, ZeroMatrix

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    NO_LETTER,
    PARTNER,
    ROWS,
    GaussianMatrix,
    MatrixPolynomial,
    Monomial,
    Polynomial,
    exact_size,
    inverse_letter,
    read_matrix,
    read_scalar,
    reported,
    symbol_letter,
    tell,
    unheard,
    write_scalar,
    written,
)
from symicl.errors import UnsupportedError
from symicl.expectation.conditions import require
from symicl.expectation.entry_network import End, Network, averaged
from symicl.expectation.gaussian import Gaussian, as_gram, gram_letter, integrate_one
from symicl.expectation.hat_matrix import over_projector
from symicl.expectation.inverse_gram_log import write
from symicl.expectation.weingarten import MAX_PAIRS, SIZE, circles, pairings, weingarten


class InverseForm(NamedTuple):
    """A polynomial in X and V = (XᵀX)⁻¹ in which these two do not meet.

    Attributes
    ----------
    with_inverse, plain : Polynomial
        The terms with V, and those without.
    inverse : int
        The letter V.
    given, factor : int, Polynomial
        A letter of what was given, which is this factor times V.
    """

    with_inverse: Polynomial
    plain: Polynomial
    inverse: int
    given: int
    factor: Polynomial


INVERSE_GRAM = written("inverse gram", lambda log, call: write(log, call, mean_of_inverses))


@cache
def gram_inverse(a: int) -> tuple[int, Polynomial] | None:
    """For the letter of (c XᵀX)⁻¹, X Gaussian with mean zero and several columns, the letter X and 1/c; else None."""
    meaning = MEANING[a]
    if not isinstance(meaning, Inverse):
        return None
    terms = read_matrix(meaning.arg).terms
    if len(terms) != 1:
        return None
    (((monomial, word), c),) = terms.items()
    if len(word) != 2 or word[0] != PARTNER[word[1]] or word[0] == word[1]:
        return None
    x = MEANING[word[1]]
    # A transposed letter has the meaning of X as well.
    if not isinstance(x, GaussianMatrix) or not isinstance(x.mean, ZeroMatrix) or symbol_letter(x) != word[1]:
        return None
    factor = write_scalar(Polynomial({monomial: c}))
    return word[1], read_scalar(1 / factor)


def inverted(polynomial: Polynomial) -> set[int]:
    """The letters X of which (XᵀX)⁻¹ occurs."""
    return {found[0] for a in polynomial.letters() if (found := gram_inverse(a)) is not None}


def over_gram_inverse(polynomial: Polynomial, law: Gaussian) -> Polynomial:
    """E over the Gaussian letter X of a polynomial in X and (XᵀX)⁻¹.

    Raises
    ------
    UnsupportedError
        If X stands otherwise than in XᵀX, or there are rows with a covariance, too many factors, or products of XᵀX and
        its inverse in which the two do not meet; if it is not known that the expectation exists.
    InputError
        If it does not exist.
    """
    z = law.letter
    name = str(getattr(MEANING[z], "name", MEANING[z]))
    w = gram_letter(z)
    v = inverse_letter(w)
    every = ((a, gram_inverse(a)) for a in sorted(polynomial.letters()))
    given = {a: found[1] for a, found in every if found is not None and found[0] == z}
    table = {a: MatrixPolynomial.of(v) * factor for a, factor in given.items()}
    if law.row_cov != NO_LETTER:
        raise UnsupportedError(
            f"the inverse of a Gram matrix of {name} is averaged over if its rows are independent"
        )
    paired = as_gram(polynomial.substitute(table), law)
    if paired is None and (projected := over_projector(polynomial.substitute(table), law)) is not None:
        return projected
    if paired is None:
        raise UnsupportedError(f"{name} stands beside ({name}ᵀ{name})⁻¹ otherwise than as {name}ᵀ{name}")
    for monomial, _ in paired:
        if any(v in x for x in monomial) and any(w in x for x in monomial):
            raise UnsupportedError(
                f"a product holds {name}ᵀ{name} and its inverse, and the two do not meet: its expectation is not taken"
            )
    both = Polynomial({m: c for m, c in paired if any(v in x for x in m)})
    form = InverseForm(both, _put(paired - both, law), v, *next(iter(given.items())))
    rest = integrate_one(form.plain, law)
    tell("law", (law,))
    return with_inverse(polynomial, law, form, rest)


@unheard
def _put(polynomial: Polynomial, law: Gaussian) -> Polynomial:
    """A polynomial in XᵀX as one in X."""
    Z = MatrixPolynomial.of(law.letter)
    return polynomial.substitute({gram_letter(law.letter): Z.T @ Z})


@reported(INVERSE_GRAM)
def with_inverse(polynomial: Polynomial, law: Gaussian, form: InverseForm, rest: Polynomial) -> Polynomial:
    """E over X of a polynomial, whose terms without V have the mean `rest`."""
    return averaged(form.with_inverse, form.inverse, lambda core: _mean(core, form.inverse, law)) + rest


def _mean(core: Monomial, v: int, law: Gaussian) -> Polynomial:
    """E of a product of words that all contain V and not X, if it is known to exist."""
    name = str(getattr(MEANING[law.letter], "name", MEANING[law.letter]))
    count = sum(word.count(v) for word in core)
    if count > MAX_PAIRS:
        raise UnsupportedError(
            f"({name}ᵀ{name})⁻¹ stands {count} times in a product; at most {MAX_PAIRS} are taken"
        )
    n, d = (exact_size(DIMENSIONS[side[law.letter]]) for side in (ROWS, COLS))
    what = "the expectation of" + ("" if count == 1 else f" {count} factors") + f" ({name}ᵀ{name})⁻¹ exists"
    require(n, d + 2 * count - 1, what)
    return mean_of_inverses(core, v, law)


def mean_of_inverses(core: Monomial, v: int, law: Gaussian) -> Polynomial:
    """E of a product of words that all contain V and not X."""
    network = Network(core, v)
    count = network.size
    n, d = (exact_size(DIMENSIONS[side[law.letter]]) for side in (ROWS, COLS))
    between = () if law.col_cov == NO_LETTER else (inverse_letter(law.col_cov),)
    itself = tuple((2 * a, 2 * a + 1) for a in range(count))
    result = Polynomial()
    for pairing in pairings(tuple(range(2 * count))):
        partner = {_end(a): _end(b) for x, y in pairing for a, b in ((x, y), (y, x))}
        monomial, factor = network.joined(partner, between)
        weight = _weights(count)[circles(itself, pairing)].subs(SIZE, n - d - 1)
        result = result + factor * Polynomial({monomial: 1}) * read_scalar(weight)
    if law.scale != 1:
        result = result * read_scalar(1 / write_scalar(law.scale)) ** count
    return result


@cache
def _weights(pairs: int) -> dict[tuple[int, ...], sympy.Expr]:
    """(−1)^k Wg(−γ), in `SIZE` for γ."""
    return {
        kind: sympy.factor((-1) ** pairs * value.subs(SIZE, -SIZE))
        for kind, value in weingarten(pairs).items()
    }


def _end(index: int) -> End:
    return End(index // 2, index % 2)
