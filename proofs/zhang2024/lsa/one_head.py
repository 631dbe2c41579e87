"""One head at Ψ = φH⁻¹: the infimum over all its parameters is that of a rational function of one variable.

With c = 1 (scaling u and M in opposite directions changes nothing) and a fixed, the risk is a convex quadratic in
B and g. Its normal equations are solved by B = pH⁻¹ + a(h₁a + h₂β*)ᵀ, g = g₁a + g₂β*: five linear equations in
five unknowns, whose coefficients are polynomials in A = ‖a‖²_H, t = ⟨a, β*⟩_H and the scalars of the task.
"""

from fractions import Fraction

from symicl.algebra.closed_form import closed_form
from symicl.algebra.differentiate import gradient
from symicl.algebra.letters import ONE, letter
from symicl.algebra.linear import solve
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.provenance import unheard
from symicl.algebra.reader import inverse_of, read_matrix, read_scalar, scalar_letter, symbol_letter
from symicl.algebra.scalars import with_letters
from symicl.algebra.symbols import scalar
from symicl.errors import DerivationError
from symicl.proofs.zhang2024.lsa.parity import only
from symicl.proofs.zhang2024.setting import H, Psi, beta_star

phi, A, b2 = (scalar(name, nonnegative=True) for name in ("varphi", "A", "b2"))
t = scalar("t")
Hm, beta, size = read_matrix(H), read_matrix(beta_star), read_matrix(H).rows
MULTIPLE = {symbol_letter(Psi): inverse_of(Hm) * read_scalar(phi)}
"""Ψ = φH⁻¹, as a substitution."""
P = MatrixPolynomial.of(letter("direction of B", size, size))
q = MatrixPolynomial.of(letter("direction of g", size, ONE))
UNKNOWNS = tuple(letter(("unknown of the ansatz", k), ONE, ONE) for k in range(5))


def times(matrix, unknown):
    """A matrix times an unknown scalar."""
    return matrix * Polynomial({((unknown,),): 1})


def one_head(step, risk, split):
    """min over B and g of the risk at c = 1 and Ψ = φH⁻¹, as a function of A and t.

    Returns
    -------
    ClosedForm
        Affine in t, which is checked.
    """
    ((c_word,),) = split.c.terms
    risk, a = risk.substitute(MULTIPLE | {c_word[0]: MatrixPolynomial.identity(ONE)}), split.a
    p, h1, h2, g1, g2 = UNKNOWNS
    ansatz = (
        times(inverse_of(Hm), p) + a @ (times(a, h1) + times(beta, h2)).T,
        times(a, g1) + times(beta, g2),
    )
    names = {form(u, v): scalar_letter(x) for u, v, x in ((a, a, A), (a, beta, t), (beta, beta, b2))}
    slope = first_variation(risk, split)
    at_ansatz = put(slope, split, *ansatz)
    equations = by_direction(at_ansatz)
    step(
        r"One head, $\Psi=\varphi H^{-1}$: at fixed $a$ the risk is a convex quadratic in $B$ and $g$",
        r"B=pH^{-1}+a(h_1a+h_2\beta^{*})^{\top},\qquad g=g_1a+g_2\beta^{*}",
        where={"p,h_1,h_2,g_1,g_2": "are five numbers", "a": "is fixed"},
        note=r"Its first variation in every direction vanishes if five linear equations for $p,h_1,h_2,g_1,g_2$ hold. "
        r"Scaling $u$ and $M$ in opposite directions makes $c=1$; by continuity $c=0$ has no smaller risk than the "
        r"infimum over $c\neq0$.",
    )
    rows = [[closed_form(with_letters(part, names)) for part in equation] for equation in equations]
    at = solve([row[:-1] for row in rows], [-row[-1] for row in rows])
    for k, (*parts, rest) in enumerate(rows, 1):
        step.check(
            f"the first variation vanishes at the solution, in every direction of $B$ and $g$: equation {k}",
            sum((x * value for x, value in zip(parts, at, strict=True) if x), rest),
            closed_form(0),
            rule="exact rational functions of the scalars",
        )
    # A quadratic at its stationary point is its value at zero plus half of its first variation there.
    nothing = MatrixPolynomial.zero(size, size), MatrixPolynomial.zero(size, ONE)
    half = put(slope, split, *nothing).substitute(
        dict(zip((only(P), only(q)), ansatz, strict=True))
    ) * Fraction(1, 2)
    value = least(with_letters(put(risk, split, *nothing) + half, names), at)
    step(
        r"The minimum over $B$ and $g$ is affine in $t$ at fixed $A$",
        where={"t": r"$=\langle a,\beta^{*}\rangle_H$", "A": r"$=\lVert a\rVert_H^{2}$"},
        note=r"$|t|\le\sqrt A\,\lVert\beta^{*}\rVert_H$, so an end of this interval is optimal: $a=s\,\beta^{*}$ for a "
        r"number $s$.",
    )
    at_zero, at_one = (
        value.num.substitute({scalar_letter(t): MatrixPolynomial.identity(ONE, k)}) for k in (0, 1)
    )
    step.check("its numerator is affine in $t$", value.num, at_zero + (at_one - at_zero) * read_scalar(t))
    step.check(
        "its denominator does not contain $t$: the derivative vanishes", gradient(value.den, scalar_letter(t))
    )
    return value


def form(u, v):
    """The word of uᵀHv."""
    ((word,),) = (u.T @ Hm @ v).trace().terms
    return word


def put(polynomial, split, B, g):
    """The polynomial with matrices put in for B and g."""
    return polynomial.substitute({only(split.B): B, only(split.g): g})


def first_variation(risk, split):
    """The part of the risk at (B + P, g + q) that is linear in (P, q)."""
    directions = only(P), only(q)
    moved = put(risk, split, split.B + P, split.g + q)
    return Polynomial(
        {
            monomial: coefficient
            for monomial, coefficient in moved
            if sum(Polynomial({monomial: 1}).degree(direction) for direction in directions) == 1
        }
    )


def by_direction(variation):
    """The coefficients of each word in P or q: one row (unknowns, constant) an equation."""
    found = {}
    for monomial, coefficient in variation:
        (direction,) = [w for w in monomial if Polynomial({(w,): 1}).letters() & {only(P), only(q)}]
        unknown = [k for k, u in enumerate(UNKNOWNS) if (u,) in monomial]
        rest = tuple(w for w in monomial if w != direction and not (len(w) == 1 and w[0] in UNKNOWNS))
        row = found.setdefault(direction, [Polynomial() for _ in range(6)])
        place = unknown[0] if unknown else -1
        row[place] = row[place] + Polynomial({rest: coefficient})
    if len(found) != len(UNKNOWNS):
        raise DerivationError("the ansatz for B and g does not close")
    return list(found.values())


@unheard
def least(polynomial, at):
    """A polynomial that is linear in the unknowns, at their solution."""
    return closed_form(polynomial).substitute(dict(zip(UNKNOWNS, at, strict=True)))
