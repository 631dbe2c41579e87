"""Linear self-attention on nonlinear targets: the optimum is still one step of gradient descent.

Setting     x₁…xₙ, x ~ N(0, I_d); a random function f, independent of the covariates, with f∘U =ᵈ f for every
            orthogonal U, that is for rotations, reflections and −I; yᵢ = f(xᵢ) + εᵢ, ε ~ N(0, σ²).  Write
            g = E_x[x f(x)].
Statement   Every global minimiser computes η ⟨Σ yᵢxᵢ, x⟩ with
            η = E‖g‖² / ((n−1) E‖g‖² + E‖x‖²f² + dσ²), and the minimal loss is E f² + σ² − n η E‖g‖².
            For a single neuron f(x) = relu(uᵀx), u ~ N(0, I), this is η = 1/(n + 2d + 3 + 4σ²); for an even
            target such as |uᵀx| it is η = 0. In the paper's form η = E[ūᵀXᵀy] / E[yᵀXXᵀy], where ū minimises
            E[(uᵀx − y₀)²|X, y] over u. All of this holds as well under the paper's hypothesis, that f∘U =ᵈ f for
            rotations U, of determinant 1, and −f =ᵈ f, where −I need not be a symmetry: for odd d it is no rotation.
            For d ≥ 2 rotations alone are enough.
Source      Mahankali, Hashimoto, Ma (2023), the theorem on nonlinear targets.
"""

import sympy

from symicl.algebra import read_form, scalar, scalar_letter
from symicl.models import LinearSelfAttention
from symicl.proofs.mahankali2023.paper import PAPER
from symicl.proofs.mahankali2023.parts.conditional import ratio_of_conditional_means
from symicl.proofs.mahankali2023.parts.signs import rotated, same_loss, signed
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Theorem,
    minimise_over_weights,
    same_optimum,
    solution_ratio,
)
from symicl.tasks import MOMENTS, NEURONS, LinearRegression, RotationInvariantRegression
from symicl.theory import expected_loss
from symicl.typeset import Equation

task, model = RotationInvariantRegression(), LinearSelfAttention()
n, d, sigma2 = task.n, task.d, task.noise

# The published moments are norms, d times the moments per coordinate that the task uses.
G, XF, F = (
    scalar("E_g2", nonnegative=True),
    scalar("E_x2f2", nonnegative=True),
    scalar("E_f2", nonnegative=True),
)

NORMS = {
    G: r"\mathbb{E}\lVert G\rVert^{2}",
    XF: r"\mathbb{E}\lVert x\rVert^{2}F^{2}",
    F: r"\mathbb{E}F^{2}",
}


ACTIVATIONS = {
    "linear": "is the identity",
    "relu": r"$=\max(0,\cdot)$",
    "cubic": "is the third power",
    "abs": "is the absolute value",
}
"""The activations of the special cases, in words."""


def norms(neuron):
    """E‖g‖², E‖x‖²f² and E f² of a neuron, as expressions in d."""
    moments = neuron.moments(d)
    return {G: sympy.expand(d * moments["g2"]), XF: sympy.expand(d * moments["xf2"]), F: moments["f2"]}


step_size = G / ((n - 1) * G + XF + d * sigma2)
least = F + sigma2 - n * G**2 / ((n - 1) * G + XF + d * sigma2)

theorem = Theorem(
    id="mahankali2023.nonlinear",
    title="With rotation-invariant nonlinear targets the optimum is still one step of gradient descent",
    paper=PAPER,
    source="theorem on nonlinear targets",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, independent of each other and of $F$",
        "the law of the random function $F$ does not change under orthogonal maps of its argument: rotations, "
        "reflections, and $-I$, which lets every average of odd order vanish; or, as the paper asks, it does not "
        r"change under rotations, and $-F$ has the law of $F$, or for $d\ge2$ rotations alone, which alters neither "
        "step size nor loss",
        r"$\mathbb{E}F^{4}$ is finite and $\mathbb{E}F^{2}+\sigma^{2}>0$",
        "one layer of linear self-attention, all weights free, no softmax",
    ),
    task=task,
    model=model,
    states={
        "eta": step_size,
        "loss": least,
    },
    propositions=(GlobalMinimum("loss"), EveryMinimiser(step_size * task.x.T * task.X.T * task.y)),
    corollaries={
        "ratio_of_expectations": step_size,
        "signed_eta": step_size,
        "signed_loss": least,
        "rotated_eta": step_size,
        "rotated_loss": least,
        "linear_eta": 1 / (n + d + 1 + sigma2),
        "linear_loss": sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2),
        "relu_eta": 1 / (n + 2 * d + 3 + 4 * sigma2),
        "relu_loss": d / 2 + sigma2 - n * d / (4 * (n + 2 * d + 3 + 4 * sigma2)),
        "cubic_eta": 1 / (n - 1 + 5 * (d + 6) / sympy.Integer(3) + sigma2 / (9 * (d + 2) * (d + 4))),
        "abs_eta": sympy.Integer(0),
        "abs_loss": d + sigma2,
    },
    settings=dict.fromkeys(("signed_eta", "signed_loss"), (model, signed))
    | dict.fromkeys(("rotated_eta", "rotated_loss"), (model, rotated)),
    meaning={G: d * MOMENTS["g2"], XF: d * MOMENTS["xf2"], F: MOMENTS["f2"]},
    options={"target": {name: norms(neuron) for name, neuron in NEURONS.items()}},
    notation={
        "eta": r"\eta",
        "loss": "L^{*}",
        "ratio_of_expectations": r"\frac{\mathbb{E}[\bar{u}^{\top}X^{\top}y]}{\mathbb{E}[y^{\top}XX^{\top}y]}",
        "signed_eta": r"\text{rotations, and }{-F}\text{ instead of }{-I}:\quad\eta",
        "signed_loss": r"\text{rotations, and }{-F}\text{ instead of }{-I}:\quad L^{*}",
        "rotated_eta": r"\text{rotations alone, }d\ge2:\quad\eta",
        "rotated_loss": r"\text{rotations alone, }d\ge2:\quad L^{*}",
    }
    | {f"{name}_eta": rf"\text{{{name} target:}}\quad\eta" for name in ACTIVATIONS}
    | {f"{name}_loss": rf"\text{{{name} target:}}\quad L^{{*}}" for name in ("linear", "relu", "abs")},
    where={r"\eta": r"is the step size, with which the optimum predicts $\eta\,x^{\top}X^{\top}y$"},
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("given $F$, the samples are independent and identically distributed")
    step.axiom(
        "a tensor invariant under all orthogonal maps is zero if its order is odd, "
        "a multiple of the identity if it is two"
    )
    step.axiom(r"the noise is Gaussian, $\mathbb{E}\varepsilon^{4}=3\sigma^{4}$")

    optimum = minimise_over_weights(step, model, task)
    loss = optimum.loss

    step.show(
        "Moments per coordinate in terms of norms",
        r"d\,\mathbb{E}\langle e,G\rangle^{2}=\mathbb{E}\lVert G\rVert^{2},\qquad "
        r"d\,\mathbb{E}\langle e,x\rangle^{2}F^{2}=\mathbb{E}\lVert x\rVert^{2}F^{2}",
    )
    per_coordinate = {
        scalar_letter(MOMENTS["g2"]): read_form(G / d),
        scalar_letter(MOMENTS["xf2"]): read_form(XF / d),
        scalar_letter(MOMENTS["f2"]): read_form(F),
    }
    eta = solution_ratio(optimum).scalar_multiple_of_identity().substitute(per_coordinate)
    step.show(
        "The optimal coefficient is a multiple of the identity: one step of gradient descent",
        Equation(r"\eta", eta),
    )
    value = optimum.closed_form.substitute(per_coordinate)
    step.show("The minimal loss", Equation("L^{*}", value))
    ratio = ratio_of_conditional_means(step, task, per_coordinate, eta)
    same_loss(step, loss)

    linear_case(step, loss)

    step("Variants of the model that change nothing", where={"b": r"$\in\mathbb{R}^{d}$ is trainable"})
    same_optimum(
        step, "the query token attends to itself", LinearSelfAttention(query_in_context=True), task, optimum
    )
    same_optimum(
        step, "a trainable term $b^{\\top}x$ is added", LinearSelfAttention(skip=True), task, optimum
    )

    found = {"eta": eta, "loss": value, "ratio_of_expectations": ratio}
    found |= {f"{law}_eta": eta for law in ("signed", "rotated")}
    found |= {f"{law}_loss": value for law in ("signed", "rotated")}
    for name in ("linear", "relu", "cubic", "abs"):
        moments = norms(NEURONS[name])
        step.show(
            f"The moments of the {name} target $F(x)=\\varphi(u^{{\\top}}x)$, by Stein's identity",
            *[Equation(NORMS[symbol], sympy.factor(value)) for symbol, value in moments.items()],
            where={"u": r"$\sim N(0,I_d)$ is drawn anew for each prompt", r"\varphi": ACTIVATIONS[name]},
        )
        numbers = {scalar_letter(symbol): read_form(value) for symbol, value in moments.items()}
        found[f"{name}_eta"] = eta.substitute(numbers)
        found[f"{name}_loss"] = value.substitute(numbers)
    return found


def linear_case(step, loss):
    """For a linear target the closed form is that of Gaussian linear regression, over all parameters."""
    moments = {
        scalar_letter(MOMENTS[k]): read_form(v.expand()) for k, v in NEURONS["linear"].moments(d).items()
    }
    gaussian = expected_loss(model, LinearRegression())
    step("For a linear target the loss over all parameters is that of isotropic linear regression")
    step.check(
        "the two closed forms agree",
        loss.closed_form.substitute(moments),
        gaussian.closed_form,
    )
