"""A scaled causal attention on sequences whose first vector has two values of its own."""

from dataclasses import dataclass

from sympy import harmonic

import symicl as si
from symicl.models import CausalModel, WeightShape
from symicl.statements import Paper, Theorem, certify, derive_loss, minimal_value, solution_ratio, solve
from symicl.tasks import IndependentLaw
from symicl.typeset import Passage


class DoubledSigns(IndependentLaw):
    """x_j = ±2 · scale with equal probability, independent."""

    def even_moment(self, k):
        return 2**k

    def unit_sample(self, draws, batch, d):
        z = draws.normal(batch, d)
        return 2 * z / abs(z)


class Doubled(si.AutoregressiveTask):
    """Sequences that start with doubled signs."""

    def __init__(self):
        d, _ = si.dims("d T")
        rho = si.scalar("rho", positive=True)
        super().__init__("unitary", DoubledSigns(d, rho), scale=rho)


@dataclass(frozen=True)
class ScaledAttention(CausalModel):
    """x̂_{t+1} = (a/(t−1)) Σ_s x_s ⟨x_{s−1}, x_t⟩."""

    def weight_shapes(self):
        return {"a": WeightShape((1,), (1,))}

    def forward(self, weights, sequence):
        s, now = sequence.context(), sequence.now
        return sequence.attend(s.x(), s.x(1), now.x(), s) * sequence.inverse_length * weights["a"]

    def forward_pass(self, task):
        return Passage(
            "One number scales causal attention",
            (r"\hat y_t=\frac{a}{t-1}\sum_{s\le t}x_s\langle x_{s-1},x_t\rangle",),
            {
                "a": r"$\in\mathbb{R}$ is trained",
                r"\hat y_t": "is the prediction of $x_{t+1}$",
                "s": "is a time of the context",
            },
        )


task, model = Doubled(), ScaledAttention()
d, T, rho = task.d, task.T, task.scale

theorem = Theorem(
    id="own.sequences",
    title="The best scale of causal attention",
    paper=Paper("own", "The package", "A lemma of another package", 2026, "none"),
    source="Lemma 2",
    assumptions=(r"$x_{1j}=\pm2\rho$, independent",),
    task=task,
    model=model,
    states={"a": (T - 2) / (4 * rho**2 * ((d - 1) * harmonic(T - 2) + T - 2))},
    notation={"a": "a"},
    where={r"\rho": "is half the size of the entries of $x_1$", "H_{T-2}": r"$=\sum_{k=1}^{T-2}1/k$"},
)


@theorem.derivation
def derive(step):
    loss = derive_loss(step, model, task)
    optimum = solve(step, loss)
    certify(step, optimum)
    minimal_value(step, optimum)
    return {"a": solution_ratio(optimum)}
