"""The inactive blocks decouple, for every law of x_1: a rotation of all phases by one angle tells them apart."""

from itertools import combinations

from symicl.errors import DerivationError
from symicl.expectation import AnyLaw, ByCharge, Places, charges, inner, products_by_charge
from symicl.models import CausalLinearAttention
from symicl.proofs.zheng2024.setting import model, task
from symicl.theory import ActiveByCharge, complex_blocks

ACTIVE = ("W_KQ_32", "W_PV_12")
"""The blocks A and B."""


def charge_grading(step, model: CausalLinearAttention = model):
    """L(θ) − L(A, B) is a sum of mean squares, each at least quadratic in the inactive blocks."""
    sequence = task.sequence()
    prediction, target = model.predict(complex_blocks(model), sequence), sequence.target()
    parts = charges(prediction)
    step(
        r"The inactive blocks decouple, for every law of $x_1$: multiply all phases by one $z$ with $|z|=1$",
        r"\lambda\mapsto z\lambda:\quad x_t\mapsto z^{t-1}x_t,\qquad x_{t+1}\mapsto z^{t}x_{t+1},\qquad "
        r"\hat y_t=\sum_{k=0}^{3}\hat y_t^{(k)},\quad\hat y_t^{(k)}\mapsto z^{t-k}\,\hat y_t^{(k)}",
        r"L(\theta)=\sum_t\tfrac12\mathbb{E}\lVert\hat y_t^{(0)}-x_{t+1}\rVert^{2}"
        r"+\sum_t\tfrac12\mathbb{E}\Big(\lVert\hat y_t^{(1)}\rVert^{2}+\lVert\hat y_t^{(2)}\rVert^{2}"
        r"+\lVert\hat y_t^{(3)}\rVert^{2}\Big)",
        where={
            "z": "is any number with $|z|=1$",
            r"\hat y_t^{(k)}": "is the part of the prediction that is multiplied with $z^{t-k}$",
        },
        name="charges",
        note=r"With $A=W^{KQ}_{32}$ and $B=W^{PV}_{12}$ the first sum is $L(A,B)$. In the others each "
        r"term contains two inactive blocks or one of them twice, as each term of $\hat y_t^{(k)}$, $k\ge1$, contains "
        r"one: where all inactive blocks are zero the gradient in them is zero, for all $A$ and $B$.",
    )
    step.axiom(
        r"the law of $(\lambda_1,\dots,\lambda_d)$ does not change when all $\lambda_j$ are multiplied by one $z$"
    )
    keys = list(parts)
    products = products_by_charge(prediction)
    met = {name for found in products.values() for names in found for name in names}
    absent = frozenset(all_blocks(model) - met)
    if keys != [(1, 0), (1, -1), (1, -2), (1, -3)] or (len(absent), len(met)) != (12, 6):
        raise DerivationError("the prediction has terms of other charges, or with other inactive blocks")
    step.require(
        r"every term of the prediction has a charge $z^{t}$, $z^{t-1}$, $z^{t-2}$ or $z^{t-3}$; that of $z^{t}$ "
        r"contains the active pair $A$, $B$ alone, and every term of the others contains an inactive block; 12 of "
        r"the 18 blocks do not enter the prediction at all",
        ActiveByCharge(prediction, products, keys[0], ACTIVE, absent),
        rule="exponents of the phases and blocks, term by term",
    )
    step.require(
        r"the target has the charge $z^{t}$",
        ByCharge(target, {keys[0]: frozenset({()})}),
        rule="exponents of the phases",
    )
    products = [inner(parts[one], parts[other]) for one, other in combinations(keys, 2)]
    vanish(
        step,
        "parts of different charges are orthogonal in the mean, for every law of $x_1$ and all complex weights",
        products,
    )
    vanish(
        step,
        "so are the target and the parts of other charges",
        [inner(parts[key], target) for key in keys[1:]],
    )


def vanish(step, claim, products):
    """Check that the averages of products over the phases vanish, whatever the law of x_1 and the weights are."""
    found = [task.over_phases(product) for product in products]
    step.require(
        claim,
        Places(tuple(expectation.over(AnyLaw(task.d)) for expectation in found), powers=frozenset()),
        rule="the average over the phases",
    )


def all_blocks(model):
    """The names of all blocks of all weights."""
    return {block.name for grid in model.symbolic_parameters().values() for row in grid for block in row}
