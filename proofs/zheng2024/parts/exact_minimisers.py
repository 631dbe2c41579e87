"""Which real A and B attain the least loss, concluded from sums of squares: with the exceptions, entry by entry."""

from dataclasses import replace

from sympy import Integer

from symicl.algebra import closed_form
from symicl.expectation import FullMatrix
from symicl.proofs.zheng2024.parts.letters import of
from symicl.proofs.zheng2024.parts.squares import COMBINATIONS, mu, nu, task
from symicl.proofs.zheng2024.setting import H2, HALF, H, N, d, k2, model
from symicl.statements import PairMinimalExactlyWhere
from symicl.tasks import T
from symicl.theory import Deduction, autoregressive_loss, entry_squares, entry_symbol

(A_jj, A_jk, A_kj, A_kk), (B_jj, B_jk, B_kj, B_kk) = (
    [entry_symbol(name, *at) for at in ("jj", "jk", "kj", "kk")] for name in "AB"
)


def combination(name, to=None):
    """One of Q_1, …, Q_13 as `entry_squares` takes it, with other names for coordinates."""
    to = to or {}
    _, *parts = COMBINATIONS[name]
    return [(c, [(e[0], *[to.get(i, i) for i in e[1:]]) for e in entries]) for c, *entries in parts]


def squares(name):
    """The sum of squares over different coordinates; in Q_12 and Q_13 j is k, l, m, or none of them."""
    different, *_ = COMBINATIONS[name]
    if different == "klm":
        own = [(combination(name), "jklm"), *((combination(name, {"j": i}), "klm") for i in "klm")]
    else:
        own = [(combination(name), different)]
    return sum(
        (entry_squares(form, over, d, distinct=True) for form, over in own[1:]),
        entry_squares(*own[0], d, distinct=True),
    )


def terms(said, best):
    """Terms that are not negative and add up to L − L*, in the letters of a proposition.

    Parameters
    ----------
    said : PairMinimalExactlyWhere
    best : Quadratic
        The loss at A = aI, B = bI, with κ₃ = (d − 1)μ.
    """
    p = said.placed
    u, few, third, held, second = (p(form) for form in (best.u_star, *map(of, (mu, nu, H, H2))))
    left, spread = (p(of(N)) - held) * few, p(of(N) * (of(k2) - of(mu)))
    product = [("A", "j", "j"), ("B", "j", "j")]
    found = [
        *((entry_squares([(1, product), (-u, [])], "j", d), part) for part in (left, spread)),
        (entry_squares([(1, product), (-u * of(d), [])], "", d), few * held),
        *((squares("Q_6"), part) for part in (left, spread)),
        *((squares(name), left) for name in ("Q_7", "Q_8", "Q_{10}")),
        *((squares(f"Q_{i}"), few * held / 2) for i in range(1, 6)),
        *((squares(name), few * held) for name in ("Q_9", "Q_{11}")),
        (squares("Q_{12}"), third * (held - second)),
        (squares("Q_{13}"), third * second / 2),
    ]
    return [square * (coefficient / 2) for square, coefficient in found if coefficient]


def the_form(name):
    """The form that is squared in one of Q_1, …, Q_8."""
    total = closed_form(0)
    for c, entries in combination(name):
        term = closed_form(c)
        for matrix, *at in entries:
            term = term * of(entry_symbol(matrix, *at))
        total = total + term
    return total


def signs(best, *given):
    """A = aS, B = bS: the proposition that is concluded, with what follows from what vanishes."""
    one = closed_form(1)
    Ajj, Ajk, Akj, Akk, Bjj, Bjk, Bkj, Bkk = map(of, (A_jj, A_jk, A_kj, A_kk, B_jj, B_jk, B_kj, B_kk))
    equations = {A_jj * B_jj: best.u_star, A_jj**2: A_kk**2, A_jk: closed_form(0), B_jk: closed_form(0)}
    said = PairMinimalExactlyWhere(
        best.L_star, equations, given=given, factor=HALF, task=task, loss=pair_loss()
    )
    u = said.placed(best.u_star)
    at_j, at_k = Ajj * Bjj - u, Akk * Bkk - u
    q1, q2, q3, q4, q5 = (the_form(f"Q_{i}") for i in range(1, 6))

    def crossed(P, Q, V, W):
        return Deduction(
            (V, W),
            (
                (P * V + Q * W, q2, one),
                (-(P**2) - Q**2, q5, one),
                (P * W - Q * V, q4, one),
                (Q * V - P * W, q3, one),
                (-(V**2) - W**2, at_j, one),
                (-(V**2) - W**2, at_k, one),
            ),
            factor=u * 2,
            squared=True,
        )

    sizes = Deduction(
        (Akk**2 - Ajj**2,),
        (
            (Ajj * Akk, q1, one),
            (-(Akk**2), at_j, one),
            (Ajj**2, at_k, one),
            (-Ajj * Akk * Bjk, Akj, one),
            (Ajj * Akk * Bkj, Ajk, one),
        ),
        factor=u,
    )
    ratio = Bjj * Akk - Bkk * Ajj
    back = Deduction(
        (ratio,),
        (
            (Ajj * Bjj - Akk * Bkk, at_j, one),
            (Akk * Bkk - Ajj * Bjj, at_k, one),
            (Bkk**2 - Bjj**2, Ajj**2 - Akk**2, one),
        ),
        squared=True,
    )
    return said, (crossed(Ajj, Akk, Ajk, Akj), crossed(Bjj, Bkk, Bjk, Bkj), sizes), (back,)


def without_pairs(best):
    """μ = 0: B is diagonal, and A is free off its diagonal; the proposition with what follows from what vanishes."""
    one, zero = closed_form(1), Integer(0)
    equations = {A_jj * B_jj: best.u_star, B_jk: closed_form(0)}
    said = PairMinimalExactlyWhere(
        best.L_star, equations, at={mu: zero, nu: zero}, factor=HALF, task=task, loss=pair_loss()
    )
    u = said.placed(best.u_star)
    at_k = of(A_kk) * of(B_kk) - u
    alone = Deduction((of(B_jk),), ((of(B_kk), of(B_jk) * of(A_kk), one), (-of(B_jk), at_k, one)), factor=u)
    return said, (alone,), ()


def exact_minimisers(step, above):
    """Conclude who attains the least loss among real A and B.

    Parameters
    ----------
    step : Recorder
    above : AboveMinimum
    """
    best = above.quadratic
    step(
        r"So these are all real minimisers, entry by entry: what is squared with a positive coefficient vanishes, and "
        r"all squares vanish at them",
        r"\frac1{2d}V+\frac1d\Big(\sum_ju_j-du^{*}\Big)^{2}=\sum_j(u_j-u^{*})^{2}",
        where={
            r"h,g,q": r"$=H_{T-2},\ T-2-H_{T-2},\ H_{T-2}/H^{(2)}_{T-2}-1$ in what follows",
            r"\mu',e,\nu',u'": r"$=\mu,\ \kappa_2-\mu,\ \nu H^{(2)}_{T-2}/H_{T-2},\ u^{*}/(T-2)$ in what follows",
        },
        note=r"For $q_1,\dots,q_5$ see {step:pairs}; what is left of $\tfrac Kd(\sum_ju_j-du^{*})^{2}$ has the "
        r"coefficient $\mu H_{T-2}$.",
        name="all minimisers",
    )
    equal = r"$A_{jj}B_{jj}=u^{*}$"
    for cases, claim in (
        (
            signs(best, mu, T > 3),
            rf"if $\mu>0$ and $T>3$: {equal}, all $A_{{jj}}^{{2}}$ are the same, $A$, $B$ diagonal",
        ),
        (signs(best, mu, k2 - mu), r"if $\mu>0$ and $\kappa_2>\mu$: the same"),
        (without_pairs(best), rf"if $\mu=0$: {equal} and $B$ diagonal"),
    ):
        said, deductions, back = cases
        said = replace(said, deductions=deductions, back=back)
        step.conclude(said, *terms(said, best), claim=f"the least loss is attained exactly so, {claim}")


def pair_loss():
    """L(A, B) of full real matrices."""
    pair = model.active(FullMatrix("A"), FullMatrix("B"))
    return autoregressive_loss(model, task, pair, factor=HALF).closed_form
