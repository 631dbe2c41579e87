"""A chain of thought of k steps of gradient descent: its exact risk, and that two steps beat every single layer.

Setting     x ~ N(0, I_d), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ². Without a chain of thought, one layer of
            linear attention, all weights free. With it the model writes w_k = w_{k−1} − η(S w_{k−1} − Xᵀy/n), w₀ = 0,
            one after the other; S = XᵀX/n. The excess is E‖w_k − w‖².
Statement   One layer has the excess d(d + 1 + σ²)/(n + d + 1 + σ²), over all its weights. Two steps have the stated
            polynomial in η, n, d, σ². Without noise two steps of size n/(n + d + 2) have less, for every n and d; of
            the size n/(n + d + 1) that is best for one step they have more at n = d = 1. For k steps and the best
            constant one at numbers, see `eval`.
Source      Huang, Wang, Lee (2025) for the chain of thought; the exact risks are derived here.
"""

import symicl as si
from symicl.algebra import ClosedForm, closed_form, read_form, scalar_letter
from symicl.errors import InputError
from symicl.proofs.gatmiry2024.setting import Looped, best_at
from symicl.proofs.huang2025.paper import PAPER
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Inequality,
    Limit,
    Theorem,
    minimal_value,
    minimise_over_weights,
)
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss, iterate, minimise_over_features, positive
from symicl.typeset import Equation

MAX_STEPS = 12
task, model, chain = LinearRegression(), si.LinearSelfAttention(), Looped()
n, d, sigma2 = task.n, task.d, task.noise
k, eta = si.dims("k"), si.scalar("eta")
one = d * (d + 1 + sigma2) / (n + d + 1 + sigma2)
third = d**2 + n**2 + 3 * n * d + 3 * n + 3 * d + 4 + sigma2 * (n + d + 1)
fourth = (
    d**3 + 6 * d**2 * (n + 1) + d * (6 * n**2 + 17 * n + 21) + n**3 + 6 * n**2 + 21 * n + 20
    + sigma2 * (d**2 + n**2 + 3 * n * d + 3 * n + 3 * d + 4)
)  # fmt: skip
two = d * (
    1
    - 4 * eta
    + 2 * eta**2 * (3 * (n + d + 1) + 2 * sigma2) / n
    - 4 * eta**3 * third / n**2
    + eta**4 * fourth / n**3
)
clean, short = LinearRegression(noise=0), n / (n + d + 2)


def best(values, digits=17):
    """The least excess of k steps of one size, and this size."""
    return best_at(iterate(task, int(values[k])), values, digits)


def excess(values, digits=17):
    """The excess of k steps of the given size."""
    numbers = {"n": int(values[n]), "d": int(values[d]), "sigma2": values[sigma2]}
    return iterate(task, int(values[k]), values[eta]).at(**numbers).excess


def refuse_steps(values):
    """Refuse more steps than there are digits for."""
    if int(values[k]) > MAX_STEPS:
        raise InputError(f"k={values[k]} is too large; give at most {MAX_STEPS}")


theorem = Theorem(
    id="huang2025.steps",
    title="What a chain of thought of several steps gains",
    paper=PAPER,
    source="one layer with and without a chain of thought; the exact risks are derived here",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, all independent",
        "one layer of linear self-attention, all its weights free, no softmax",
        r"with a chain of thought, the layer writes estimates $w_1,\dots,w_k$ one after the other, each a step of "
        r"gradient descent of size $\eta$ from the last",
    ),
    task=task,
    model=model,
    states={},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(task.x.T * task.X.T * task.y / (n + d + 1 + sigma2)),
        Inequality("chain", "single", strict=True),
        Limit("two_steps", d * (1 - eta) ** 4, (n,)),
    ),
    corollaries={
        "loss": sigma2 + one,
        "two_steps": two,
        "chain": two.subs({sigma2: 0, eta: short}),
        "single": one.subs(sigma2, 0),
    },
    settings={"chain": (chain, clean), "single": (model, clean)},
    certified={
        "excess": excess,
        "best_step": lambda values, digits: best(values, digits)[1],
        "best_excess": lambda values, digits: best(values, digits)[0],
    },
    refusals=(refuse_steps,),
    inputs={"n": n, "d": d, "sigma2": sigma2, "k": k, "eta": eta},
    notation={"loss": "L_1", "two_steps": "E_2", "chain": r"\hat{E}_2", "single": r"\hat{E}_1"},
    where={
        "L_1": "is the least loss of one layer",
        r"\hat{E}_1": "is the same without noise",
        "E_2": r"is $\mathbb{E}\lVert w_2-w\rVert^{2}$, the excess after two steps",
        r"\hat{E}_2": r"is this excess without noise, after two steps of size $\eta=n/(n+d+2)$",
        r"\eta": "is the size of a step, any real number",
        r"w_k": r"is the estimate after $k$ steps, $w_0=0$",
        "k": "is the number of steps",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    optimum = minimise_over_weights(step, model, task)
    value = minimal_value(step, optimum)
    single, double = iterate(task, 1).best_step(), iterate(task, 2)
    step.check(
        "the best single step attains the least loss of one layer",
        read_form(single.value) + read_form(sigma2),
        value,
    )
    written = expected_loss(chain, task)
    size = ClosedForm.identity(value.rows) * read_form(eta)
    trained = written.closed_form.substitute({written.letter_to_differentiate("eta"): size})
    step.show("Two steps of one size", Equation("E_2", double.closed_form))
    step.check(
        "the loss of the chain of thought is this and the variance of the noise",
        trained,
        double.closed_form + read_form(sigma2),
    )
    plain = minimise_over_features(expected_loss(model, clean))
    without, at = {scalar_letter(sigma2): closed_form(0)}, {scalar_letter(eta): read_form(short)}
    thought = double.closed_form.substitute(without).substitute(at)
    step.show(
        r"Without noise, with two steps of size $\eta=\tfrac{n}{n+d+2}$, and in one layer",
        Equation(r"\hat{E}_2", thought),
        Equation(r"\hat{E}_1", plain.closed_form),
    )
    step.require(
        "two steps have less than any single layer, for all sizes",
        positive(plain.closed_form - thought),
        rule="the sign of the difference is seen from its coefficients",
    )
    return {"loss": value, "two_steps": double, "chain": thought, "single": plain.closed_form}
