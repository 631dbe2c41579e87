"""One head at Ψ = φH⁻¹: of all a a multiple of β* is best, and the minimum over the multiples is attained."""

from symicl.algebra import (
    ONE,
    ClosedForm,
    closed_form,
    letter,
    letter_of,
    limit_at_infinity,
    read_form,
    scalar_letter,
    stationary_point,
    with_letters,
)
from symicl.proofs.zhang2024.lsa.gap_on_a_line import gap_on_a_line, risk_of_gd_beta, s
from symicl.proofs.zhang2024.lsa.one_head import MULTIPLE, A, b2, form, phi, t
from symicl.proofs.zhang2024.lsa.parity import beta, only
from symicl.proofs.zhang2024.lsa.universal_bound import inner
from symicl.proofs.zhang2024.setting import d, n, sigma2
from symicl.theory import nonnegative
from symicl.typeset import Equation

S, T, A_, B2, V, N, D, PHI = (read_form(symbol) for symbol in (s, t, A, b2, sigma2, n, d, phi))
LEVEL = D * PHI + V  # τ at Ψ = φH⁻¹


def best_direction(step, profile, risk, split) -> ClosedForm:
    """inf R − R* over all heads with a = sβ*, as a function of s; no other a does better."""
    denominators_are_positive(step, profile)
    ends_of_the_interval(step, profile, split.a)
    gap = gap_on_a_line(profile, split.gd_beta)
    attained_at_infinity(step, gap, risk, split)
    return gap


def denominators_are_positive(step, profile):
    """The profile has no pole at A ≥ 0."""
    _, den = profile.fraction()
    first = A_ + N * PHI + PHI + LEVEL
    rest = den / ((N + 2) * first)
    step(
        r"Nothing is divided by zero: for $A\ge0$ and $\tau=d\varphi+\sigma^{2}>0$",
        r"D(A)\ge n\varphi(A-\sigma^{2})^{2}+\tau^{3}>0",
        where={
            "D(A)": r"is the denominator of this minimum without its factors $n+2$ and $A+(n+1)\varphi+\tau$"
        },
    )
    step.check(
        r"the denominator is $(n+2)(A+(n+1)\varphi+\tau)D(A)$, free of $t$",
        den,
        (N + 2) * first * rest.fraction()[0],
    )
    step.require(
        r"$D(A)-n\varphi(A-\sigma^{2})^{2}-\tau^{3}\ge0$",
        nonnegative(rest - N * PHI * (A_ - V) ** 2 - LEVEL**3),
        rule="no negative coefficient, each dimension written as 1 + a natural number",
    )


def ends_of_the_interval(step, profile, a):
    """Affine in t on |t| ≤ √A ‖β*‖: between the values at a = sβ* and a = −sβ*."""
    on_line, along = {scalar_letter(A): S**2 * B2}, S * B2
    at = [profile.substitute(on_line | {scalar_letter(t): place}) for place in (T, along, -along)]
    step(
        r"It is affine in $t$, and $t^{2}\le A\lVert\beta^{*}\rVert_H^{2}$: an end of this interval is best, where "
        r"$a=s\beta^{*}$ with $s^{2}\lVert\beta^{*}\rVert_H^{2}=A$",
        note=r"For $\beta^{*}\neq0$; the two signs of $s$ are the two ends.",
    )
    step.check(
        r"$\lVert\beta^{*}\rVert_H^{2}(A\lVert\beta^{*}\rVert_H^{2}-t^{2})=\big\lVert\lVert\beta^{*}\rVert_H^{2}a-t"
        r"\beta^{*}\big\rVert_H^{2}\ge0$",
        inner(beta, beta) * (inner(a, a) * inner(beta, beta) - inner(a, beta) ** 2),
        inner(a * inner(beta, beta) - beta * inner(a, beta), a * inner(beta, beta) - beta * inner(a, beta)),
    )
    step.check(
        r"with $A=s^{2}\lVert\beta^{*}\rVert_H^{2}$ the value at $t$ is the mean of those at "
        r"$t=\pm s\lVert\beta^{*}\rVert_H^{2}$ with the weights $\tfrac12(1\pm t/(s\lVert\beta^{*}\rVert_H^{2}))\ge0$",
        at[0] * along * 2,
        at[1] * (along + T) + at[2] * (along - T),
    )


def attained_at_infinity(step, gap, risk, split):
    """A head with c = 0 attains the limit s → ∞."""
    limit = limit_at_infinity(gap, s)
    sizes = [letter(f"size of {block}", ONE, ONE) for block in ("B", "g")]
    h, k = map(ClosedForm.of, sizes)
    without_responses = {
        only(split.a): beta,
        letter_of(split.c): closed_form(0),
        only(split.B): beta @ beta.T * h,
        only(split.g): beta * k,
    }
    norm = {form(beta, beta): scalar_letter(b2)}
    quadratic = with_letters(risk.substitute(without_responses).substitute(MULTIPLE), norm)
    best = stationary_point(quadratic, sizes)
    step(
        r"The limit $s\to\infty$ is attained, by the head with $a=\beta^{*}$, $c=0$, $B=h\beta^{*}\beta^{*\top}$ and "
        r"$g=k\beta^{*}$",
        *(Equation(name, best[size]) for name, size in zip("hk", sizes, strict=True)),
        where={"h,k": "are the numbers that are best for this head"},
    )
    step.check(
        r"its risk is $\mathcal{R}^{*}+\lim_{s\to\pm\infty}\mathrm{gap}(s)$",
        quadratic.substitute(best),
        limit + risk_of_gd_beta(split.gd_beta),
    )
    step.check(
        r"both limits are the same: $\mathrm{gap}(s)$ is continuous on $\mathbb{R}\cup\{\infty\}$",
        limit_at_infinity(gap.substitute({scalar_letter(s): -S}), s),
        limit,
    )
    step.axiom(r"a continuous function on the circle $\mathbb{R}\cup\{\infty\}$ has a minimum (Weierstrass)")
