"""The linear transformer block: its optimum is GD-β.

Setting     as in `gd_beta`; the block f = [W₂ᵀW₁(Z + (1/n) W_PᵀW_V Z M Zᵀ W_KᵀW_Q Z)]_{d+1,n+1} with residual
            connection and mask, all weights free.
Statement   Every GD-β predictor is a linear transformer block; the minimal risk over all blocks is that of GD-β;
            every optimal block computes f_{β*,Γ*} almost surely.
            Without the residual connection the class is that of linear self-attention. Without the mask R* still bounds
            the risk of every block; for β* ≠ 0 and Ψ ≠ 0 no block attains it, nor does their infimum, whatever d, n, H
            and σ² are; for β* = 0 or Ψ = 0 one does.
Source      Zhang, Wu, Bartlett (2024), the theorem on the linear transformer block.
"""

from symicl.algebra import ONE, Blocks, ClosedForm
from symicl.models import GDBeta, LinearSelfAttention, LinearTransformerBlock
from symicl.proofs.zhang2024.block.unmasked import without_mask
from symicl.proofs.zhang2024.paper import PAPER
from symicl.proofs.zhang2024.setting import (
    ASSUMPTIONS,
    NOISELESS,
    SINGULAR,
    WHERE,
    d,
    prediction,
    risk,
    task,
)
from symicl.statements import EveryMinimiser, GlobalMinimum, Theorem, minimal_value, minimise_over_weights
from symicl.theory import expected_loss, minimise

model = LinearTransformerBlock()

GD_BETA = r"x^{\top}(\beta+\tfrac{1}{n}\Gamma X^{\top}(y-X\beta))"

theorem = Theorem(
    id="zhang2024.ltb",
    title=r"The optimal linear transformer block is GD-$\beta$",
    paper=PAPER,
    source="the theorem on the linear transformer block",
    assumptions=(*ASSUMPTIONS, "all six weight matrices free, of inner sizes at least $d+1$"),
    task=task,
    model=model,
    states={"risk": risk},
    propositions=(GlobalMinimum("risk"), EveryMinimiser(prediction)),
    notation={"risk": r"\mathcal{R}^{*}"},
    where=WHERE
    | {
        r"\beta,\Gamma": r"are a vector in $\mathbb{R}^{d}$ and a matrix in $\mathbb{R}^{d\times d}$",
        r"\hat{y}_{\beta,\Gamma}": rf"$={GD_BETA}$ is the prediction of GD-$\beta$",
        r"\beta^{*},\Gamma^{*}": r"are those of the least risk, with $\beta^{*}$ the mean of the task",
        r"\hat{y}_{\beta^{*},\Gamma^{*}}": "is the prediction with them",
    },
    special_cases=(SINGULAR, NOISELESS),
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    step.axiom(r"$H\succ0$ is invertible")

    every_gd_beta_is_a_block(step)
    optimum = minimise_over_weights(step, model, task)
    value = minimal_value(step, optimum)
    gd_beta_is_attained(step, optimum)
    without_residual(step)
    without_mask(step, optimum, explicit_weights)
    return {"risk": value}


def explicit_weights(beta, Gamma):
    """Weights of a block that computes GD-β."""
    dim = Gamma.rows
    zero, column, row = (
        ClosedForm.zero(dim, dim),
        ClosedForm.zero(dim, ONE),
        ClosedForm.zero(ONE, dim),
    )
    one, nothing = ClosedForm.identity(ONE), ClosedForm.zero(ONE, ONE)
    read_last = Blocks([[zero, column], [row, one]])
    return {
        "W_1": Blocks([[zero, column], [beta.T, one]]),
        "W_2": read_last,
        "W_P": read_last,
        "W_V": Blocks([[zero, column], [-beta.T, one]]),
        "W_K": Blocks([[ClosedForm.identity(dim), column], [row, nothing]]),
        "W_Q": Blocks([[Gamma.T, column], [row, nothing]]),
    }


def every_gd_beta_is_a_block(step):
    """f_{β,Γ} for all β and Γ, by explicit weights."""
    gd_beta = GDBeta()
    parameters = gd_beta.symbolic_parameters(d)
    beta, Gamma = parameters["beta"].single(), parameters["Gamma"].single()
    step(
        r"Every GD-$\beta$ predictor is a linear transformer block",
        r"W_1=\begin{pmatrix}0&0\\\beta^{\top}&1\end{pmatrix},\;"
        r"W_V=\begin{pmatrix}0&0\\-\beta^{\top}&1\end{pmatrix},\;"
        r"W_2=W_P=\begin{pmatrix}0&0\\0&1\end{pmatrix},\;"
        r"W_K=\begin{pmatrix}I&0\\0&0\end{pmatrix},\;"
        r"W_Q=\begin{pmatrix}\Gamma^{\top}&0\\0&0\end{pmatrix}",
        name="explicit",
    )
    step.check(
        r"the block with these weights computes $\hat{y}_{\beta,\Gamma}$",
        model.forward(explicit_weights(beta, Gamma), task.prompt()).single().trace(),
        gd_beta.forward(parameters, task.prompt()).single().trace(),
    )


def gd_beta_is_attained(step, optimum):
    """The optimal predictor of the block is that of GD-β."""
    reference = minimise(expected_loss(GDBeta(), task))
    step(r"The optimal block computes what the optimal GD-$\beta$ predictor computes")
    step.check(
        "the two optimal predictors agree as functions of the prompt and $K$",
        optimum.problem.predictor(),
        reference.problem.predictor(),
    )
    step.check(
        "the two normal equations agree", optimum.problem.normal_equation, reference.problem.normal_equation
    )
    step.check("the two minimal risks agree", optimum.closed_form, reference.closed_form)


def without_residual(step):
    """Without Z + … the prediction is that of linear attention, up to the normalisation 1/n."""
    shrunk, attention = LinearTransformerBlock(residual=False), LinearSelfAttention()
    parameters = shrunk.symbolic_parameters(d)
    prompt = task.prompt()
    step("Without the residual connection the class shrinks to that of linear self-attention")
    step.check(
        r"the prediction is $\frac{1}{n}$ times that of linear self-attention without the factor $\frac1n$, with the "
        r"same $(a;c)$ and $M$",
        shrunk.predict(parameters, prompt).single().trace(),
        (attention.predict({"w": parameters["u"], "M": parameters["M"]}, prompt) * prompt.inverse_length)
        .single()
        .trace(),
    )
