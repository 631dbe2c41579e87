"""The lemma Q(Γ) ⪰ (2/(n+2)) H for every Γ, as a sum of squares, with its case of equality.

Q(Γ) = E[(I − ΓA)ᵀH(I − ΓA)], A = XᵀX/n, is the quadratic form of the start error in the risk of GD-β.
"""

from dataclasses import dataclass, replace

from symicl.algebra import (
    ONE,
    ClosedForm,
    gradient,
    letter,
    letter_of,
    powers,
    read_form,
    scalar,
    scalar_letter,
    vector,
)
from symicl.proofs.zhang2024.setting import H, d, n, task
from symicl.statements import Inequality
from symicl.theory import Nonnegative, at_least, difference, gaussian, known, lagrange, root_of_norm
from symicl.typeset import Equation

any_vector = vector("v", d)


@dataclass(frozen=True)
class LowerBound:
    """vᵀQ(Γ)v ≥ constant · vᵀHv, with equality exactly at Γ = coefficient · vvᵀ/(vᵀHv)."""

    constant: ClosedForm
    coefficient: ClosedForm
    shown: Nonnegative | None = None
    """The difference of the two sides, for every v."""


def quadratic_form(Gamma):
    """Q(Γ), by integrating over X."""
    Hm, A = read_form(H), read_form(task.X.T * task.X) * read_form(1 / n)
    contraction = ClosedForm.identity(Gamma.rows) - Gamma @ A
    return task.expectation(contraction.T @ Hm @ contraction)


def norm(u):
    """‖u‖²_H."""
    return (u.T @ read_form(H) @ u).trace()


def lower_bound(step, Q, Gamma):
    """Bound vᵀQ(Γ)v from below for all Γ and v, and say where the bound is attained."""
    Hm, N = read_form(H), read_form(n)
    v = read_form(any_vector)
    p = Gamma @ Hm @ v
    spread = (Hm @ Gamma.T @ Hm @ Gamma).trace()
    form = (v.T @ Q @ v).trace()
    step(
        r"A lower bound for $Q(\Gamma)$, uniform in $\Gamma$",
        r"v^{\top}Q(\Gamma)v=\lVert v-p\rVert_H^{2}+\tfrac1n\lVert p\rVert_H^{2}"
        r"+\tfrac1n\operatorname{tr}(H\Gamma^{\top}H\Gamma)\lVert v\rVert_H^{2}",
        where={"v": r"$\in\mathbb{R}^{d}$ is any vector", "p": r"$=\Gamma Hv$"},
        name="lower bound",
    )
    step.check(
        "this is the form, for every vector $v$",
        form * N,
        norm(v - p) * N + norm(p) + spread * norm(v),
    )
    Z = Gamma @ (ClosedForm.identity(Gamma.rows) * norm(v) - Hm @ v @ v.T)
    square = (Hm @ Z @ Hm @ Z.T).trace()
    step.check(
        r"$\lVert v\rVert_H^{2}(\operatorname{tr}(H\Gamma^{\top}H\Gamma)\lVert v\rVert_H^{2}-\lVert p\rVert_H^{2})"
        r"=\operatorname{tr}(HZHZ^{\top})$ with $Z=\Gamma(\lVert v\rVert_H^{2}I-Hvv^{\top})$",
        norm(v) * (spread * norm(v) - norm(p)),
        square,
    )
    least, rest = minimum_over_p(step, v, p)
    shown = bounded(step, Gamma, v, form, least)
    step.check(
        r"$v^{\top}Qv-\frac{2}{n+2}\lVert v\rVert_H^{2}=\frac{n+2}{n}\lVert p-\frac{n}{n+2}v\rVert_H^{2}"
        r"+\frac{1}{n}\operatorname{tr}(HZHZ^{\top})/\lVert v\rVert_H^{2}$, a sum of squares",
        form - least.constant * norm(v),
        rest + (square / (N * norm(v))),
    )
    equality(step, Gamma, v, Z, form, least)
    return replace(least, shown=shown)


def bounded(step, Gamma, v, form, least):
    """n(n+2) vᵀQv − 2n‖v‖² = ‖(n+2)p − nv‖² + (n+2)(tr(HΓᵀHΓ)‖v‖² − ‖p‖²), the mean of a square: v may be zero."""
    N, metric = read_form(n), letter_of(read_form(H))
    both = N * (N + 2)
    u = gaussian(Gamma.rows, metric, "direction")
    inner = Gamma @ read_form(H) @ v * (N + 2) - v * (least.coefficient * (N + 2))
    rest = root_of_norm(inner, metric, role="distance of p ")
    cauchy_schwarz = lagrange(Gamma.T @ ClosedForm.of(u.letter), v, metric, laws=[u], factor=N + 2)
    above = at_least(form * both, norm(v) * (least.constant * both), rest, cauchy_schwarz)
    said = Inequality(norm(v) * least.constant, form)
    return known(step.conclude(said, difference(above) * (1 / both)), said.excess)


def minimum_over_p(step, v, p):
    """The least value of n‖v − p‖² + 2‖p‖² over all p is at a multiple of v."""
    N = read_form(n)
    free, c = letter("free vector", v.rows, ONE), scalar_letter(scalar("c"))
    q = ClosedForm.of(free)
    objective = norm(v - q) * N + norm(q) * 2
    slope = gradient(objective, free)
    along = v * ClosedForm.of(c)
    line = slope.substitute({free: along})
    (word,) = {word for _, word in line.terms}  # Hv
    in_c = powers(line.coefficient(word), (c,))
    total, curvature = in_c[0], in_c[1]
    coefficient = -total / curvature
    at = {c: coefficient}
    constant = objective.substitute({free: along}).substitute(at) / (N * norm(v))
    step(
        r"The least value of $\lVert v-p\rVert_H^{2}+\frac2n\lVert p\rVert_H^{2}$ over all $p$",
        Equation("c", coefficient),
        Equation(
            r"\min_p\big(\lVert v-p\rVert_H^{2}+\tfrac2n\lVert p\rVert_H^{2}\big)/\lVert v\rVert_H^{2}",
            constant,
        ),
        where={"c": "is the number at which the gradient vanishes for $p=cv$"},
        name="sum of squares",
    )
    step.check(
        "along $p=cv$ the gradient is a multiple of $Hv$",
        line,
        read_form(H) @ v * (curvature * ClosedForm.of(c) + total),
    )
    distance = norm(q - along).substitute({free: p}).substitute(at)
    rest = distance * curvature / (N * 2)
    step.check(
        r"the rest is a square: $\lVert v-p\rVert_H^{2}+\frac2n\lVert p\rVert_H^{2}-\frac{2}{n+2}\lVert v\rVert_H^{2}"
        r"=\frac{n+2}{n}\lVert p-cv\rVert_H^{2}$",
        (objective.substitute({free: p}) / N) - constant * norm(v),
        rest,
    )
    return LowerBound(constant, coefficient), rest


def equality(step, Gamma, v, Z, form, least):
    """Both squares vanish exactly at Γ = c vvᵀ/(vᵀHv)."""
    Hm = read_form(H)
    size = scalar_letter(scalar("s"))
    there = {size: least.coefficient / norm(v)}
    dyad = v @ v.T * ClosedForm.of(size)
    step(
        "The case of equality",
        r"v^{\top}Q(\Gamma)v=\tfrac{2}{n+2}v^{\top}Hv\iff\Gamma=\tfrac{n}{n+2}\frac{vv^{\top}}{v^{\top}Hv}",
    )
    step.axiom(
        r"for $H\succ0$ the squares $\operatorname{tr}(HZHZ^{\top})$ and $\lVert p-cv\rVert_H^{2}$ vanish only where "
        r"$Z$ and $p-cv$ do"
    )
    step.check(
        r"$\lVert v\rVert_H^{2}\Gamma-c\,vv^{\top}=Z+(p-cv)v^{\top}$, which vanishes where both squares of "
        "{step:sum of squares} do",
        Gamma * norm(v) - v @ v.T * least.coefficient,
        Z + (Gamma @ Hm @ v - v * least.coefficient) @ v.T,
    )
    attained = form.substitute({letter_of(Gamma): dyad}).substitute(there)
    step.check("at this $\\Gamma$ the bound is attained", attained, least.constant * norm(v))
