"""The linear transformer block: its optimum is GD-β.

Setting     as in `gd_beta`; the block f = [W₂ᵀW₁(Z + (1/n) W_PᵀW_V Z M Zᵀ W_KᵀW_Q Z)]_{d+1,n+1} with residual
            connection and mask, all weights free.
Statement   Every GD-β predictor is a linear transformer block; the minimal risk over all blocks is that of GD-β;
            every optimal block computes f_{β*,Γ*} almost surely.
            Without the residual connection the class is that of linear self-attention; without the mask the
            statement fails: for d = n = H = Ψ = σ² = β* = 1 every block has a strictly larger risk.
Source      Zhang, Wu, Bartlett (2024), the theorem on the linear transformer block.
"""

import sympy
from sympy import Identity

from symicl.algebra import ONE, Blocks, ClosedForm, read_form, scalar, symbol_letter
from symicl.models import GDBeta, LinearSelfAttention, LinearTransformerBlock
from symicl.numeric import evaluate, identity_matrix
from symicl.proofs.zhang2024.paper import PAPER
from symicl.proofs.zhang2024.setting import (
    ASSUMPTIONS,
    NOISELESS,
    SINGULAR,
    WHERE,
    H,
    Psi,
    d,
    n,
    prediction,
    risk,
    sigma2,
    task,
)
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    reduce_weights,
    solve,
)
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss, minimise, positive, relaxation
from symicl.typeset import Equation

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
    reduce_weights(step, model, task)
    loss = derive_loss(step, model, task)
    optimum = solve(step, loss)
    certify(step, optimum)
    value = minimal_value(step, optimum)
    gd_beta_is_attained(step, optimum)
    without_residual(step)
    without_mask(step, optimum)
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


def without_mask(step, optimum):
    """When the query attends to itself, the optimal weights produce an extra cubic term."""
    unmasked = LinearTransformerBlock(mask=False)
    parameters = explicit_weights(*symbolic_gd_beta())
    prompt = task.prompt()
    extra = (
        unmasked.forward(parameters, prompt).single().trace()
        - model.forward(parameters, prompt).single().trace()
    )
    step(
        r"Without the mask, that is with the query token $z$ among the columns of $Z$, these weights no longer compute "
        r"GD-$\beta$: they add a cubic term in the query",
        Equation(r"\hat{y}_{\mathrm{unmasked}}-\hat{y}_{\beta,\Gamma}", extra),
        where={
            r"\hat{y}_{\mathrm{unmasked}}": "is the prediction of the block without the mask at the weights "
            "of {step:explicit}"
        },
        note=r"It is odd in $\beta$; it vanishes for $\beta=0$ and for skew $\Gamma$.",
    )
    x, beta, Gamma = read_form(task.x), *symbolic_gd_beta()
    at = {min(beta.letters()): x, min(Gamma.letters()): ClosedForm.identity(Gamma.rows)}
    step.check(
        r"the term does not vanish identically in $\beta$ and $\Gamma$: at $\beta=x$, $\Gamma=I$",
        extra.substitute(at),
        -((x.T @ x).trace() ** 2) * read_form(1 / n),
    )
    loss_unmasked = expected_loss(unmasked, task)
    step.check(
        "the relaxation over free features has the same value as with the mask",
        relaxation(loss_unmasked).closed_form,
        optimum.closed_form,
        rule="the normal equations of the unmasked model",
    )
    unmasked_in_one_dimension(step, unmasked, optimum)


def symbolic_gd_beta():
    """β and Γ as letters."""
    parameters = GDBeta().symbolic_parameters(d)
    return parameters["beta"].single(), parameters["Gamma"].single()


def unmasked_in_one_dimension(step, unmasked, optimum):
    """d = n = H = Ψ = σ² = β* = 1: every unmasked block has a risk above R*, by a relaxation solved exactly."""
    small = LinearRegression(n=1, d=1, task_mean=Identity(1), noise=1)
    X, r, x = (ClosedForm.of(symbol_letter(s)).trace() for s in (small.X, small.r, small.x))
    letters = unmasked.symbolic_parameters(1)
    b = letters["v"].grid[0][0].trace()
    a, c = (block[0].trace() for block in letters["u"].grid)
    B, g = letters["M"].grid[0][0].trace(), letters["M"].grid[1][0].trace()
    products = ((a + c) * (B + g), a * g + c * B + c * g * 2, c * g)
    names = scalar("q_0"), scalar("q_1"), scalar("q_2"), scalar("q_3")
    free = [read_form(q) for q in names]

    def lifted(q0, q1, q2, q3):
        """q₀x + q₁X²x + q₂Xrx + q₃r²x + (q₁ − q₂ + q₃)x³."""
        return (q0 + q1 * X * X + q2 * X * r + q3 * r * r) * x + (q1 - q2 + q3) * x**3

    step(
        r"A counterexample without the mask: $d=n=H=\Psi=\sigma^{2}=\beta^{*}=1$",
        r"\hat{y}=q_0x+q_1X^{2}x+q_2Xrx+q_3r^{2}x+(q_1-q_2+q_3)x^{3}",
        where={
            "q_0,q_1,q_2,q_3": "are four numbers, functions of the weights of the block",
            "q": "$=(q_0,q_1,q_2,q_3)$",
            r"\hat{y}": "is the prediction of the block",
        },
        note="Every unmasked block has this form. Minimising over free $q$ bounds "
        "the risk of all of them from below.",
    )
    step.check(
        "every unmasked block has this form",
        small.centred(expected_loss(unmasked, small).prediction),
        lifted(b, *products),
    )
    residual = lifted(*free) - small.target()
    risk_of_q = small.expectation(residual * residual)
    quadratic = risk_of_q.expr
    gradient = [sympy.diff(quadratic, q) for q in names]
    solution = sympy.linsolve(gradient, *names)
    (best,) = solution
    bound = quadratic.xreplace(dict(zip(names, best, strict=True)))
    squares, weights = sum_of_squares(sympy.hessian(quadratic, names) / 2, names, best)
    optimal = evaluate(
        optimum.closed_form.expr,
        {n: sympy.Integer(1), d: sympy.Integer(1), sigma2: sympy.Integer(1)} | ones(H, Psi),
    )
    step(
        "The exact lower bound, above the risk with the mask",
        Equation(r"\min_q\mathbb{E}(\hat{y}-y_{0})^{2}", bound),
        Equation(r"\mathcal{R}^{*}", optimal),
    )
    step.check(
        "the rest of the quadratic in $q$ is a sum of weighted squares",
        risk_of_q - read_form(bound),
        read_form(sympy.expand(squares)),
    )
    step.require("the weights are positive", *map(positive, map(read_form, weights)), rule="exact rationals")
    step.require(
        "the bound is strictly above the risk of the masked block",
        positive(read_form(bound - optimal)),
        rule="exact rationals",
    )


def sum_of_squares(matrix, names, centre):
    """(q − c)ᵀM(q − c) = Σ_k w_k (a row of the triangular factor of M times q − c)², and the weights w_k."""
    lower, diagonal = matrix.LDLdecomposition()
    forms = lower.T * sympy.Matrix([q - c for q, c in zip(names, centre, strict=True)])
    weights = diagonal.diagonal()
    return sum(w * form**2 for w, form in zip(weights, forms, strict=True)), weights


def ones(*symbols):
    """The 1×1 identity for each symbol."""
    return {symbol: identity_matrix(1) for symbol in symbols}
