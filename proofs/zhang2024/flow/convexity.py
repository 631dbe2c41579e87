"""The risk of GD-β is convex in β and convex in Γ, but in no problem in both together."""

from fractions import Fraction

from symicl.algebra import (
    ClosedForm,
    closed_form,
    derivative_along,
    letter,
    letter_of,
    limit_at_infinity,
    powers,
    read_form,
    scalar,
)
from symicl.proofs.zhang2024.flow.q_lemma import any_vector, norm
from symicl.theory import positive
from symicl.typeset import Equation

INSTANCE = {
    "n": 3,
    "sigma2": Fraction(1, 2),
    "H": [[2, 1], [1, 1]],
    "Psi": [[1, Fraction(1, 2)], [Fraction(1, 2), 1]],
    "beta_star": [1, -1],
}
ENDPOINTS = (
    {"beta": [3, 1], "Gamma": [[Fraction(-1, 10), 0], [0, 0]]},
    {"beta": [5, 1], "Gamma": [[Fraction(1, 10), 0], [0, 0]]},
)


def convex_in_blocks(step, flow):
    """The second derivatives in β alone and in Γ alone are ≥ 0."""
    v = read_form(any_vector)
    E = ClosedForm.of(letter("any matrix", flow.dim, flow.dim))
    step(
        r"The risk is convex in $\beta$ and convex in $\Gamma$",
        r"\partial_\beta^{2}\mathcal{R}[v,v]=2v^{\top}Qv\ge\tfrac{4}{n+2}\lVert v\rVert_H^{2}\ge0,\qquad"
        r"\partial_\Gamma^{2}\mathcal{R}[E,E]=2\operatorname{tr}(E^{\top}HEM_S)\ge0",
    )
    for claim, along, form in (
        (
            r"$\partial_\beta^{2}\mathcal{R}[v,v]=2v^{\top}Qv$, where $v^{\top}Qv\ge\frac{2}{n+2}\lVert v\rVert_H^{2}$ "
            "by {step:sum of squares}",
            {flow.beta_letter: v},
            v.T @ flow.Q @ v,
        ),
        (
            r"$\partial_\Gamma^{2}\mathcal{R}[E,E]=2\operatorname{tr}(E^{\top}HEM_S)$, which is $\ge0$ by "
            "{step:curvature}",
            {flow.Gamma_letter: E},
            E.T @ flow.H @ E @ flow.M(flow.S()),
        ),
    ):
        second = along_twice(flow.risk, along)
        step.check(claim, flow.from_delta(second), form.trace() * 2)


def along_twice(form, direction):
    """The second derivative along a fixed direction in several letters."""
    return derivative_along(derivative_along(form, direction), direction)


def not_convex(step, flow):
    """At Γ = 0, δ = sv with large s, the second derivative along e = −2s(vᵀHv)v, E = vvᵀ is negative."""
    v = read_form(any_vector)
    s = read_form(scalar("s"))
    second = along_twice(flow.risk, {flow.beta_letter: v * (s * norm(v) * -2), flow.Gamma_letter: v @ v.T})
    nowhere = ClosedForm.zero(flow.dim, flow.dim)
    there = flow.from_delta(second.substitute({flow.Gamma_letter: nowhere}))
    value = there.substitute({flow.delta_letter: v * s})
    in_s = powers(value, (letter_of(s),))
    growth = in_s[max(in_s)]
    curvature = growth / (norm(v) ** 3 * 2)
    step(
        "The risk is not jointly convex, in any problem",
        Equation(
            r"\lim_{s\to\infty}\tfrac{1}{2s^{2}(v^{\top}Hv)^{3}}\,\partial^{2}\mathcal{R}[(e,E),(e,E)]",
            curvature,
        ),
        where={
            "e,E": r"$=-2s\,(v^{\top}Hv)\,v,\,vv^{\top}$ are directions of $\beta$ and of $\Gamma$ at the point "
            r"$\Gamma=0$, $\delta=sv$, for any number $s$ and any $v$ with $Hv\ne0$",
        },
    )
    step.check(
        "the second derivative grows like the square of $s$: divided by it, it has this limit",
        limit_at_infinity(value / (s * s), scalar("s")),
        growth,
    )
    step.require(
        r"the limit is negative for every $n\ge1$",
        positive(-curvature),
        rule="no negative coefficient and a positive constant, written in $n-1$",
    )
    return curvature


def an_instance(step, loss):
    """Two points with the risk half-way above the mean of their risks."""
    risk = loss.at(**INSTANCE).compile("exact")
    start, end = ({name: as_matrix(value) for name, value in point.items()} for point in ENDPOINTS)
    middle = {name: [midpoint(*rows) for rows in zip(start[name], end[name], strict=True)] for name in start}
    left, between, right = (risk(point) for point in (start, middle, end))
    step(
        "An exact instance: two points and the one half-way between them",
        Equation(
            r"\tfrac12(\mathcal{R}_0+\mathcal{R}_1)-\mathcal{R}_{1/2}",
            closed_form((left + right) / 2 - between),
        ),
        where={
            r"\mathcal{R}_0,\mathcal{R}_1": "are the risks at the two points, for $n=3$, $d=2$ and covariances that "
            "are not diagonal",
            r"\mathcal{R}_{1/2}": "is the risk half-way",
        },
    )
    step.require(
        "the risk half-way is above the mean of the two",
        positive(closed_form(2 * between - left - right)),
        rule="exact rationals",
    )


def as_matrix(value):
    """Nested lists; a vector becomes a column."""
    return [row if isinstance(row, list) else [row] for row in value]


def midpoint(one, other):
    """The row half-way between two rows."""
    return [Fraction(x + y) / 2 for x, y in zip(one, other, strict=True)]
