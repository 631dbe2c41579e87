"""The start error adds to the motion of the preconditioner at most a constant times ‖δ‖², whatever Γ is.

With R = H − ((n+1)/n) HΓ*H it is HB = −Rδδᵀ H + (δᵀHδ) (H − R)/(n+1), and 0 ⪯ R ⪯ H.
"""

from dataclasses import dataclass

from sympy import Identity, Inverse

from symicl.algebra import ClosedForm, letter, read_form
from symicl.proofs.zhang2024.flow.bounds import frobenius, shown
from symicl.proofs.zhang2024.flow.q_lemma import any_vector, norm
from symicl.proofs.zhang2024.setting import Gamma_star, H, Psi, d, n, sigma2, task, tau
from symicl.statements import Inequality
from symicl.theory import Nonnegative, at_least, difference, gaussian, lagrange, seen, trace_square


@dataclass(frozen=True)
class Forcing:
    """HB for any δ = v, and that ‖HB‖² ≤ C²‖v‖⁴.

    Attributes
    ----------
    value, constant : ClosedForm
        HB and C.
    room : Nonnegative
        C²‖v‖⁴ − ‖HB‖².
    """

    value: ClosedForm
    constant: ClosedForm
    room: Nonnegative


def level():
    """τ = tr(HΨ) + σ² ≥ 0."""
    Hm, prior = read_form(H), read_form(Psi)
    return trace_square(ClosedForm.identity(Hm.rows), Hm, prior, task=task) + seen(read_form(sigma2))


def mixed_part(step, R):
    """tr(R(H − R)) ≥ 0, in the inverse J of (n+1)HΨ + τI: R = τJH."""
    Hm, prior, k = read_form(H), read_form(Psi), read_form(n + 1)
    J = read_form(Inverse((n + 1) * H * Psi + tau * Identity(d)))
    t, V = level(), J @ Hm
    step(
        r"The matrix $R=H-\tfrac{n+1}{n}H\Gamma^{*}H$ is between $0$ and $H$",
        r"R=\tau JH=\tau J\big((n+1)H\Psi H+\tau H\big)J^{\top}\succeq0,\qquad H-R=(n+1)H\Psi JH",
        r"\operatorname{tr}(R^{2})+2\operatorname{tr}(R(H-R))+\operatorname{tr}((H-R)^{2})=\operatorname{tr}(H^{2})",
        where={
            "R": r"$=H-\frac{n+1}{n}H\Gamma^{*}H$",
            "J": r"$=((n+1)H\Psi+\tau I)^{-1}$",
        },
        name="between",
    )
    middle = Hm @ prior @ Hm * k + Hm * t.form
    step.check(r"$R=\tau J((n+1)H\Psi H+\tau H)J^{\top}$", R, J @ middle @ J.T * t.form)
    step.check(r"$H-R=(n+1)H\Psi JH$", Hm - R, Hm @ prior @ J @ Hm * k)

    parts = (R @ R).trace() + (R @ (Hm - R)).trace() * 2 + ((Hm - R) @ (Hm - R)).trace()
    step.check("the three traces add up to that of the square of $H$", parts, (Hm @ Hm).trace())

    def cube(left, weight):
        """tr(W M V³ Mᵀ) for V = YH and V³ = (VY) ((n+1)HΨH + τH) (VY)ᵀ."""
        half = left @ V @ J
        return (
            trace_square(half @ Hm, weight, prior, task=task) * k
            + trace_square(half, weight, Hm, task=task) * t
        )

    one = ClosedForm.identity(Hm.rows)
    return shown(
        step,
        Inequality(ClosedForm.number(0), (R @ (Hm - R)).trace()),
        (cube(one, prior) * t + cube(prior, Hm) * k) * t * k,
        claim=r"$\operatorname{tr}(R(H-R))\ge0$",
    )


def cauchy_schwarz(step):
    """‖Ev‖² ≤ ‖E‖²‖v‖² and (vᵀEv)² ≤ ‖E‖²‖v‖⁴ for any E and v; two functions that put in E."""
    v = read_form(any_vector)
    E = letter("any matrix", v.rows, v.rows)
    matrix, u = ClosedForm.of(E), gaussian(v.rows, role="direction")
    size = frobenius(matrix) * frobenius(v)
    both = [
        shown(step, Inequality(smaller, larger), difference(at_least(larger, smaller, root)), claim=claim)
        for claim, smaller, larger, root in (
            (
                r"$\lVert Ev\rVert^{2}\le\lVert E\rVert_F^{2}\lVert v\rVert^{2}$ for every $E$ and $v$",
                frobenius(matrix @ v),
                size,
                lagrange(matrix.T @ ClosedForm.of(u.letter), v, laws=[u]),
            ),
            (
                r"$(v^{\top}Ev)^{2}\le\lVert E\rVert_F^{2}\lVert v\rVert^{4}$ for every $E$ and $v$",
                (v.T @ matrix @ v).trace() ** 2,
                size * frobenius(v),
                lagrange(matrix, v @ v.T),
            ),
        )
    ]
    return [lambda M, s=s: s.at({E: M}) for s in both]


def forced_by_the_start(step):
    """HB, the constant C = ((n+2)/(n+1)) tr(H²), and that ‖HB‖ ≤ C‖v‖², for any δ = v."""
    Hm, N, k, best = read_form(H), read_form(n), read_form(n + 1), read_form(Gamma_star)
    v = read_form(any_vector)
    added = Hm @ v @ v.T @ Hm * (k / N) + Hm * (norm(v) / N)
    value = Hm @ (best @ added - v @ v.T @ Hm)
    R = Hm - Hm @ best @ Hm * (k / N)
    mixed = mixed_part(step, R)
    step(
        r"What the start error adds is at most a constant times $\lVert\delta\rVert^{2}$, whatever $\Gamma$ is",
        r"HB=-R\delta\delta^{\top}H+\tfrac{1}{n+1}\lVert\delta\rVert_H^{2}(H-R),\qquad"
        r"\lVert HB\rVert_F\le C\lVert\delta\rVert^{2}",
        where={"C": r"$=\frac{n+2}{n+1}\operatorname{tr}(H^{2})$"},
        name="forcing",
    )
    first, second = R @ v @ v.T @ Hm * -1, (Hm - R) * (norm(v) / k)
    step.check(r"$HB$ is this sum, for every $\delta=v$", value, first + second)
    image, form = cauchy_schwarz(step)
    small, rest, whole = trace_square(R), trace_square(Hm - R), trace_square(Hm)
    size, energy = trace_square(v), trace_square(v, Hm)
    bound = (whole.form * size.form) ** 2
    in_first = shown(
        step,
        Inequality(frobenius(first), bound),
        image(Hm) * whole * size,
        image(R) * trace_square(Hm @ v),
        (mixed * 2 + rest) * trace_square(Hm @ v) * size,
        claim=r"$\lVert R\delta\delta^{\top}H\rVert_F\le\operatorname{tr}(H^{2})\lVert\delta\rVert^{2}$",
    )
    in_second = shown(
        step,
        Inequality(frobenius(second) * k * k, bound),
        form(Hm) * whole,
        (mixed * 2 + small) * energy * energy,
        claim=r"$\lVert\delta\rVert_H^{2}\lVert H-R\rVert_F\le\operatorname{tr}(H^{2})\lVert\delta\rVert^{2}$",
    )
    constant = read_form((n + 2) / (n + 1)) * whole.form
    room = shown(
        step,
        Inequality(frobenius(first + second), constant * constant * size.form * size.form),
        trace_square(first - second * k) * (1 / k),
        in_first * ((k + 1) / k),
        in_second * ((k + 1) / (k * k)),
        claim=r"$\lVert HB\rVert_F^{2}\le C^{2}\lVert\delta\rVert^{4}$",
    )
    return Forcing(first + second, constant, room)
