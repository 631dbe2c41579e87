"""Random SymPy expressions over a rich alphabet of letters, for hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy
from hypothesis import strategies as st
from sympy.matrices.expressions import Identity, MatrixExpr, Trace, ZeroMatrix
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement

import symicl as si
from symicl.algebra import RandomMatrix, Vec

Size = sympy.Expr | int


@dataclass(frozen=True)
class Alphabet:
    """Constant and random letters by shape.

    Attributes
    ----------
    sizes : (n, d)
        Symbols, integers, or the same one twice.
    """

    sizes: tuple[Size, Size]
    constants: dict[tuple[Size, Size], list[MatrixExpr]]
    gaussians: dict[tuple[Size, Size], list[MatrixExpr]]
    scalars: list[sympy.Expr]
    entrywise: bool = False

    @property
    def names(self) -> list[str]:
        """Names of the Gaussians."""
        return sorted(
            {
                z.name
                for pool in self.gaussians.values()
                for letter in pool
                for z in letter.atoms(RandomMatrix)
            }
        )

    def restricted(self, names: list[str]) -> Alphabet:
        """The same with these Gaussians only."""
        kept = {
            shape: [x for x in pool if any(z.name in names for z in x.atoms(RandomMatrix))]
            for shape, pool in self.gaussians.items()
        }
        return replace(self, gaussians={shape: pool for shape, pool in kept.items() if pool})


def alphabet(n: Size, d: Size) -> Alphabet:
    """Symmetric and general letters, vectors, and Gaussians of every kind of law."""
    sigma, upsilon = si.covariance("Sigma", d), si.covariance("Upsilon", n)
    A, B, C = si.matrix("A", (d, d)), si.matrix("B", (n, d)), si.matrix("C", (n, n))
    S, v, a = si.symmetric("S", d), si.vector("v", d), si.vector("a", n)
    s, c = si.scalar("s", nonnegative=True), si.scalar("c")
    constants = [A, B, C, S, v, a, sigma, upsilon, sigma.inv(), Identity(d), Identity(n), ZeroMatrix(d, n)]
    gaussians = [
        si.gaussian("X", (n, d), col_cov=sigma),
        si.gaussian("Y", (n, d), row_cov=upsilon, col_cov=sigma.inv(), mean=B),
        si.gaussian("Z", (n, d), col_cov=s),
        si.gaussian("Q", (d, d)),
        si.gaussian("R", (d, d), row_cov=sigma, mean=A),
        si.gaussian("T", (d, n), row_cov=sigma, col_cov=upsilon),
        si.gaussian("w", d, row_cov=sigma, mean=v),
        si.gaussian("e", n, row_cov=s),
        si.gaussian("r", (1, d), col_cov=sigma),
        si.gaussian("z", (1, 1), col_cov=s, mean=v.T * A * v),
    ]

    return Alphabet((n, d), by_shape(constants), by_shape(gaussians), [s, c, *map(sympy.sympify, (n, d))])


def by_shape(letters: Sequence[MatrixExpr]) -> dict[tuple[Size, Size], list[MatrixExpr]]:
    """Letters and their transposes."""
    table: dict[tuple[Size, Size], list[MatrixExpr]] = {}
    for letter in letters:
        rows, cols = letter.shape
        table.setdefault((rows, cols), []).append(letter)
        table.setdefault((cols, rows), []).append(letter.T)
    return table


def structured_alphabet(n: sympy.Symbol, d: sympy.Symbol) -> Alphabet:
    """Letters that satisfy equations, n ≤ d: projectors of rank n, orthonormal columns, diagonal and normed ones."""
    c, s = si.scalar("c", positive=True), si.scalar("s", nonnegative=True)
    P, O, W = si.projector("P", d, n), si.orthogonal("O", d), si.orthogonal("W", n)
    U, D, L = (
        si.semi_orthogonal("U", (d, n)),
        si.diagonal_matrix("D", d),
        si.diagonal_matrix("L", d, positive=True),
    )
    u, v = si.unit_vector("u", d), si.vector("v", d, norm=c)
    w, three = si.vector("w", n, norm=sympy.sqrt(n)), si.vector("three", d, norm=3)
    A, B = si.matrix("A", (d, d)), si.matrix("B", (n, d))
    constants = [P, P, O, W, U, U, D, L, L.inv(), u, v, w, three, A, B, sympy.OneMatrix(d, 1), si.centring(d)]
    gaussians = [
        si.gaussian("X", (n, d), col_cov=P),
        si.gaussian("Y", (d, n), row_cov=L, mean=U),
        si.gaussian("Z", (d, d), row_cov=P, col_cov=L),
        si.gaussian("x", d, row_cov=s * P, mean=u),
        si.gaussian("y", n, row_cov=c),
    ]
    return Alphabet((n, d), by_shape(constants), by_shape(gaussians), [s, c, n, d])


def laws_alphabet(n: sympy.Symbol, d: sympy.Symbol) -> Alphabet:
    """Random matrices of laws beyond Gaussian with few constants, and covariances that are sums and products."""
    q, k, s = si.scalar("q", positive=True), si.scalar("k", positive=True), si.scalar("s", nonnegative=True)
    sigma, A, v = si.covariance("Sigma", d), si.matrix("A", (d, d)), si.vector("v", d)
    constants = [A, v, sympy.Identity(d), sympy.Identity(n), sympy.OneMatrix(n, 1), sympy.OneMatrix(d, 1)]
    random = [
        si.independent_entries("X", (n, d), second=q, fourth=k, sixth=3 * k, eighth=9 * k),
        si.rademacher("Y", (n, d)),
        si.uniform("w", d),
        si.sparse_signs("e", n, sympy.Rational(1, 3)),
        si.sphere("Z", (n, d)),
        si.sphere("u", d, radius2=q),
        si.elliptical("Q", (n, d), cov=sigma, second=q, fourth=k, sixth=2 * k),
        si.elliptical("r", d, cov=sigma + s * Identity(d), second=q, fourth=k, sixth=2 * k),
        si.student("P", (n, d), 11, cov=sigma),
        si.goe("G", d, variance=s),
        si.gaussian("T", (n, d), row_cov=si.equicorrelated(n, s), col_cov=A * sigma * A.T),
        si.gaussian("V", (n + 1, d), col_cov=sigma + A * A.T),
    ]
    return Alphabet((n, d), by_shape(constants), by_shape(random), [q, k, n, d])


def haar_alphabet(n: sympy.Symbol, d: sympy.Symbol) -> Alphabet:
    """Orthogonal matrices of Haar's law, and first columns of one, n ≤ d, beside a Gaussian."""
    A, B, v = si.matrix("A", (d, d)), si.matrix("B", (n, d)), si.vector("v", d)
    constants = [A, B, v, si.symmetric("S", d), sympy.Identity(d), sympy.Identity(n), sympy.OneMatrix(d, 1)]
    random = [si.haar("O", d), si.haar("U", (d, n)), si.gaussian("w", d, row_cov=si.covariance("Sigma", d))]
    return Alphabet((n, d), by_shape(constants), by_shape(random), [n, d])


def inverses_alphabet(n: sympy.Symbol, d: sympy.Symbol) -> Alphabet:
    """Inverses of Gram matrices with so many rows that their means exist, beside a Gaussian."""
    A, B, v, sigma = (
        si.matrix("A", (d, d)),
        si.matrix("B", (n, d)),
        si.vector("v", d),
        si.covariance("Sigma", d),
    )
    X, Y = si.gaussian("X", (n + d + 7, d), col_cov=sigma), si.gaussian("Y", (d + 9, d))
    constants = [A, B, v, sigma, sigma.inv(), sympy.Identity(d), sympy.OneMatrix(d, 1)]
    random = [(X.T * X).inv(), (Y.T * Y).inv(), si.gaussian("w", d, row_cov=sigma)]
    return Alphabet((n, d), by_shape(constants), by_shape(random), [n, d])


def tokens_alphabet(n: sympy.Symbol, d: sympy.Symbol) -> Alphabet:
    """Rows from a finite set, one-hot ones among them, beside a Gaussian."""
    A, v = si.matrix("A", (d, d)), si.vector("v", d)
    constants = [A, v, sympy.Identity(d), sympy.Identity(n), sympy.OneMatrix(n, 1)]
    random = [
        si.finite_tokens("X", n, si.matrix("V", (3, d))),
        si.finite_tokens("Y", n, sympy.Identity(d)),
        si.finite_tokens("u", None, si.matrix("V", (3, d))),
        si.gaussian("w", d, row_cov=si.covariance("Sigma", d)),
    ]
    return Alphabet((n, d), by_shape(constants), by_shape(random), [n, d])


def entrywise_alphabet(n: sympy.Symbol, d: sympy.Symbol) -> Alphabet:
    """Random matrices whose entries are averaged by pairings or cumulants, for entrywise and Kronecker products."""
    q, k, s = si.scalar("q", positive=True), si.scalar("k", positive=True), si.scalar("s", nonnegative=True)
    sigma, A, v, B = (
        si.covariance("Sigma", d),
        si.matrix("A", (d, d)),
        si.vector("v", d),
        si.matrix("B", (n, d)),
    )
    constants = [
        A,
        A,
        v,
        B,
        si.symmetric("S", d),
        sympy.Identity(d),
        sympy.OneMatrix(n, 1),
        sympy.OneMatrix(d, 1),
    ]
    random = [
        si.gaussian("X", (n, d), col_cov=sigma),
        si.gaussian("Y", (n, d), row_cov=si.covariance("Upsilon", n), mean=B),
        si.gaussian("w", d, row_cov=sigma + s * sympy.Identity(d), mean=v),
        si.independent_entries("R", (n, d), second=q, fourth=k, sixth=3 * k, eighth=9 * k),
        si.rademacher("e", n),
        si.elliptical("Q", (n, d), cov=sigma, second=q, fourth=k, sixth=2 * k),
        si.goe("G", d, variance=s),
    ]
    return Alphabet((n, d), by_shape(constants), by_shape(random), [q, k, n, d], entrywise=True)


RATIONALS = [sympy.Rational(k, m) for k, m in ((-2, 1), (3, 1), (-1, 2), (2, 3), (5, 1))]


@st.composite
def chains(draw: st.DrawFn, letters: Alphabet, rows: Size, cols: Size, degree: int) -> MatrixExpr:
    """A product of letters, about half of them random."""
    factors, here = [], rows
    for _ in range(draw(st.integers(1, 5))):
        table = letters.gaussians if degree and draw(st.integers(0, 3)) else letters.constants
        pool = [letter for (start, _), row in table.items() if start == here for letter in row]
        if not pool:
            continue
        factors.append(draw(st.sampled_from(pool)))
        degree -= table is letters.gaussians
        here = factors[-1].shape[1]
    if here != cols or not factors:
        table = letters.gaussians if degree and (here, cols) in letters.gaussians else letters.constants
        factors.append(draw(st.sampled_from(table.get((here, cols), [sympy.OneMatrix(here, cols)]))))
    return sympy.MatMul(*factors)


@st.composite
def matrices(
    draw: st.DrawFn, letters: Alphabet, rows: Size, cols: Size, degree: int, depth: int
) -> MatrixExpr:
    """A matrix expression with at most ``degree`` Gaussian factors in a product."""
    kinds = ["chain"]
    if depth > 0:
        kinds += ["product", "sum", "transpose", "multiple"]
        if rows == cols and degree >= 2:
            kinds += ["power", "sandwich"]
        if letters.entrywise:
            kinds += ["hadamard", "hadamard", "entry power"]
            kinds += ["diagonal", "from a vector"] if rows == cols != 1 else []
            kinds += ["diagonal of"] if cols == 1 != rows else []
    kind = draw(st.sampled_from(kinds))
    if kind == "hadamard":
        part = draw(st.integers(0, degree))
        return sympy.HadamardProduct(
            draw(matrices(letters, rows, cols, part, depth - 1)),
            draw(matrices(letters, rows, cols, degree - part, depth - 1)),
        )
    if kind == "entry power":
        return sympy.HadamardPower(draw(matrices(letters, rows, cols, degree // 2, 0)), 2)
    if kind == "diagonal":
        return DiagonalMatrix(draw(matrices(letters, rows, rows, degree, depth - 1)))
    if kind == "diagonal of":
        return DiagonalOf(draw(matrices(letters, rows, rows, degree, depth - 1)))
    if kind == "from a vector":
        return DiagMatrix(draw(matrices(letters, rows, sympy.Integer(1), degree, depth - 1)))
    if kind == "sum":
        return draw(matrices(letters, rows, cols, degree, depth - 1)) + draw(
            matrices(letters, rows, cols, degree, depth - 1)
        )
    if kind == "transpose":
        return sympy.Transpose(draw(matrices(letters, cols, rows, degree, depth - 1)))
    if kind == "multiple":
        part = draw(st.integers(0, degree))
        factor = draw(scalars(letters, part, depth - 1))
        return sympy.MatMul(factor, draw(matrices(letters, rows, cols, degree - part, depth - 1)))
    if kind == "sandwich":
        middle = draw(st.sampled_from([sympy.Integer(1), *map(sympy.sympify, letters.sizes)]))
        side = draw(matrices(letters, rows, middle, degree // 2, depth - 1))
        return sympy.MatMul(
            side, draw(matrices(letters, middle, middle, degree % 2, 0)), sympy.Transpose(side)
        )
    if kind == "power":
        exponent = draw(st.integers(2, min(3, degree)))
        return draw(matrices(letters, rows, cols, degree // exponent, depth - 1)) ** exponent
    if kind == "product":
        middle = draw(st.sampled_from([sympy.Integer(1), *map(sympy.sympify, letters.sizes)]))
        part = draw(st.integers(0, degree))
        return sympy.MatMul(
            draw(matrices(letters, rows, middle, part, depth - 1)),
            draw(matrices(letters, middle, cols, degree - part, depth - 1)),
        )
    return draw(chains(letters, rows, cols, degree))


@st.composite
def scalars(draw: st.DrawFn, letters: Alphabet, degree: int, depth: int) -> sympy.Expr:
    """A scalar expression: traces, bilinear forms, symbols and numbers, their products, powers and sums."""
    kinds = ["number", "symbol"] if depth <= 0 else ["trace", "trace", "trace", "form", "product", "sum"]
    kind = draw(st.sampled_from(kinds))
    if kind == "number":
        return draw(st.sampled_from(RATIONALS))
    if kind == "symbol":
        return draw(st.sampled_from(letters.scalars)) ** draw(st.integers(1, 2))
    if kind == "trace":
        size = draw(st.sampled_from(letters.sizes))
        return Trace(draw(matrices(letters, sympy.sympify(size), sympy.sympify(size), degree, depth)))
    if kind == "form":
        one = sympy.Integer(1)
        return Trace(draw(matrices(letters, one, one, degree, depth)))
    part = draw(st.integers(0, degree))
    left, right = draw(scalars(letters, part, depth - 1)), draw(scalars(letters, degree - part, depth - 1))
    return left * right if kind == "product" else left + right


@st.composite
def of_two_indices(
    draw: st.DrawFn, letters: Alphabet, sides: Sequence[Size], degree: int, depth: int
) -> sympy.Basic:
    """Kronecker products, columns one below the other, and products of single entries."""
    rows, cols = draw(st.sampled_from(sides)), draw(st.sampled_from(sides))
    kind, zero = draw(st.sampled_from(["kronecker", "vec", "outer", "entries", "mixed"])), sympy.Integer(0)
    first = draw(matrices(letters, rows, cols, degree // 2, depth - 1))
    second = draw(matrices(letters, rows, cols, degree // 2, depth - 1))
    if kind == "entries":
        return MatrixElement(first, zero, zero) * MatrixElement(second, zero, zero)
    if kind == "vec":
        return Vec(first)
    if kind == "outer":
        return sympy.MatMul(Vec(first), sympy.Transpose(Vec(second)))
    if kind == "kronecker":
        return sympy.KroneckerProduct(first, second)
    return Trace(sympy.MatMul(sympy.Transpose(Vec(first)), Vec(second)))


@st.composite
def expressions(draw: st.DrawFn, letters: Alphabet, degree: int, depth: int) -> sympy.Basic:
    """A scalar or a matrix expression in one, two or three of the Gaussians, so that they repeat."""
    active = draw(st.lists(st.sampled_from(letters.names), min_size=1, max_size=3, unique=True))
    letters = letters.restricted(active)
    sides = [sympy.Integer(1), *map(sympy.sympify, letters.sizes)]
    if letters.entrywise and draw(st.booleans()):
        return draw(of_two_indices(letters, sides, degree, depth))
    if draw(st.booleans()):
        return draw(scalars(letters, degree, depth))
    return draw(matrices(letters, draw(st.sampled_from(sides)), draw(st.sampled_from(sides)), degree, depth))
