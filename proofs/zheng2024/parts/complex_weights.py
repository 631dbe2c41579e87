"""Complex A and B: no smaller loss, the phases of the minimisers, and why real starts stay real."""

from symicl.algebra import closed_form
from symicl.expectation import (
    DiagonalMatrix,
    FullMatrix,
    conjugated_sums,
    entry_sum,
    modulus_name,
    modulus_sum,
)
from symicl.proofs.zheng2024.parts.global_minimum import AboveMinimum
from symicl.proofs.zheng2024.parts.letters import of
from symicl.proofs.zheng2024.parts.squares import COMBINATIONS, entries, law, mu, nu, task
from symicl.proofs.zheng2024.setting import H2, HALF, H, N, a, b, d, k1, k2, m2, model
from symicl.statements import LeastOverAll, Recorder
from symicl.theory import (
    COORDINATES,
    autoregressive_loss,
    entry_squares,
    mean_of_coordinates,
    moduli_and_real_parts,
    squares_of_moduli,
    sum_over_times,
    trace_square,
)

CROSSED = (
    ("BjjAjk", "BjkAjj"),
    ("BjkAkj", "BjjAkk"),
)
"""Products of which 2 Re(one · conjugate of the other) is in the loss, for all j ≠ k."""


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
    not_smaller(step, above.quadratic)
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


def real(name):
    """One of V, Q_1, …, Q_8 of the real numbers |A_jk|, |B_jj| and, for j ≠ k, −|B_jk|."""
    different, *combination = COMBINATIONS[name]
    turned = []
    for number, *names in combination:
        crossed = sum(entry[0] == "B" and entry[1] != entry[2] for entry in names)
        turned.append(((-1) ** crossed * number, [(modulus_name(e[0]), *e[1:]) for e in names]))
    return entry_squares(turned, "jk", d, distinct=bool(different))


def pair_of(text):
    """ "BjjAjk" as a product of entries."""
    return [(name[0], *name[1:]) for name in (text[:3], text[3:])]


def terms(best):
    """Terms that are not negative and add up to 2(L − L*), for complex matrices.

    Parameters
    ----------
    best : Quadratic
        The loss at A = aI, B = bI, with κ₃ = (d − 1)μ.
    """
    last, μ, ν = task.last, of(mu), of(nu)
    (x, y, _), one = map(of, COORDINATES), closed_form(1)
    lengths, harmonic, second = (sum_over_times({-k: one}, last) for k in range(3))
    left, harmonic_left = (sum_over_times({-k: one, -k - 1: -one}, last) for k in range(2))
    spread = mean_of_coordinates(x**2 - y**2, law, (x**2 + y**2) / 2)
    on_diagonal = lengths * spread + left * μ
    curvature = lengths * of(k2) + harmonic * μ * of(d - 1)
    size = of(entry_sum([(modulus_name(name), "j", "j") for name in "AB"]))
    yield trace_square(size - of(d) * best.u_star) * curvature * (1 / of(d))
    yield real("V") * on_diagonal * (1 / of(2 * d))
    yield real("Q_6") * on_diagonal
    for name in ("Q_7", "Q_8"):
        yield real(name) * left * μ
    for i in range(1, 6):
        yield real(f"Q_{i}") * harmonic * (μ / 2)
    for name, coefficient in (
        ("Q_9", harmonic * μ),
        ("Q_{10}", left * μ),
        ("Q_{11}", harmonic * μ),
        ("Q_{12}", harmonic_left * ν),
        ("Q_{13}", second * (ν / 2)),
    ):
        different, *combination = COMBINATIONS[name]
        yield squares_of_moduli(entries(combination), different, d) * coefficient
    for one_product, other in CROSSED:
        turns = moduli_and_real_parts(pair_of(one_product), pair_of(other), "jk", d)
        yield turns * harmonic * (μ * 2)
    yield moduli_and_real_parts(pair_of("AjjBjj"), [], "", d, sign=-1) * lengths * (of(k1) * 2)


def not_smaller(step, best):
    """L ≥ L* for all complex A and B, and with the other blocks for all weights.

    Parameters
    ----------
    best : Quadratic
        The loss at A = aI, B = bI, with κ₃ = (d − 1)μ.
    """
    step(
        r"For complex $A$, $B$ the loss is not less than $L^{*}$, either",
        r"\begin{aligned}2(L-L^{*})={}&2(T-2)\kappa_1\sum_j\big(|u_j|-\operatorname{Re}u_j\big)"
        r"+\tfrac Kd\Big(\sum_j|u_j|-du^{*}\Big)^{2}\\"
        r"&+2\mu H_{T-2}\sum_{j\neq k}\big(|z_{jk}|+\operatorname{Re}z_{jk}+|z'_{jk}|+\operatorname{Re}z'_{jk}\big)"
        r"+\dots\end{aligned}",
        r"z_{jk}=B_{jj}A_{jk}\overline{B_{jk}A_{jj}},\qquad z'_{jk}=B_{jk}A_{kj}\overline{B_{jj}A_{kk}}",
        where={"z_{jk},z'_{jk}": "are these products"},
        note=r"The dots are the sums of squares of {step:squares} with their coefficients: $V,Q_1,\dots,Q_8$ of the "
        r"real numbers $|A_{jk}|$, $|B_{jj}|$ and, for $j\neq k$, $-|B_{jk}|$; and $M_9,\dots,M_{13}$. "
        r"Where $L=L^{*}$ these real numbers are as in {step:all minimisers}, and $u_j=|u_j|$: if $\mu>0$, and $T>3$ "
        r"or $\kappa_2>\mu$, $A=aS$ and $B=(u^{*}/a)S^{-1}$ with a diagonal matrix $S$ of numbers of modulus 1.",
        name="moduli",
    )
    step.conclude(
        LeastOverAll(best.L_star * 2, factor=HALF * 2, model=model, task=task, product=best.u_star),
        *terms(best),
        claim=r"all terms are at least 0, and $2(L-L^{*})$ is their sum; the other blocks never lower the loss "
        r"({step:charges}), and $A=aI$, $B=bI$ with $ab=u^{*}$ attain it",
    )


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
