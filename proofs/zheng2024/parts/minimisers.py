"""Which A and B attain the least loss: every sum of squares with a positive coefficient vanishes there."""

from fractions import Fraction

from symicl.algebra import closed_form, scalar
from symicl.expectation import DiagonalMatrix, InTime, TimeSum, entry_sum
from symicl.proofs.zheng2024.parts.global_minimum import IN_MU, AboveMinimum
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.squares import COMBINATIONS, mu, nu
from symicl.proofs.zheng2024.setting import H2, HALF, H, N, a, b, d, k2, model, task
from symicl.statements import Recorder
from symicl.tasks import T
from symicl.theory import autoregressive_loss, positive

r, sigma, fourth = scalar("r"), scalar("s"), scalar("s'")
"""The number r, tr D² and tr D⁴."""
best_u = scalar("u^{*}")
held, excess, rest = (scalar(name, nonnegative=True) for name in ("H", "e", "g"))
"""H_{T−2}, κ₂/μ − 1, and T − 2 − H_{T−2} less what it is at least."""
P, Q = DiagonalMatrix("P"), DiagonalMatrix("Q")
products, squares, of_P, of_Q = (
    entry_sum([(name, "i") for name in names]) for names in ("PQ", "PPQQ", "PP", "QQ")
)
PAIR = {"j": 0, "k": 1}
ENTRIES = {
    matrix: [[scalar(f"{matrix}_{row}{column}") for column in "jk"] for row in "jk"] for matrix in "AB"
}
(A_jj, A_jk), (A_kj, A_kk) = ([of(x) for x in row] for row in ENTRIES["A"])
(B_jj, B_jk), (B_kj, B_kk) = ([of(x) for x in row] for row in ENTRIES["B"])
B_jj_, B_kk_ = ENTRIES["B"][0][0], ENTRIES["B"][1][1]
NOTHING_CROSSED = {ENTRIES[name][i][1 - i]: closed_form(0) for name in "AB" for i in range(2)}
FREE_AT_3 = ("V", "Q_6", "Q_7", "Q_8", "Q_{10}", "Q_{12}")
"""Sums of squares that need not vanish at T = 3 with κ₂ = μ."""
WITHOUT_PAIRS = {mu: closed_form(0), nu: closed_form(0)}
AT_3 = {T: closed_form(3), H: closed_form(1), H2: closed_form(1)}


def on_a_pair(name):
    """The form that is squared in one of Q_1, …, Q_8, at the coordinates j and k."""
    _, *combination = COMBINATIONS[name]
    total = closed_form(0)
    for number, *entries in combination:
        term = closed_form(number)
        for matrix, row, column in entries:
            term = term * of(ENTRIES[matrix][PAIR[row]][PAIR[column]])
        total = total + term
    return total


def exchanged(form):
    """The form with j and k exchanged."""
    return put(
        form,
        {rows[i][k]: of(rows[1 - i][1 - k]) for rows in ENTRIES.values() for i in (0, 1) for k in (0, 1)},
    )


def minimisers(step: Recorder, above: AboveMinimum):
    """All real A, B with L(A, B) = L*, by which coefficients vanish."""
    off_the_diagonal(step)
    diagonal = on_the_diagonal(step, above)
    three_tokens(step, above, diagonal)
    without_pairs(step, above)


def off_the_diagonal(step):
    """On a pair with u_j + u_k ≠ 0 the blocks of A and B are diagonal."""
    q2, q3, q4, q5 = (on_a_pair(f"Q_{i}") for i in range(2, 6))
    both = A_jj * B_jj + A_kk * B_kk
    step(
        r"Let $\mu>0$. Where $L(A,B)=L^{*}$, the sums $Q_1,\dots,Q_5$ vanish, since $\mu H_{T-2}>0$, and so do "
        r"$A_{jk},A_{kj},B_{jk},B_{kj}$ for all $j\neq k$ with $u_j+u_k\neq0$",
        r"\begin{aligned}(u_j+u_k)(A_{jk}^{2}+A_{kj}^{2})={}&(A_{jj}A_{jk}+A_{kk}A_{kj})\,q_2"
        r"-(A_{jj}^{2}+A_{kk}^{2})\,q_5\\&+(A_{jj}A_{kj}-A_{kk}A_{jk})(q_4-q_3)\\"
        r"(u_j+u_k)(B_{jk}^{2}+B_{kj}^{2})={}&(B_{jj}B_{jk}+B_{kk}B_{kj})\,q_2-(B_{jj}^{2}+B_{kk}^{2})\,q_5\\"
        r"&+(B_{jj}B_{kj}-B_{kk}B_{jk})(q_4-q_3)\end{aligned}",
        where={
            "q_i": r"is what is squared in $Q_i$, at two coordinates $j\neq k$ in place of $i\neq j$",
        },
        name="pairs",
    )
    for claim, (p, q), (v, w) in (
        ("first", (A_jj, A_kk), (A_jk, A_kj)),
        ("second", (B_jj, B_kk), (B_jk, B_kj)),
    ):
        step.check(
            f"the {claim} identity",
            both * (v**2 + w**2),
            (p * v + q * w) * q2 - (p**2 + q**2) * q5 + (p * w - q * v) * (q4 - q3),
        )


def on_the_diagonal(step, above):
    """All u_j equal u* where the coefficient of V is positive: A = aS, B = bS with a diagonal matrix S of signs.

    Returns
    -------
    ClosedForm
        The loss of diagonal matrices, in sums of their entries.
    """
    best = above.quadratic
    loss = put(autoregressive_loss(model, task, model.active(P, Q), factor=HALF).closed_form, IN_MU)
    step(
        r"If moreover $T>3$ or $\kappa_2>\mu$, the minimisers are $A=aS$, $B=bS$ with $ab=u^{*}$ and any signs "
        r"$S=\operatorname{diag}(\pm1,\dots,\pm1)$, and no others",
        r"V=0:\ u_j=u^{*}\neq0\text{ for all }j,\qquad "
        r"Q_1=0:\ B_{jj}A_{kk}=B_{kk}A_{jj},\ \text{so that }A_{jj}^{2}=A_{kk}^{2}",
        where={"S": "is any diagonal matrix of signs"},
        name="minimisers",
    )
    strictly_positive(step, above.coefficients["Q_6"])
    at = {B_jj_: of(best_u) / A_jj, B_kk_: of(best_u) / A_kk, **NOTHING_CROSSED}
    step.check(
        r"at $u_j=u_k=u^{*}$ and nothing off the diagonal $A_{jj}A_{kk}\,q_1=u^{*}(A_{kk}^{2}-A_{jj}^{2})$",
        put(on_a_pair("Q_1"), at) * A_jj * A_kk,
        of(best_u) * (A_kk**2 - A_jj**2),
    )
    signs = {products: of(d * a * b), squares: of(d * (a * b) ** 2), of_P: of(d * a**2), of_Q: of(d * b**2)}
    step.check(
        r"$L(aS,bS)=L(aI,bI)$, where the entries of $S$ are $\pm1$",
        put(loss, signs),
        best.at(of(a) * of(b)),
    )
    return loss


def strictly_positive(step, coefficient):
    """(T − 2)κ₂ − μH > 0 unless T = 3 and κ₂ = μ, if μ > 0."""
    step.check(
        r"at $T=3$ the coefficient $(T-2)\kappa_2-\mu H_{T-2}$ is $\kappa_2-\mu$",
        put(coefficient, AT_3),
        of(k2) - of(mu),
    )
    total = TimeSum(InTime.of_powers({0: closed_form(1), -1: closed_form(-1)}), task.last)
    step.check(
        r"at $T=4$, $T-2-H_{T-2}$ is $\tfrac12$, and no smaller for larger $T$ ({step:moments})",
        total.at_last(3).closed_form,
        closed_form(Fraction(1, 2)),
    )
    step.require(
        r"with $T-2-H_{T-2}\ge\tfrac12$ the coefficient over $\mu$ is positive",
        positive(over_mu(coefficient, Fraction(1, 2))),
        rule=r"no negative coefficient and a positive constant, in $\kappa_2/\mu-1$, $T-2-H_{T-2}-\tfrac12$ and "
        r"$H_{T-2}$",
    )


def over_mu(coefficient, least):
    """A coefficient over μ, with κ₂/μ − 1 ≥ 0 and (T − 2) − H − least ≥ 0 as letters."""
    h, above, gap = of(held), of(excess), of(rest) + least
    return put(put(coefficient, {T: h + gap + 2, H: h, k2: of(mu) * (above + 1)}), {mu: closed_form(1)})


def three_tokens(step, above, diagonal):
    """T = 3 and κ₂ = μ: more minimisers."""
    best, there = above.quadratic, AT_3 | {k2: of(mu)}
    step(
        r"At $T=3$ with $\kappa_2=\mu>0$ there are more: $A=D$, $B=rD$ for every real diagonal $D$ with "
        r"$r\operatorname{tr}D^{2}=du^{*}$, and no others",
        r"2u_ju_k+q_1^{2}+q_2^{2}+q_3^{2}+q_4^{2}+q_5^{2}=p_{jk}+p_{kj}",
        r"p_{jk}=(B_{jj}A_{jk}+B_{jk}A_{jj})^{2}+(B_{jk}A_{kj}+B_{jj}A_{kk})^{2}+(B_{jk}A_{jk})^{2}"
        r"+(B_{jj}A_{kj})^{2}+(B_{jk}A_{kk})^{2}",
        r"\sum_iu_i\,A_{jk}=du^{*}A_{jk},\qquad\sum_iu_i\,B_{jk}=du^{*}B_{jk}",
        r"2(L(D,rD)-L^{*})=\tfrac Kd\big(r\operatorname{tr}D^{2}-du^{*}\big)^{2}",
        where={
            "D": "is any real diagonal matrix that is not zero",
            "r": "is a number",
            "p_{jk}": "is this sum of squares, which is not negative",
            "q_9,q_{13}": r"$=B_{ji}A_{ik}+B_{jk}A_{ii},\ B_{ii}A_{jk}+B_{ik}A_{ji}$ are among what is squared in "
            r"$Q_9$ and $Q_{13}$, with $i,j,k$ different",
        },
        note=r"Here $\nu=\mu>0$ ({step:moments}): $q_1,\dots,q_5$, $q_9$, $q_{13}$ and $\sum_ju_j-du^{*}$ vanish, "
        r"which are squared with a positive coefficient. Then every $u_iA_{jk}$ and $u_iB_{jk}$ with $j\neq k$ "
        r"vanishes, and their sums over $i$ are $du^{*}A_{jk}$ and $du^{*}B_{jk}$.",
        name="three",
    )
    step.check(
        "these sums of squares have the coefficient 0",
        sum(
            (put(above.coefficients[name], there) * above.loss.letter(name) for name in FREE_AT_3),
            closed_form(0),
        ),
        closed_form(0),
    )
    forward = (
        (B_jj * A_jk + B_jk * A_jj) ** 2
        + (B_jk * A_kj + B_jj * A_kk) ** 2
        + (B_jk * A_jk) ** 2
        + (B_jj * A_kj) ** 2
        + (B_jk * A_kk) ** 2
    )
    step.check(
        r"$2u_ju_k+q_1^{2}+\dots+q_5^{2}$ is this sum of squares",
        A_jj * B_jj * A_kk * B_kk * 2 + sum((on_a_pair(f"Q_{i}") ** 2 for i in range(1, 6)), closed_form(0)),
        forward + exchanged(forward),
    )
    step.axiom("a sum of squares of real numbers is zero only where each of them is")
    nothing_off_the_diagonal(step, forward + exchanged(forward))
    length = of(sigma)
    at = {products: of(r) * length, squares: of(r) ** 2 * of(fourth), of_P: length, of_Q: of(r) ** 2 * length}
    step.check(
        r"the loss of $(D,rD)$, whatever $\operatorname{tr}D^{4}$ is",
        (put(put(diagonal, at), there) - put(best.L_star, there)) * 2,
        put(best.K, there) / of(d) * (of(r) * length - of(d) * put(best.u_star, there)) ** 2,
    )


def nothing_off_the_diagonal(step, both_ways):
    """u_i A_jk = u_i B_jk = 0 for all i and j ≠ k, and A_jj B_kk = A_kk B_jj, from what vanishes.

    Parameters
    ----------
    both_ways : ClosedForm
        p_jk + p_kj, a sum of squares.
    """
    q = [on_a_pair(f"Q_{i}") for i in range(1, 6)]
    u_j, u_k = A_jj * B_jj, A_kk * B_kk
    all_squares = sum((form**2 for form in q), closed_form(0))
    for name, (x, y), (v, w) in (("A", (A_jj, A_kk), (A_jk, A_kj)), ("B", (B_jj, B_kk), (B_jk, B_kj))):
        crossed = (x * v + y * w) * q[1] - (x**2 + y**2) * q[4] + (x * w - y * v) * (q[3] - q[2])
        step.check(
            rf"$u_j{name}_{{jk}}$, $u_k{name}_{{jk}}$, $u_j{name}_{{kj}}$, $u_k{name}_{{kj}}$ vanish: "
            rf"$(u_j^{{2}}+u_k^{{2}}+p_{{jk}}+p_{{kj}})({name}_{{jk}}^{{2}}+{name}_{{kj}}^{{2}})$ is a combination of "
            r"$q_1,\dots,q_5$",
            (u_j**2 + u_k**2 + both_ways) * (v**2 + w**2),
            (u_j + u_k) * crossed + all_squares * (v**2 + w**2),
        )
    A_ii, B_ii, A_ik, A_ji, B_ik, B_ji = (
        of(scalar(name)) for name in ("A_ii", "B_ii", "A_ik", "A_ji", "B_ik", "B_ji")
    )
    u_i = A_ii * B_ii
    ninth, thirteenth = B_ji * A_ik + B_jk * A_ii, B_ii * A_jk + B_ik * A_ji
    for name, entry, combination in (
        ("A", A_jk, u_i * A_ii * thirteenth - A_ii * B_ik * (u_i * A_ji)),
        ("B", B_jk, u_i * B_ii * ninth - B_ii * A_ik * (u_i * B_ji)),
    ):
        step.check(
            rf"$u_i{name}_{{jk}}$ vanishes for every other $i$: $u_i^{{2}}{name}_{{jk}}$ is a combination of "
            rf"$q_{{{13 if name == 'A' else 9}}}$ and $u_i{name}_{{ji}}$",
            u_i**2 * entry,
            combination,
        )
    step.check(
        r"$B_{jj}A_{kk}=B_{kk}A_{jj}$: this is $q_1$ with nothing off the diagonal, and $B$ is a multiple of $A$",
        put(q[0], NOTHING_CROSSED),
        B_jj * A_kk - B_kk * A_jj,
    )


def without_pairs(step, above):
    """μ = 0: no two coordinates differ from zero at once, and A is free off the diagonal."""
    step(
        r"If $\mu=0$, such as for the sparse law, the minimisers are all $A$ with $A_{jj}\neq0$ for every $j$, with "
        r"$B=\operatorname{diag}(u^{*}/A_{jj})$: off its diagonal $A$ is free",
        r"2(L-L^{*})=\tfrac Kd\Big(\sum_ju_j-du^{*}\Big)^{2}+(T-2)\kappa_2\Big(\tfrac1{2d}V+Q_6\Big)",
        note=r"$0\le\nu\le\mu$ ({step:moments}).",
        name="sparse",
    )
    step.check(
        "the other squares have the coefficient 0",
        put(above.rest(), WITHOUT_PAIRS),
        of(N) * of(k2) * (above.loss.letter("V") / of(2 * d) + above.loss.letter("Q_6")),
    )
