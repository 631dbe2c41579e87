"""Complex A and B: no smaller loss, the phases of the minimisers, and why real starts stay real."""

from symicl.algebra import closed_form, scalar
from symicl.expectation import DiagonalMatrix, FullMatrix, conjugated_sums, modulus_sum
from symicl.proofs.zheng2024.parts.global_minimum import AboveMinimum
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.minimisers import ENTRIES, on_a_pair
from symicl.proofs.zheng2024.parts.squares import COMBINATIONS, entries, mu, nu, task
from symicl.proofs.zheng2024.setting import H2, HALF, H, N, a, b, d, k1, k2, m2, model
from symicl.statements import Recorder
from symicl.theory import autoregressive_loss, nonnegative

MODULI = {x: scalar(f"|{x}|", nonnegative=True) for rows in ENTRIES.values() for row in rows for x in row}
CROSSED = (
    ("BjjAjk", "BjkAjj"),
    ("BjkAkj", "BjjAkk"),
)
"""Products of which 2 Re(one · conjugate of the other) is in the loss, for all j ≠ k."""
TURNS = [scalar(f"c_{i}", nonnegative=True) for i in range(1, 5)]
"""1 + the cosine of the angle between two such products."""


def complex_loss():
    """The loss for complex A and B, in sums of their entries and of the conjugates."""
    pair = model.active(FullMatrix("A", is_complex=True), FullMatrix("B", is_complex=True))
    return autoregressive_loss(model, task, pair, factor=HALF)


def product_of(text):
    """ "BjjAjk" as a combination of one product."""
    return entries([(1, text[:3], text[3:])])


def moduli(name):
    """One of Q_1, …, Q_13 with moduli in place of the numbers that are squared."""
    different, *combination = COMBINATIONS[name]
    return modulus_sum(entries(combination), entries(combination), different, d)


def twice_real_part(one, other, different):
    """Σ 2 Re(one · conjugate of the other)."""
    left, right = product_of(one), product_of(other)
    return modulus_sum(left, right, different, d) + modulus_sum(right, left, different, d)


def size(text, different):
    """Σ of the squared modulus of a product."""
    return modulus_sum(product_of(text), product_of(text), different, d)


def complex_weights(step: Recorder, above: AboveMinimum):
    """The loss of complex A, B against that of real ones, and its symmetry under conjugation."""
    loss = complex_loss().closed_form
    in_moduli(step, loss)
    turned(step, above)
    attained(step, above)
    staying_real(step, loss)


def in_moduli(step, loss):
    """The loss in squared moduli and four real parts for each pair of coordinates."""
    κ1, κ2, μ, ν, h, h2 = map(of, (k1, k2, mu, nu, H, H2))
    real = modulus_sum(entries([(1, "Ajj", "Bjj")]), [(1,)], "", d)
    on_pairs = sum((twice_real_part(*both, "jk") for both in CROSSED), closed_form(0)) + sum(
        (size(text, "jk") for text in ("BjkAjj", "BjkAjk", "BjjAkk", "BjjAkj")), closed_form(0)
    )
    step(
        r"Complex $A$ and $B$: the loss in moduli, and real parts on pairs of coordinates",
        r"\begin{aligned}2L={}&(T-2)\Big(dm_2-2\kappa_1\sum_j\operatorname{Re}u_j+\kappa_2\sum_{j,k}|B_{jk}A_{kk}|^{2}"
        r"+\mu\,(M_7+M_8+M_{10})\Big)\\"
        r"&+\mu H_{T-2}\sum_{j\neq k}\big(2\operatorname{Re}(B_{jj}A_{jk}\overline{B_{jk}A_{jj}})"
        r"+2\operatorname{Re}(B_{jk}A_{kj}\overline{B_{jj}A_{kk}})\big)\\"
        r"&+\mu H_{T-2}\sum_{j\neq k}\big(|B_{jk}A_{jj}|^{2}+|B_{jk}A_{jk}|^{2}+|B_{jj}A_{kk}|^{2}"
        r"+|B_{jj}A_{kj}|^{2}\big)\\"
        r"&+\mu H_{T-2}\,(M_9-M_{10}+M_{11})+\nu\big(H_{T-2}-H_{T-2}^{(2)}\big)M_{12}"
        r"+\tfrac12\nu H_{T-2}^{(2)}M_{13}\end{aligned}",
        where={"M_i": r"is $Q_i$ with the squared modulus in place of each square"},
        name="complex",
    )
    outside = moduli("Q_9") - moduli("Q_{10}") + moduli("Q_{11}")
    step.check(
        "this is the loss for complex matrices",
        loss * 2,
        of(N)
        * (
            of(d * m2)
            - κ1 * (real + conjugated_sums(real))
            + κ2 * size("BjkAkk", "")
            + μ * (moduli("Q_7") + moduli("Q_8") + moduli("Q_{10}"))
        )
        + μ * h * (on_pairs + outside)
        + ν * ((h - h2) * moduli("Q_{12}") + h2 * moduli("Q_{13}") / 2),
    )


def turned(step, above):
    """On a pair: the loss is at least that of real entries with these moduli and well-chosen signs."""
    h, μ = of(H), of(mu)
    A, B = ([[of(MODULI[x]) for x in row] for row in ENTRIES[name]] for name in "AB")
    signs = {x: -of(m) if x in (ENTRIES["B"][0][1], ENTRIES["B"][1][0]) else of(m) for x, m in MODULI.items()}
    squares = sum((put(on_a_pair(f"Q_{i}"), signs) ** 2 for i in range(1, 6)), closed_form(0)) * h * μ
    whole = turns = closed_form(0)
    for (i, k), cosines in zip(((0, 1), (1, 0)), (TURNS[:2], TURNS[2:]), strict=True):
        crossed, both = of_one_row(A, B, i, k, [of(c) for c in cosines])
        sixth, others = (B[i][k] * A[k][k]) ** 2, (B[i][k] * A[k][i]) ** 2 + (B[i][i] * A[i][k]) ** 2
        whole = whole + h * μ * crossed + of(N) * (of(k2) * sixth + μ * others)
        turns = turns + h * μ * both * 2
        squares = squares + above.coefficients["Q_6"] * sixth + above.coefficients["Q_7"] * others
    step(
        r"For complex $A$, $B$ the loss is not less than $L^{*}$, either",
        r"\begin{aligned}2(L-L^{*})={}&2(T-2)\kappa_1\sum_j\big(|u_j|-\operatorname{Re}u_j\big)"
        r"+\tfrac Kd\Big(\sum_j|u_j|-du^{*}\Big)^{2}\\"
        r"&+2\mu H_{T-2}\sum_{j\neq k}\big(c_{jk}\,|B_{jj}A_{jk}B_{jk}A_{jj}|"
        r"+c'_{jk}\,|B_{jk}A_{kj}B_{jj}A_{kk}|\big)+\dots\end{aligned}",
        r"2\operatorname{Re}(B_{jj}A_{jk}\overline{B_{jk}A_{jj}})=2(c_{jk}-1)\,|B_{jj}A_{jk}B_{jk}A_{jj}|",
        r"2\operatorname{Re}(B_{jk}A_{kj}\overline{B_{jj}A_{kk}})=2(c'_{jk}-1)\,|B_{jk}A_{kj}B_{jj}A_{kk}|",
        where={
            "c_{jk},c'_{jk}": "are one plus the cosine of an angle, which is not negative",
        },
        note=r"The dots are the sums of squares of {step:squares} with their coefficients: $V,Q_1,\dots,Q_8$ of the "
        r"real numbers $|A_{jk}|$, $|B_{jj}|$ and, for $j\neq k$, $-|B_{jk}|$; and $M_9,\dots,M_{13}$. No term is "
        r"negative. If $\mu>0$, and $T>3$ or $\kappa_2>\mu$, then $L=L^{*}$ needs $u_j=|u_j|=u^{*}$, nothing off the "
        r"diagonal, and the same $|A_{jj}|$ for all $j$ ({step:pairs} and {step:minimisers} for these real numbers): "
        r"$A=aS$, $B=(u^{*}/a)S^{-1}$ with a diagonal matrix $S$ of numbers of modulus 1.",
        name="moduli",
    )
    step.check(
        r"on a pair: $2\mu H_{T-2}|u_j||u_k|$, the squares of these real numbers, and the terms with $c_{jk}$, "
        r"$c'_{jk}$",
        whole,
        h * μ * A[0][0] * B[0][0] * A[1][1] * B[1][1] * 2 + squares + turns,
    )
    step.require(
        r"the terms with $c_{jk}$, $c'_{jk}$ are not negative",
        nonnegative(turns),
        rule="no negative coefficient",
    )


def of_one_row(A, B, i, k, turns):
    """The terms of row i in the loss on a pair, with moduli and with 1 + cosines; and their factors."""
    products = ((B[i][i] * A[i][k], B[i][k] * A[i][i]), (B[i][k] * A[k][i], B[i][i] * A[k][k]))
    alone = ((B[i][k], A[i][i]), (B[i][k], A[i][k]), (B[i][i], A[k][k]), (B[i][i], A[k][i]))
    both = sum((one * other * c for (one, other), c in zip(products, turns, strict=True)), closed_form(0))
    crossed = both * 2 - sum((one * other * 2 for one, other in products), closed_form(0))
    return crossed + sum(((x * y) ** 2 for x, y in alone), closed_form(0)), both


def attained(step, above):
    """Phases that cancel in u_j leave the loss alone."""
    P, Q = (DiagonalMatrix(name, is_complex=True) for name in ("P", "Q"))
    loss = autoregressive_loss(model, task, model.active(P, Q), factor=HALF).closed_form
    sums = (
        ("PQ", "", a * b),
        ("", "PQ", a * b),
        ("PQ", "PQ", (a * b) ** 2),
        ("P", "P", a**2),
        ("Q", "Q", b**2),
    )
    at = {}
    for left, right, value in sums:
        (letter,) = modulus_sum(entries_of(left), entries_of(right), "", d).letters()
        at[letter] = of(d * value)
    step(
        r"Phases are a gauge as signs are",
        r"L(aS,bS^{-1})=L(aI,bI)\quad\text{for every diagonal matrix }S\text{ of numbers of modulus 1}",
    )
    step.check(
        "the loss of diagonal matrices whose entries have equal moduli and the products $ab$",
        loss.substitute(at),
        above.quadratic.at(of(a) * of(b)),
    )


def entries_of(names):
    """P_j Q_j, or 1 for no names, as `modulus_sum` takes it."""
    return [(1, *[(name, "j") for name in names])]


def staying_real(step, loss):
    """L(conj A, conj B) = L(A, B): the gradient in the imaginary parts vanishes at real A and B."""
    step(
        "With complex weights the flow from a real start stays real",
        r"L(\overline A,\overline B)=L(A,B),\qquad\text{so that}\quad\partial L/\partial\operatorname{Im}A="
        r"\partial L/\partial\operatorname{Im}B=0\text{ at real }A,B",
        note=r"An even function of the imaginary parts has no gradient in them at 0, and solutions are unique.",
    )
    step.check(
        "the loss does not change when every entry is exchanged with its conjugate",
        conjugated_sums(loss),
        loss,
    )
