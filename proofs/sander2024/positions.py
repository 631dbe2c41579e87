"""Positions alone: with all other weights at 1 the best positional weights look at the last position only.

Setting     as in `unitary`, with one head whose a and b are (1, …, 1) and stay so: only the positional weights p are
            trained. Beside independent phases also conjugate pairs, and one coordinate with a phase from an arc.
Statement   ℓ = (d p_T − 1)² + d² Σ_{t≤T−2} p_t² + d³ p_{T−1}² + d − 1: the least loss is d − 1, at p_T = 1/d and
            p_t = 0 for t ≠ T alone. For conjugate pairs it is d(d − 2)/(d − 1), at p_T = 1/(d − 1),
            p_{T−1} = −1/(d(d − 1)). For d = 1 and λ = e^{iθ/μ}, θ uniform on [0, 2π], p = e_T is the only minimiser for
            every μ, with zero loss, and gradient descent from 0 is at (I − (I − 2ηG)^k) e_T after k steps, where
            G_ts = sin x / x, x = 4π|t − s|/μ.
Source      Sander, Giryes, Suzuki, Blondel, Peyré (2024), the experiment with positional encoding only; the minima and
            the iterate are derived here.
"""

from sympy import Integer, Rational

from symicl.algebra import closed_form, read_form, scalar_letter
from symicl.expectation import ExchangeableMatrix, PositionalWeights
from symicl.models import PositionsOnlyAttention
from symicl.proofs.sander2024.paper import PAPER
from symicl.proofs.sander2024.parts.arc import on_an_arc
from symicl.proofs.sander2024.parts.inputs import impossible
from symicl.proofs.sander2024.parts.low_rank import A_SUM_OF_SQUARES
from symicl.proofs.sander2024.parts.optimum import put, root
from symicl.proofs.sander2024.parts.positional import WEIGHTS, Positional, T, d
from symicl.proofs.sander2024.parts.setting import POSITIONS_ONLY, sequence
from symicl.proofs.sander2024.parts.zeros import EARLIER, SINCE
from symicl.statements import MinimalAtEntries, Theorem
from symicl.tasks import AutoregressiveTask
from symicl.theory import entry_squares, loss_in_time, positive, seen
from symicl.typeset import Equation

task, pairs = (AutoregressiveTask(kind, law="ones", d=d, T=T + 1) for kind in ("unitary", "orthogonal"))
model = PositionsOnlyAttention()
p_last, p_before = WEIGHTS.last(0), WEIGHTS.last(1)
last, before, earlier, squares = (
    read_form(x) for x in (p_last, p_before, WEIGHTS.earlier(1), WEIGHTS.earlier(2))
)
WHERE = {
    r"\ell^{*}": r"$=\min_p\ell$ is the least loss",
    "a_1,b_1": r"$\in\mathbb{R}^{d}$ are the weights of the head that is fixed",
    "C": r"$=b_1a_1^{\top}$",
    "e_T": r"$\in\mathbb{R}^{T}$ is the last unit vector",
    r"\mathrm{i}": "is the imaginary unit",
    r"\theta": "is an angle, that of a phase or of a plane",
}
MINIMISER = ((p_last, 1 / d), (p_before, Integer(0)), EARLIER)
"""The last position and no other."""
EXAMPLES = ({"d": 2, "p": (0, 0, Rational(1, 2))}, {"d": 3, "p": (0, Rational(1, 3))})
PAIRS = ("loss_of_pairs", "weight_of_T_for_pairs", "weight_of_T_minus_1_for_pairs")

theorem = Theorem(
    id="sander2024.positions",
    title="Positions alone: the last position and no other",
    paper=PAPER,
    source="the experiment with positional encoding only; the minima and the iterate are derived here",
    assumptions=(
        r"$W=\operatorname{diag}(\lambda_1,\dots,\lambda_d)$, $\lambda_j$ independent uniform on the unit circle; for "
        r"pairs $W=\operatorname{diag}(\lambda_1,\bar\lambda_1,\dots)$, $d$ even",
        r"$s_1=(1,\dots,1)$, plain tokens $s_t$; one head with $a_1=b_1=\mathbf{1}$, which are not trained",
        r"free real positional weights $p=(p_1,\dots,p_T)$, one row for every $T\ge2$; the query is $s_{T-1}$",
    ),
    task=task,
    model=model,
    states={"loss": d - 1},
    propositions=(MinimalAtEntries("loss", MINIMISER, least=SINCE, positions=WEIGHTS, examples=EXAMPLES),),
    corollaries={
        "weight_of_T": 1 / d,
        "loss_of_pairs": d * (d - 2) / (d - 1),
        "weight_of_T_for_pairs": 1 / (d - 1),
        "weight_of_T_minus_1_for_pairs": -1 / (d * (d - 1)),
    },
    settings=dict.fromkeys(PAIRS, (model, pairs)),
    setting=(sequence("T"), POSITIONS_ONLY),
    notation={
        "loss": r"\ell^{*}",
        "weight_of_T": "p_T",
        "loss_of_pairs": r"\text{pairs:}\quad\min_p\ell",
        "weight_of_T_for_pairs": r"\text{pairs:}\quad p_T",
        "weight_of_T_minus_1_for_pairs": r"\text{pairs:}\quad p_{T-1}",
    },
    where=WHERE,
    inputs={"d": d, "T": T},
    refusals=(impossible(task),),
)


@theorem.derivation
def derive(step):
    step.axiom(
        r"$\mathbb{E}\prod_r\lambda_r^{m_r}=\prod_r[m_r=0]$ for independent uniform phases and any integers $m_r$"
    )
    step.axiom(A_SUM_OF_SQUARES)
    weight, least = independent(step)
    of_pairs = conjugate_pairs(step)
    on_an_arc(step)
    return {"loss": least, "weight_of_T": weight, **dict(zip(PAIRS, of_pairs, strict=True))}


def independent(step):
    """Independent phases: squares, the minimum, and that it is the least loss of a single head of any weights."""
    loss = loss_in_time(model, task).closed_form
    size = read_form(d)
    residual = size * last - 1
    weight = root(residual, p_last)
    at = {p_last: weight, p_before: closed_form(0), WEIGHTS.earlier(2): closed_form(0)}
    least = put(loss, at)
    step(
        "The expected loss at one $T$ for all $p$, and its minimum",
        r"(\hat s_{T+1})_i=\sum_{t\le T}p_t\sum_j\lambda_j^{t-T+1}\lambda_i^{t-1}",
        Equation(r"\ell", loss),
        Equation("p_T", weight),
        Equation(r"\min_p\ell", least),
        where={r"S_{p^2}": r"$=\sum_{t\le T-2}p_t^2$", "i,j": "are coordinates"},
        name="loss",
        note=r"No weights of the head would do better: $(d-H)_+$ with $H=1$ is the same.",
    )
    step.conclude(
        MinimalAtEntries(least, MINIMISER, least=SINCE, positions=WEIGHTS, loss=loss),
        entry_squares([(size * last, []), (-1, [])], "", d),
        seen(size**2 * squares),
        entry_squares([(before, [])], "", d) * size**3,
        claim=r"$\ell-\min_p\ell=(dp_T-1)^2+d^2\sum_{t\le T-2}p_t^2+d^3p_{T-1}^2$, zero for $p_T=1/d$ and "
        r"$p_t=0$ elsewhere alone",
    )
    step.check(
        r"it is the loss of diagonal heads at $C=\mathbf{1}\mathbf{1}^{\top}$",
        loss,
        Positional("unitary").loss_of(ExchangeableMatrix(1, 1)),
    )
    return weight, least


def conjugate_pairs(step):
    """Conjugate pairs of phases; returns the minimum, p_T and p_{T−1}."""
    loss = loss_in_time(model, pairs, {"P": PositionalWeights("p")}).closed_form
    size = read_form(d)
    residual = (size - 1) * last - 1
    bracket = size * before + last + earlier
    weight = root(residual, p_last)
    zero = {WEIGHTS.earlier(1): closed_form(0), WEIGHTS.earlier(2): closed_form(0)}
    beside = put(root(bracket, p_before), {p_last: weight, **zero})
    least = put(loss, {p_last: weight, p_before: beside, **zero})
    step(
        "Conjugate pairs of phases",
        Equation(r"\ell", loss),
        Equation("p_T", weight),
        Equation("p_{T-1}", beside),
        Equation(r"\min_p\ell", least),
        where={r"S_p": r"$=\sum_{t\le T-2}p_t$", r"\sigma": r"$=\sum_{t\ne T-1}p_t$"},
        note=r"For $d=2$ the loss is zero, by $s_{T+1}=2\cos\theta\,s_T-s_{T-1}$ in the plane with the phases "
        r"$e^{\pm\mathrm{i}\theta}$; for $d\ge4$ the weights of one head do better, $d-2$.",
    )
    step.check(
        r"$\ell-\min_p\ell=\frac{d}{d-1}((d-1)p_T-1)^2+d(d-1)\sum_{t\le T-2}p_t^2+d\,(dp_{T-1}+\sigma)^2$: zero at "
        "these weights alone",
        loss - least,
        size / (size - 1) * residual * residual + size * (size - 1) * squares + size * bracket * bracket,
    )
    step.require(
        r"the factors of the squares are positive for $d\ge2$",
        positive(size * (size - 1), {d: 2}),
        positive(size - 1, {d: 2}),
        rule="no negative coefficient and a positive constant, written in $d-2$",
    )
    step.check(
        r"it is the loss of diagonal heads at $C=\mathbf{1}\mathbf{1}^{\top}$",
        loss,
        Positional("orthogonal").loss_of(ExchangeableMatrix(1, 1)),
    )
    gap = least - (size - 2)
    step.check(r"what the weights of a head save is $(d-2)/(d-1)$", gap, (size - 2) / (size - 1))
    step.check(
        "for $d=2$ the least loss is 0", least.substitute({scalar_letter(d): closed_form(2)}), closed_form(0)
    )
    return least, weight, beside
