"""One head at Ψ = φH⁻¹: the infimum over all its parameters is that of a rational function of one variable.

With c = 1 (`normalise`) and a fixed, the risk is a convex quadratic in B and g. Its normal equations are solved by
B = pH⁻¹ + a(h₁a + h₂β*)ᵀ, g = g₁a + g₂β*: five linear equations in five unknowns, whose coefficients are polynomials in
A = ‖a‖²_H, t = ⟨a, β*⟩_H and the scalars of the task.
"""

from fractions import Fraction

from symicl.algebra import (
    ONE,
    ClosedForm,
    closed_form,
    gradient,
    homogeneous,
    inverse_of,
    letter,
    letter_of,
    monomials_of,
    powers,
    product_of_words,
    read_form,
    scalar,
    scalar_letter,
    solve,
    symbol_letter,
    unheard,
    with_letters,
)
from symicl.errors import DerivationError
from symicl.proofs.zhang2024.lsa.parity import only
from symicl.proofs.zhang2024.setting import H, Psi, beta_star, task

phi, A, b2 = (scalar(name, nonnegative=True) for name in ("varphi", "A", "b2"))
t = scalar("t")
Hm, beta, size = read_form(H), read_form(beta_star), read_form(H).rows
MULTIPLE = {symbol_letter(Psi): inverse_of(Hm) * read_form(phi)}
"""Ψ = φH⁻¹, as a substitution."""
P = ClosedForm.of(letter("direction of B", size, size))
q = ClosedForm.of(letter("direction of g", size, ONE))
UNKNOWNS = tuple(letter(("unknown of the ansatz", k), ONE, ONE) for k in range(5))


def one_head(step, risk, split):
    """min over B and g of the risk at c = 1 and Ψ = φH⁻¹, as a function of A and t.

    Returns
    -------
    ClosedForm
        Affine in t, which is checked.
    """
    normalise(step, risk, split)
    risk, a = risk.substitute(MULTIPLE | {letter_of(split.c): closed_form(1)}), split.a
    p, h1, h2, g1, g2 = map(ClosedForm.of, UNKNOWNS)
    ansatz = inverse_of(Hm) * p + a @ (a * h1 + beta * h2).T, a * g1 + beta * g2
    names = {form(u, v): scalar_letter(x) for u, v, x in ((a, a, A), (a, beta, t), (beta, beta, b2))}
    slope = first_variation(risk, split)
    at_ansatz = put(slope, split, *ansatz)
    equations = by_direction(at_ansatz)
    step(
        r"One head, $\Psi=\varphi H^{-1}$: at fixed $a$ the risk is a convex quadratic in $B$ and $g$",
        r"B=pH^{-1}+a(h_1a+h_2\beta^{*})^{\top},\qquad g=g_1a+g_2\beta^{*}",
        where={"p,h_1,h_2,g_1,g_2": "are five numbers", "a": "is fixed"},
        note=r"Its first variation in every direction vanishes if five linear equations for $p,h_1,h_2,g_1,g_2$ hold.",
    )
    rows = [[with_letters(part, names) for part in equation] for equation in equations]
    at = solve([row[:-1] for row in rows], [-row[-1] for row in rows])
    for k, (*parts, rest) in enumerate(rows, 1):
        step.check(
            f"the first variation vanishes at the solution, in every direction of $B$ and $g$: equation {k}",
            sum((x * value for x, value in zip(parts, at, strict=True) if x), rest),
            closed_form(0),
            rule="exact rational functions of the scalars",
        )
    # A quadratic at its stationary point is its value at zero plus half of its first variation there.
    nothing = ClosedForm.zero(size, size), ClosedForm.zero(size, ONE)
    half = put(slope, split, *nothing).substitute(
        dict(zip((only(P), only(q)), ansatz, strict=True))
    ) * Fraction(1, 2)
    value = least(with_letters(put(risk, split, *nothing) + half, names), at)
    step(
        r"The minimum over $B$ and $g$ is affine in $t$ at fixed $A$",
        where={"t": r"$=\langle a,\beta^{*}\rangle_H$", "A": r"$=\lVert a\rVert_H^{2}$"},
    )
    num, den = value.fraction()
    at_zero, at_one = (num.substitute({scalar_letter(t): closed_form(k)}) for k in (0, 1))
    step.check("its numerator is affine in $t$", num, at_zero + (at_one - at_zero) * read_form(t))
    step.check(
        "its denominator does not contain $t$: the derivative vanishes", gradient(den, scalar_letter(t))
    )
    return value


def normalise(step, risk, split):
    """c = 1 loses nothing: c ≠ 0 is scaled to it, and c = 0 is a limit of such."""
    c = split.c
    step(
        r"One may take $c=1$: $c\neq0$ by scaling $u$ and $M$ in opposite directions, and no head with $c=0$ is below "
        r"the infimum of the others",
        r"\mathcal{R}(a,c,B,g)=\mathcal{R}(a/c,1,cB,cg),\qquad\mathcal{R}(a,0,B,g)=\lim_{c\to0}\mathcal{R}(a,c,B,g)",
        where={r"\mathcal{R}(a,c,B,g)": "is the risk of one head as a function of these blocks"},
    )
    scaled = {only(split.a): split.a * c, only(split.B): split.B / c, only(split.g): split.g / c}
    step.check(
        r"$\mathcal{R}(ca,c,B/c,g/c)$ does not depend on $c$",
        risk.substitute(scaled),
        risk.substitute({letter_of(c): closed_form(1)}),
    )
    in_c = powers(risk, (letter_of(c),))
    step.check(
        r"the risk is a polynomial in $c$, hence continuous at $c=0$",
        risk,
        sum((part * c**k for k, part in in_c.items()), closed_form(0)),
    )
    step.check(
        r"its part of second degree in $B$ and $g$ is $\mathbb{E}\hat{y}_\theta^{2}\ge0$: it is convex in them, for "
        r"every $a$ and $c$",
        homogeneous(risk, (only(split.B), only(split.g)), 2),
        task.expectation(split.prediction * split.prediction),
    )


def form(u, v):
    """The word of uᵀHv."""
    ((word,),) = monomials_of((u.T @ Hm @ v).trace())
    return word


def put(form, split, B, g):
    """A closed form with matrices put in for B and g."""
    return form.substitute({only(split.B): B, only(split.g): g})


def first_variation(risk, split):
    """The part of the risk at (B + P, g + q) that is linear in (P, q)."""
    moved = put(risk, split, split.B + P, split.g + q)
    return homogeneous(moved, (only(P), only(q)), 1)


def by_direction(variation):
    """The coefficients of each word in P or q: one row (unknowns, constant) an equation."""
    directions = {only(P), only(q)}
    num, den = variation.fraction()
    words = {w for m in monomials_of(num) for w in m if directions & product_of_words((w,)).letters()}
    if len(words) != len(UNKNOWNS):
        raise DerivationError("the ansatz for B and g does not close")
    return [in_unknowns(powers(num, word)[1] / den) for word in sorted(words)]


def in_unknowns(form):
    """The coefficients of the unknowns in a form that is affine in them, and the constant."""
    row = [powers(form, (u,)).get(1, closed_form(0)) for u in UNKNOWNS]
    return [*row, form.substitute(dict.fromkeys(UNKNOWNS, closed_form(0)))]


@unheard
def least(form, at):
    """A form that is affine in the unknowns, at their solution."""
    return form.substitute(dict(zip(UNKNOWNS, at, strict=True)))
