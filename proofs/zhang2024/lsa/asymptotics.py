"""The excess loss of one head as the context grows, from the profile of `one_head`."""

from symicl.algebra import (
    closed_form,
    degrees,
    limit_at_infinity,
    limit_at_zero,
    read_form,
    scalar,
    scalar_letter,
)
from symicl.proofs.zhang2024.lsa.gap_on_a_line import s
from symicl.proofs.zhang2024.lsa.one_head import b2, phi
from symicl.proofs.zhang2024.setting import d, n, sigma2
from symicl.theory import nonnegative
from symicl.typeset import Equation


def asymptotics(step, gap):
    """n·gap → (d+1)‖β*‖² at a = β*; away from it the gap does not vanish, and near it nothing is gained."""
    N, S, B2, V, D, Phi = map(read_form, (n, s, b2, sigma2, d, phi))
    at_prior_mean = limit_at_infinity(gap.substitute({scalar_letter(s): closed_form(1)}) * N, n)
    elsewhere, nearby = limit_at_infinity(gap, n), near_the_prior_mean(gap)
    step(
        r"As $n\to\infty$ one head pays $(d+1)\lVert\beta^{*}\rVert_H^{2}/n$",
        Equation(r"\lim n\,\mathrm{gap}(1)", at_prior_mean),
        Equation(r"\lim\,\mathrm{gap}(s)", elsewhere),
        Equation(r"\lim n\,[\mathrm{gap}(1+\tfrac{s}{\sqrt n})-\mathrm{gap}(1)]", nearby - at_prior_mean),
        where={"D(s)": r"is the denominator of $\lim\mathrm{gap}(s)$"},
        note=r"For fixed $d$ and $\varphi>0$; every limit is that of $n\to\infty$.",
    )
    # The denominators are (b₂s² − σ²)² plus something positive.
    rest = (S - 1) ** 2 * B2 * 2 / elsewhere * D * Phi**2
    step.require(
        r"$\lim\mathrm{gap}(s)=2db_2\varphi^{2}(s-1)^{2}/D(s)$ with $D(s)-(b_2s^{2}-\sigma^{2})^{2}\ge0$: among "
        r"all finite $s$ it vanishes at $s=1$ only",
        has_no_negative_terms(rest - (B2 * S**2 - V) ** 2),
        rule="no negative coefficient",
    )
    gained = (nearby - at_prior_mean) / S**2
    excess = B2 * 2 * D * Phi**2 / gained
    step.require(
        r"$\lim n\,\mathrm{gap}(1+s/\sqrt n)-\lim n\,\mathrm{gap}(1)=2db_2\varphi^{2}s^{2}/D(1)$: nothing is "
        r"gained nearby",
        has_no_negative_terms(excess - (B2 - V) ** 2),
        rule="no negative coefficient",
    )
    return at_prior_mean


def has_no_negative_terms(form):
    """A polynomial in non-negative symbols (and not in s) without negative coefficients."""
    return degrees(form, scalar_letter(s)) == (0, 0) and not form.denominator_letters() and nonnegative(form)


def near_the_prior_mean(gap):
    """The limit of n·gap at 1 + s/√n, with n = 1/ε²."""
    epsilon = scalar("epsilon")
    e = read_form(epsilon)
    moved = gap.substitute({scalar_letter(n): 1 / e**2, scalar_letter(s): 1 + read_form(s) * e})
    return limit_at_zero(moved / e**2, epsilon)
