"""Two layers of label updates with a step each: their least excess loss, and the steps that have it.

Setting     x ~ N(0, I_d), w ~ N(0, I_d), no noise. Layer ℓ takes a step η_ℓ of gradient descent on the examples, so
            that the error after two layers is (I − η₂S)(I − η₁S)w, S = XᵀX/n.
Statement   Over all real η₁, η₂ the least excess is d(…)/Q, and it is attained where η₁ + η₂ and η₁η₂ are the stated
            rational functions of n and d. One layer has d(d + 1)/(n + d + 1), over all its weights.
            Only updates of the labels by multiples of the identity are spoken of; `eval` has more layers, and noise.
Source      Ahn, Cheng, Daneshmand, Sra (2023) for the layers; the closed forms at finite n and d are derived here.
"""

from sympy import Integer, MatrixSymbol

from symicl.algebra import ClosedForm, closed_form, dimension_index, read_form, scalar, symbol_letter
from symicl.models import LinearSelfAttention
from symicl.proofs.ahn2023.paper import PAPER
from symicl.proofs.ahn2023.parts.numbers import layers, least, refuse_depth, sigma2, steps
from symicl.proofs.ahn2023.setting import Steps
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Inequality,
    Theorem,
    minimal_value,
    minimise_over_weights,
)
from symicl.tasks import LinearRegression
from symicl.theory import depth, expected_loss, iterate, positive
from symicl.typeset import Equation

task, model, two_steps = LinearRegression(noise=0), LinearSelfAttention(), Steps()
n, d = task.n, task.d
Q = (
    d**3 * (n + 1)
    + d**2 * (n**2 + 5 * n + 10)
    + d * (n**3 + 5 * n**2 + 17 * n + 17)
    + (n**3 + 10 * n**2 + 17 * n + 4)
)
one = d * (d + 1) / (n + d + 1)
two = d * (d**3 * (n + 1) + d**2 * (4 * n + 10) + d * (7 * n + 17) + 4 * n + 4) / Q
total = 2 * n * (d**2 * (n + 1) + d * (n**2 + 4 * n + 7) + n**2 + 7 * n + 8) / Q
apart = (
    d**3 * (n + 1) ** 3
    + d**2 * (3 * n**3 + 16 * n**2 + 27 * n + 18)
    + d * (3 * n**3 + 27 * n**2 + 73 * n + 57)
    + (n**3 + 18 * n**2 + 57 * n + 52)
)
product = n**2 * (d * n + d + n + 3) / Q

theorem = Theorem(
    id="ahn2023.depth",
    title="What a second layer gains",
    paper=PAPER,
    source="layers that update the labels, with a step size each; the closed forms are derived here",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, no noise",
        "one layer of linear self-attention, all its weights free, no softmax",
        r"two layers that each take a step of gradient descent on the examples, of sizes $\eta_1$ and $\eta_2$",
    ),
    task=task,
    model=model,
    states={},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(task.x.T * task.X.T * task.y / (n + d + 1)),
        Inequality("two_layers", "loss", strict=True),
        Inequality(Integer(0), "discriminant", strict=True),
    ),
    corollaries={
        "loss": one,
        "two_layers": two,
        "sum_of_steps": total,
        "product_of_steps": product,
        "discriminant": 4 * n**2 * apart / Q**2,
    },
    settings={"two_layers": (two_steps, task)},
    certified={"excess": least, "steps": steps},
    inputs={"n": n, "d": d, "layers": layers, "sigma2": sigma2},
    optional={"sigma2": 0},
    refusals=(refuse_depth,),
    notation={
        "loss": "L_1",
        "two_layers": "L_2^{*}",
        "sum_of_steps": r"\eta_1^{*}+\eta_2^{*}",
        "product_of_steps": r"\eta_1^{*}\eta_2^{*}",
        "discriminant": r"\Delta",
    },
    where={
        "L_1": "is the least loss of one layer",
        "L_2": r"is the loss of two layers with steps $\eta_1$ and $\eta_2$",
        "L_2^{*}": "is the least of this loss over all real steps",
        r"\eta_1,\eta_2": "are the step sizes of the two layers, real numbers",
        r"\eta_1": "is that of the first",
        r"\eta_2": "is that of the second",
        r"\eta_1^{*},\eta_2^{*}": "are best steps",
        r"\eta_1^{*}": "is the one of the first layer",
        r"\eta_2^{*}": "is the one of the second, or both the other way round",
        r"\Delta": r"$=(\eta_1^{*}-\eta_2^{*})^2$, the discriminant of the quadratic whose roots these are",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates and task are independent")
    optimum = minimise_over_weights(step, model, task)
    value = minimal_value(step, optimum)
    single, double = depth(task, 1), depth(task, 2)
    step.check("one step of descent attains the least loss of one layer", single.closed_form, value)
    letters = {name: symbol_letter(MatrixSymbol(name, 1, 1)) for name in two_steps.weight_shapes()}
    sizes = [scalar(name) for name in letters]
    one_by_one = ClosedForm.identity(dimension_index(1))
    at = {a: one_by_one * read_form(size) for a, size in zip(letters.values(), sizes, strict=True)}
    trained = expected_loss(two_steps, task).closed_form.substitute(at)
    step.show("Two layers, over both steps", Equation("L_2", trained))
    descent = iterate(task, 2, sizes)
    step.check("the loss of the forward pass is that of two steps of descent", trained, descent.closed_form)
    _, first, second = double.coefficients
    step.show(
        "The sum and the product of the steps, from the best polynomial of degree two",
        Equation(r"\eta_1^{*}+\eta_2^{*}", -first),
        Equation(r"\eta_1^{*}\eta_2^{*}", second),
        Equation("L_2^{*}", double.closed_form),
    )
    moved = [a - b for a, b in zip(descent.coefficients, double.coefficients, strict=True)]
    entry, both = double.gram.entry, (1, 2)
    step.check(
        "what any two steps lose more is a quadratic form in the differences of their sum and product from these",
        trained - double.closed_form,
        sum((moved[i] * moved[j] * entry(i, j) for i in both for j in both), closed_form(0)),
    )
    gap = first * first - second * 4
    step.require(
        "this form is positive: so is its first coefficient, and so is its determinant",
        positive(entry(1, 1)),
        positive(entry(1, 1) * entry(2, 2) - entry(1, 2) * entry(1, 2)),
        rule="the leading minors, by the signs of their coefficients",
    )
    step("The steps are real and distinct, by their discriminant", Equation(r"\Delta", gap))
    step.require(r"$\Delta$ is positive", positive(gap), rule="the sign is seen from the coefficients")
    return {
        "loss": value,
        "two_layers": double,
        "sum_of_steps": -first,
        "product_of_steps": second,
        "discriminant": gap,
    }
