"""Weights that need not be diagonal: the gradient at the diagonal optimum, and the best weights that permutations
of the coordinates leave alone."""

from fractions import Fraction
from functools import cache

import sympy

from symicl.algebra import (
    ClosedForm,
    closed_form,
    in_one_variable,
    read_form,
    scalar,
    scalar_letter,
    stationary_point,
)
from symicl.expectation import ExchangeableMatrix, FullMatrix
from symicl.numeric import infimum
from symicl.theory import autoregressive_loss, positive
from symicl.typeset import Equation

s, beta, beta_other = scalar("s"), scalar("beta"), scalar("beta'")
UNKNOWNS = (beta, beta_other)
INSTANCES = ((2, 5), (3, 6), (2, 10))
"""(d, T_max) at which the least symmetric loss is shown."""


def gradients(step, model, task, a, b, solution: ClosedForm) -> tuple[ClosedForm, ClosedForm]:
    """∂ℓ/∂A_lm over b and ∂ℓ/∂B_jk over a at A = aI, B = bI, ab = u*, off the diagonal."""
    loss = autoregressive_loss(model, task, model.active(FullMatrix("A"), FullMatrix("B")))
    on_manifold = {scalar_letter(b): solution / read_form(a)}  # b = u*/a
    values = {}
    for name, partner in (("A", b), ("B", a)):
        for diagonal in (True, False):
            found = loss.entry_derivative(name, {"A": a, "B": b}, diagonal=diagonal).closed_form
            per_partner = found / read_form(partner)
            values[name, diagonal] = per_partner.substitute(on_manifold)
    off_A, off_B = values["A", False], values["B", False]
    step(
        r"Full matrices $A$, $B$: at $A=aI$, $B=bI$, $ab=u^{*}$ the gradient does not vanish",
        Equation(r"\frac{1}{b}\frac{\partial\ell}{\partial A_{lm}}", off_A),
        Equation(r"\frac{1}{a}\frac{\partial\ell}{\partial B_{jk}}", off_B),
        where={
            "j,k,l,m": r"are coordinates, $l\ne m$ and $j\ne k$",
            "A_{lm},B_{jk}": "are entries of $A$ and $B$",
        },
        note=r"For $d\ge2$. The statement needs diagonal weights: among all matrices gradient "
        r"descent is not even a stationary point when $s_1=(1,\dots,1)$.",
    )
    for name in "AB":
        step.check(
            f"the entries on the diagonal of ${name}$ have zero gradient", values[name, True], closed_form(0)
        )
    (length,) = task.T.free_symbols
    step.require(
        r"$\frac1a\,\partial\ell/\partial B_{jk}>0$ for $T_{\max}\ge2$",
        positive(off_B, {length: 2}),
        rule=r"no negative coefficient and a positive constant, written in $T_{\max}-2$",
    )
    return off_A, off_B


def exchangeable_loss(model, task):
    """The loss at A = (1 − s)I + sJ, B = (β − β')I + β'J."""
    pair = ExchangeableMatrix(sympy.Integer(1), s), ExchangeableMatrix(beta, beta_other)
    return autoregressive_loss(model, task, model.active(*pair)).closed_form


known_loss = cache(exchangeable_loss)


def at_numbers(loss, values):
    """The loss with numbers for some symbols."""
    numbers = {x: Fraction(int(value.p), int(value.q)) for x, value in values.items()}
    return loss.substitute({scalar_letter(x): closed_form(value) for x, value in numbers.items()})


def best_partner(model, task, values):
    """At numbers of the task the loss and the best β and β', as functions of s."""
    loss = closed_form(at_numbers(known_loss(model, task), {x: values[x] for x in task.symbols().values()}))
    return loss, stationary_point(loss, [scalar_letter(x) for x in UNKNOWNS])


def profile(model, task, values):
    """The minimum over β and β' at numbers of the task: a rational function of s, as (numerator, denominator)."""
    loss, best = best_partner(model, task, values)
    return in_one_variable(loss.substitute(best), scalar_letter(s))


def symmetric_loss(model, task, values, digits):
    """The least loss over all A, B that permutations of the coordinates leave alone, with proven digits.

    Up to a factor that B takes over, every such A ≠ 0 is (1 − s)I + sJ with a real s, or its limit J − I as s → ∞.
    """
    return infimum(*profile(model, task, values), digits=digits).value


def nearby(model, task, values):
    """Rational s, β and β' close to the best ones."""
    at = Fraction(infimum(*profile(model, task, values), digits=12).at).limit_denominator(100)
    point = {s: sympy.Rational(at.numerator, at.denominator)}
    _, best = best_partner(model, task, values)
    for x in UNKNOWNS:
        close = Fraction(str(best[scalar_letter(x)].expr.xreplace(point))).limit_denominator(100)
        point[x] = sympy.Rational(close.numerator, close.denominator)
    return point


def warn(step, model, task, minimum) -> None:
    """Exact instances at which weights that are not diagonal have a smaller loss."""
    formulas, smaller = [], []
    loss = exchangeable_loss(model, task)
    (d, length) = task.symbols().values()
    for at in INSTANCES:
        values = dict(zip((d, length), map(sympy.Integer, at), strict=True))
        best, diagonal = symmetric_loss(model, task, values, 12), minimum.expr.xreplace(values)
        formulas.append(
            rf"d={at[0]},\;T_{{\max}}={at[1]}:\qquad {str(best)[:8]}\ldots<{sympy.latex(diagonal)}"
        )
        at_diagonal = minimum.substitute({scalar_letter(x): read_form(value) for x, value in values.items()})
        there = nearby(model, task, values)
        smaller.append((at, there, at_diagonal - at_numbers(loss, values | there)))
    step(
        r"The least loss of weights $A=\alpha I+\alpha'(J-I)$, $B=\beta I+\beta'(J-I)$, and that of diagonal weights",
        *formulas,
        where={"J": r"$=\mathbf{1}\mathbf{1}^{\top}$", r"\alpha,\alpha',\beta,\beta'": "are four numbers"},
        note=r"For a given ratio $\alpha'/\alpha$ the best $B$ solves two linear equations; the minimum of the "
        r"rational function of $\alpha'/\alpha$ that remains is enclosed in balls. All digits shown are proven.",
    )
    for at, point, gap in smaller:
        where = ",\\,".join(map(str, point.values()))
        step.require(
            rf"$d={at[0]}$, $T_{{\max}}={at[1]}$: at $\alpha=1$, $(\alpha',\beta,\beta')=({where})$ the loss is below "
            "that of all diagonal weights",
            positive(gap),
            rule="exact rationals",
        )
