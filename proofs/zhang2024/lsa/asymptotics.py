"""The excess loss of one head as the context grows, from the profile of `one_head`."""

from symicl.proofs.zhang2024.lsa.gap_on_a_line import s
from symicl.proofs.zhang2024.lsa.one_head import b2, phi
from symicl.proofs.zhang2024.setting import d, n, sigma2
from symicl.theory.positivity import nonnegative
from symicl.typeset.formula import Equation


def asymptotics(step, line, gap):
    """n·gap → (d+1)‖β*‖² at a = β*; away from it the gap does not vanish, and near it nothing is gained."""
    N, S, B2, V = (line.element_of(symbol) for symbol in (n, s, b2, sigma2))
    at_prior_mean = line.limit(line.substitute(gap, {s: line.field.one}) * N, n)
    elsewhere, nearby = line.limit(gap, n), near_the_prior_mean(line, gap)
    step(
        r"As $n\to\infty$ one head pays $(d+1)\lVert\beta^{*}\rVert_H^{2}/n$",
        Equation(r"\lim n\,\mathrm{gap}(1)", line.ratio(at_prior_mean)),
        Equation(r"\lim\,\mathrm{gap}(s)", line.ratio(elsewhere)),
        Equation(
            r"\lim n\,[\mathrm{gap}(1+\tfrac{s}{\sqrt n})-\mathrm{gap}(1)]",
            line.ratio(nearby - at_prior_mean),
        ),
        where={"D(s)": r"is the denominator of $\lim\mathrm{gap}(s)$"},
        note=r"For fixed $d$ and $\varphi>0$; every limit is that of $n\to\infty$.",
    )
    # The denominators are (b₂s² − σ²)² plus something positive.
    rest = (S - 1) ** 2 * B2 * 2 / elsewhere * line.element_of(d) * line.element_of(phi) ** 2
    step.require(
        r"$\lim\mathrm{gap}(s)=2db_2\varphi^{2}(s-1)^{2}/D(s)$ with $D(s)-(b_2s^{2}-\sigma^{2})^{2}\ge0$: among "
        r"all finite $s$ it vanishes at $s=1$ only",
        has_no_negative_terms(line, rest - (B2 * S**2 - V) ** 2),
        rule="no negative coefficient",
    )
    gained = (nearby - at_prior_mean) / S**2
    excess = B2 * 2 * line.element_of(d) * line.element_of(phi) ** 2 / gained
    step.require(
        r"$\lim n\,\mathrm{gap}(1+s/\sqrt n)-\lim n\,\mathrm{gap}(1)=2db_2\varphi^{2}s^{2}/D(1)$: nothing is "
        r"gained nearby",
        has_no_negative_terms(line, excess - (B2 - V) ** 2),
        rule="no negative coefficient",
    )
    return line.ratio(at_prior_mean)


def has_no_negative_terms(line, element):
    """A polynomial in non-negative symbols (and not in s) without negative coefficients."""
    if line.degrees(element, s) != (0, 0):
        return False
    ratio = line.ratio(element)
    return not ratio.den.letters() and nonnegative(ratio.num * ratio.den)


def near_the_prior_mean(line, gap):
    """The limit of n·gap at 1 + s/√n: with n = 1/ε² and s → 1 + sε the lowest powers of ε decide."""
    num, den = (at_scale(line, part, line.degrees(gap, n)) for part in (gap.numer, gap.denom))
    place = list(line.field.symbols).index(n)
    low_num, low_den = (min(powers[place] for powers in part.monoms()) for part in (num, den))
    if low_num != low_den + 2:
        return None

    def lowest(part, low):
        return line.field(
            part.ring.from_dict(
                {(*p[:place], 0, *p[place + 1 :]): c for p, c in part.terms() if p[place] == low}
            )
        )

    return lowest(num, low_num) / lowest(den, low_den)


def at_scale(line, part, degrees):
    """A polynomial at n = 1/ε² and s → 1 + sε, times ε to twice the largest power of n; ε takes the place of n."""
    place = list(line.field.symbols).index(n)
    top = max(degrees)
    moved = part.ring.from_dict(
        {(*p[:place], 2 * (top - p[place]), *p[place + 1 :]): c for p, c in part.terms()}
    )
    epsilon, variable = (part.ring.gens[list(line.field.symbols).index(symbol)] for symbol in (n, s))
    return moved.compose(variable, 1 + variable * epsilon)
