"""Words of letters that satisfy equations have one normal form, and it has the same value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce as fold
from operator import matmul, mul

import flint
import pytest
import sympy
from sympy import Inverse, OneMatrix
from sympy import Trace as tr

import symicl as si
from symicl.algebra import (
    COLS,
    MEANING,
    PARTNER,
    ROWS,
    ClosedForm,
    Structured,
    closed,
    inverse_letter,
    read_form,
    symbol_letter,
    transposed_word,
)
from symicl.algebra.letters import size_word
from symicl.algebra.words import reduce
from symicl.errors import InputError, UnsupportedError
from symicl.numeric import AtNumbers, exact_matrix, flint_rational, satisfies, structured_matrix

n, d, r = si.dims("n d r")
c = si.scalar("c", positive=True)
A, S = si.matrix("A", (d, d)), si.symmetric("S", d)
P, Q = si.projector("P", d, r), si.projector("Q", d, 2)
O, W = si.orthogonal("O", d), si.orthogonal("W", r)
U, V = si.semi_orthogonal("U", (d, r)), si.semi_orthogonal("V", (d, 2))
D, L = si.diagonal_matrix("D", d), si.diagonal_matrix("L", d, positive=True)
u, v = si.unit_vector("u", d), si.vector("v", d, norm=c)
w, five = si.vector("w", d, norm=sympy.sqrt(d)), si.vector("five", d, norm=5)
ONES = OneMatrix(d, 1)

FAMILIES = {
    "projectors": (P, Q, A, u),
    "orthogonal": (O, A, P, v),
    "orthonormal columns": (U, V, W, P),
    "diagonal": (D, L, A, u),
    "vectors": (u, v, w, five, ONES, S),
    "all": (P, O, U, D, L, u),
}
Word = tuple[int, ...]


def alphabet(name: str) -> list[int]:
    """The letters of a family, their transposes, and the inverses of diagonal matrices."""
    letters = {a for symbol in FAMILIES[name] for a in read_form(symbol).letters()}
    letters |= {inverse_letter(symbol_letter(symbol)) for symbol in FAMILIES[name] if symbol in (D, L)}
    return sorted({b for a in letters for b in (a, PARTNER[a])})


def words_of(letters: list[int], longest: int) -> Iterator[Word]:
    """All words up to a length whose letters fit."""
    words: list[Word] = [(a,) for a in letters]
    for _ in range(longest):
        yield from words
        words = [(*word, a) for word in words for a in letters if ROWS[a] == COLS[word[-1]]]


def trace(word: Word) -> tuple[Word, ...]:
    """The trace of a word; that of an identity is its size."""
    found = closed(word)
    return (size_word(ROWS[word[0]]),) if found is None else found


@pytest.mark.parametrize("name", FAMILIES)
def test_critical_pairs(name):
    """Whatever part of a word is reduced first, wherever it starts around a trace, and transposed: one result.

    A rule is about two neighbours, or takes a diagonal letter past another one. Three letters hold every overlap of two
    rules, and four those across the ends of a trace.
    """
    tried = 0
    for word in words_of(alphabet(name), 4):
        whole = reduce(word)
        for i in range(1, len(word)):
            assert reduce(reduce(word[:i]) + reduce(word[i:])) == whole, word
            assert reduce(word[:i] + reduce(word[i:])) == whole, word
        assert transposed_word(whole) == reduce(transposed_word(word)), word
        assert transposed_word(transposed_word(whole)) == whole, word
        if ROWS[word[0]] == COLS[word[-1]]:
            for i in range(len(word)):
                turned = word[i:] + word[:i]
                assert trace(turned) == trace(word), word
                back = transposed_word(turned)
                assert not back or trace(back) == trace(turned), word
                assert not whole or trace(whole) == trace(word), word
        tried += 1
    assert tried > 200


def instance(salt: int = 1) -> dict:
    """Numbers that satisfy all relations."""
    values: dict = {n: sympy.Integer(2), d: sympy.Integer(4), r: sympy.Integer(3), c: sympy.Rational(3, 2)}
    for k, symbol in enumerate((P, Q, O, W, U, V, D, L, u, v, w, five)):
        values[symbol] = structured_matrix(symbol, values, salt and salt + k)
    values[A] = exact_matrix([[(3 * i + 5 * j) % 7 - 3 for j in range(4)] for i in range(4)])
    values[S] = values[A] + values[A].transpose()
    values[ONES] = exact_matrix([[1]] * 4)
    return values


@pytest.mark.parametrize("name", FAMILIES)
def test_reduced_words_have_the_same_value(name):
    values = instance()
    at = AtNumbers(values)

    def matrix(a: int) -> flint.fmpq_mat:
        meaning = MEANING[min(a, PARTNER[a])]
        found = values[meaning[1]].inv() if isinstance(meaning, tuple) else values[meaning]
        return found if a <= PARTNER[a] else found.transpose()

    table = {a: matrix(a) for a in alphabet(name)}
    for word in words_of(list(table), 3):
        product = fold(mul, (table[a] for a in word))
        form = fold(matmul, map(ClosedForm.of, word))
        assert entries(at.of(form)) == entries(product), word
        if product.nrows() == product.ncols():
            total = sum((product[i, i] for i in range(product.nrows())), flint.fmpq(0))
            assert entries(at.of(form.trace())) == [total], word


def entries(value) -> list[flint.fmpq]:
    return value.entries() if isinstance(value, flint.fmpq_mat) else [flint_rational(value)]


@pytest.mark.parametrize("salt", range(4))
def test_instances_satisfy_their_equations_exactly(salt):
    values = instance(salt)
    for symbol, matrix in values.items():
        if isinstance(symbol, Structured):
            assert satisfies(symbol, matrix, values), symbol
            if not isinstance(symbol, type(D) | type(L)):
                assert not satisfies(symbol, matrix * 2, values), symbol
    assert not satisfies(P, exact_matrix([[1, 0, 0, 0], *[[0] * 4] * 3]), values)  # of another rank
    assert not satisfies(D, values[A], values)


TRUE = {
    "tr P": (tr(P), r), "P^2": (P**2, P), "P^7": (tr(P**7 * A), tr(P * A)),
    "complement": (tr(sympy.Identity(d) - P), d - r), "around": (tr(P * A * P), tr(A * P)),
    "complement squared": ((sympy.Identity(d) - P) ** 2, sympy.Identity(d) - P),
    "rank 2": (tr(Q), sympy.Integer(2)), "O'O": (O.T * A.T * O * O.T * A * O, O.T * A.T * A * O),
    "inverse of O": (O.I, O.T), "its trace": (tr(O * A * O.I), tr(A)), "UU' projects": ((U * U.T) ** 2, U * U.T),
    "tr UU'": (tr(U * U.T), r), "tr VV'": (tr(V * V.T), sympy.Integer(2)), "U'U": (U.T * U, sympy.Identity(r)),
    "D L": (D * L, L * D), "inside": (A * D * L * D.I * A, A * L * A), "in a trace": (tr(D * A * L), tr(L * D * A)),
    "transposed": ((D * A * L).T, L * A.T * D), "two inverses": (D.I * L.I, L.I * D.I),
    "u'u": (tr(u * u.T), sympy.Integer(1)),
    "vv'vv'": (tr((v * v.T) ** 2), c**4), "w'w": (tr(w * w.T), d), "25": (tr(five * five.T), sympy.Integer(25)),
    "1'1": (tr(ONES * ONES.T), d), "centring": (si.centring(n) ** 2, si.centring(n)),
    "its rank": (tr(si.centring(n)), n - 1), "of means": (si.centring(n) * si.ones(n), sympy.ZeroMatrix(n, 1)),
    "two invariant ones": (
        si.permutation_invariant(n, 3, 1) * si.permutation_invariant(n, c, 2),
        si.permutation_invariant(n, c, 2) * si.permutation_invariant(n, 3, 1),
    ),
    "their inverse": (si.permutation_invariant(n, 3, 1).I * si.permutation_invariant(n, 3, 1), sympy.Identity(n)),
    "inverse beside a projector": (
        (c * sympy.Identity(d) + P).I, sympy.Identity(d) / c - P / (c * (c + 1)),
    ),
    "inverse beside UU'": ((sympy.Identity(d) + U * U.T).I, sympy.Identity(d) - U * U.T / 2),
    "inverse of a rotated one": ((O * (S + P) * O.T).I * O * (S + P), O),
    "in the denominator": (tr(A * P) / tr(P), tr(P * A) / r),
    "diagonal of a vector": (sympy.DiagMatrix(u) * D * A, D * sympy.DiagMatrix(u) * A),
}  # fmt: skip
FALSE = {
    "tr P": (tr(P), d), "P^2": (P * A * P, P * A), "O": (O * A * O.T, A), "O^2": (O * O, sympy.Identity(d)),
    "O'": (O, O.T), "UU'": (U * U.T, sympy.Identity(d)), "D A": (D * A, A * D), "D S": (D * S * L, L * S * D),
    "u'u": (tr(u * u.T), d), "v'v": (tr(v * v.T), c), "1'1": (tr(ONES * ONES.T), sympy.Integer(1)),
    "P Q": (P * Q, Q * P), "their inverse": (D.I, D), "centring": (si.centring(n), sympy.Identity(n)),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE)
def test_what_holds_is_seen(name):
    left, right = TRUE[name]
    assert read_form(left) == read_form(right)


@pytest.mark.parametrize("name", FALSE)
def test_what_does_not_hold_stays_different(name):
    left, right = FALSE[name]
    assert read_form(left) != read_form(right)


def test_symbols_of_another_rank_or_norm_are_other_symbols():
    assert si.projector("P", d, 1) != P and si.unit_vector("v", d) != v
    assert P.T == P and D.T == D and P.subs(r, 2) == si.projector("P", d, 2)
    with pytest.raises(InputError, match="P is the name of two things"):
        si.expect(tr(P * si.projector("P", d, 1)))


REFUSED = {
    "rank above": (lambda: si.projector("R", 3, 4), "of rank 4 is not of lower rank than its size 3"),
    "full rank": (lambda: si.projector("R", d, d), "of full rank it is the identity"),
    "rank as text": (lambda: si.projector("R", d, "r"), "a dimension is a positive integer or a symbol"),
    "rank of another kind": (lambda: si.projector("R", d, r + 1), "give a number or a symbol"),
    "inverse of a multiple": (lambda: read_form((2 * P).I), "P has no inverse"),
    "inverse of a product": (lambda: read_form((P * A + 2 * P * S).I), "begins or ends with P has no inverse"),
    "inverse of UU'": (lambda: read_form((U * U.T).I), "begins or ends with U has no inverse"),
    "prior and covariates": (
        lambda: si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression(covariate_cov=P))),
        "has no inverse, as the rank of P",
    ),
    "inverse": (lambda: read_form(P.I * A), "P has no inverse, as its rank is less"),
    "too many columns": (lambda: si.semi_orthogonal("R", (2, 3)), "3 columns in 2 dimensions"),
    "square": (lambda: si.semi_orthogonal("R", (d, d)), "declare it with orthogonal"),
    "norm": (lambda: si.vector("q", d, norm=sympy.Rational(1, 2)), "write it times a unit vector"),
    "norm without a sign": (lambda: si.vector("q", d, norm=si.scalar("a")), "declared as positive"),
    "norm as text": (lambda: si.vector("q", d, norm="c"), "the norm of q is 'c'"),
    "size of ones": (lambda: si.ones("n"), "a matrix of ones has the size n"),
    "unknown": (lambda: si.minimise(tr(P * A), [P]), "P is declared as a projector, but a minimum"),
    "derivative": (lambda: si.gradient(tr(D * A), D), "D is declared as a diagonal matrix"),
    "flow": (lambda: si.flow(tr(O * A), [O]), "O is declared as an orthogonal matrix, which a gradient flow leaves"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_say_what_to_do(name):
    call, message = REFUSED[name]
    with pytest.raises((InputError, UnsupportedError), match=message):
        call()


def test_a_letter_that_satisfies_an_equation_is_not_replaced():
    with pytest.raises(UnsupportedError, match="P is declared as a projector"):
        read_form(tr(P * A)).substitute({symbol_letter(P): read_form(S)})


def test_expectations_over_singular_gaussians():
    X = si.gaussian("X", (n, d), col_cov=P)
    assert read_form(si.expect(tr(X.T * X * X.T * X))) == read_form(n * r * (n + r + 1))
    assert read_form(si.expect(X.T * X)) != read_form(n * sympy.Identity(d))
    assert read_form(si.expect(Inverse(P + A) * X.T * X)) == read_form(n * Inverse(P + A) * P)


def test_at_numbers_equations_have_to_hold():
    x, X = si.gaussian("x", d), si.gaussian("X", (n, d), col_cov=P)
    line = [[1, 0], [0, 0]]
    found = si.sample(tr(X.T * X), n=3, P=line, draws=20_000)
    assert (found.agrees_with(3).verdict, found.agrees_with(6).verdict) == ("confirmed", "contradicted")
    with pytest.raises(InputError, match="P is no projector at these values"):
        si.sample(x.T * P * x, P=[[1, 0], [0, 2]], draws=10)
    with pytest.raises(InputError, match="P is no projector at these values"):
        si.sample(x.T * P * x, P=line, r=2, draws=10)
    with pytest.raises(InputError, match="c"):
        si.sample((x.T * v) ** 2, v=[1, 2], draws=10)
    assert si.compile(si.expect((x.T * P * x) ** 2))(r=2) == 8


def test_minima_beside_projectors():
    K = si.matrix("K", (d, d))
    found = si.minimise(tr((K * P - P) * (K * P - P).T) + tr(K * K.T), [K])
    assert str(found).splitlines() == ["K⋆ = P/2", "L⋆ = r/2"]
