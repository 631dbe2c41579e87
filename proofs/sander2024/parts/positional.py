"""The loss of diagonal attention with positional weights at one T, in the entries of C = BᵀA."""

from collections.abc import Sequence

import sympy

from symicl.algebra import MEANING, ClosedForm, closed_form, dims, read_form, remembered
from symicl.expectation import (
    TIME,
    DiagonalMatrix,
    EntrySum,
    Factor,
    PositionalWeights,
    blocks_of,
    inner,
    unrestricted,
)
from symicl.models import PositionalAttention
from symicl.numeric import evaluate
from symicl.tasks import AutoregressiveTask
from symicl.theory import loss_in_time
from symicl.typeset import Equation

d, H, T_max = dims("d H T_max")
T = TIME
WEIGHTS = PositionalWeights("p")

ASSUMPTIONS = (
    r"$s_1=(1,\dots,1)$, plain tokens $s_t$; $H$ heads $A_h=\operatorname{diag}(a_h)$, $B_h=\operatorname{diag}(b_h)$ "
    r"with real entries, stacked to $A,B\in\mathbb{R}^{H\times d}$",
    r"free real positional weights $p=(p_1,\dots,p_T)$, one row for every $T\ge2$; the query is $s_{T-1}$",
)


class Positional:
    """The task, the model and the derived loss for one kind of phases.

    Parameters
    ----------
    kind : "unitary" or "orthogonal"

    Attributes
    ----------
    last, before, earlier, squares : ClosedForm
        p_T, p_{T−1}, Σ_{t≤T−2} p_t and Σ_{t≤T−2} p_t².
    """

    last, before = (read_form(WEIGHTS.last(k)) for k in range(2))
    earlier, squares = (read_form(WEIGHTS.earlier(k)) for k in (1, 2))

    def __init__(self, kind):
        self.task = AutoregressiveTask(kind, law="ones", d=d, T=T + 1)
        self.model = PositionalAttention()

    @property
    def paired(self):
        """True if the phases come in conjugate pairs."""
        return self.task.paired

    @property
    @remembered
    def loss(self) -> ClosedForm:
        """For every real matrix C."""
        return loss_in_time(self.model, self.task).closed_form

    def loss_of(self, C) -> ClosedForm:
        """For a matrix C of a special kind."""
        return loss_in_time(self.model, self.task, {"C": C, "P": WEIGHTS}).closed_form

    def at(self, C: Sequence[Sequence], p: Sequence) -> sympy.Expr:
        """The exact loss at numbers: C as nested lists, p = (p_1, …, p_T)."""
        size = len(C)
        partner = [i ^ 1 for i in range(size)] if self.paired else None
        numbers = [sympy.sympify(x) for x in p]
        values = {
            d: sympy.Integer(size),
            WEIGHTS.last(0): numbers[-1],
            WEIGHTS.last(1): numbers[-2],
            WEIGHTS.earlier(1): sum(numbers[:-2], sympy.Integer(0)),
            WEIGHTS.earlier(2): sum((x**2 for x in numbers[:-2]), sympy.Integer(0)),
        }
        expression = self.loss.expr
        for entries in expression.atoms(EntrySum):
            values[entries] = sympy.sympify(entries.value(size, {"C": C}, partner))
        return evaluate(expression, values)


def derive_loss(step, positional) -> ClosedForm:
    """Record the loss for all C and p."""
    step.axiom(
        r"$\mathbb{E}\prod_r\lambda_r^{m_r}=\prod_r[m_r=0]$ for independent uniform phases and any integers $m_r$"
    )
    step(
        r"The heads enter through $C=B^{\top}A$ alone; the expected loss at one $T$ for all $C$ and $p$",
        r"(\hat s_{T+1})_i=\sum_{t\le T}p_t\sum_jC_{ij}\,\lambda_j^{t-T+1}\lambda_i^{t-1},\qquad "
        r"C=\sum_hb_ha_h^{\top}",
        Equation(r"\ell", positional.loss),
        where={"S_p": r"$=\sum_{t\le T-2}p_t$", "S_{p^2}": r"$=\sum_{t\le T-2}p_t^2$"},
        name="loss",
    )
    step.check(
        r"for one head the forward pass has the loss of $C=ba^{\top}$, and the prediction is linear in $C$",
        one_head(positional),
        positional.loss.substitute(products_of_entries(positional.loss)),
    )
    return positional.loss


def one_head(positional) -> ClosedForm:
    """The loss of the forward pass of one head, before C is introduced."""
    sequence = positional.task.sequence()
    s, query = sequence.context(), sequence.now.x(1)
    score = inner(query, DiagonalMatrix("a") @ s.x())
    predicted = sequence.sum((DiagonalMatrix("b") @ s.x()) * score * s.positional(WEIGHTS, row_lag=1), s)
    return positional.task.expectation((predicted - sequence.target()).norm2()).coefficient(0)


def products_of_entries(loss: ClosedForm) -> dict[int, ClosedForm]:
    """Each sum of entries of C at C_ij = b_i a_j."""
    table = {}
    for x in loss.letters():
        sums = MEANING[x]
        if isinstance(sums, EntrySum):
            factors = [
                Factor(name, False, (node,))
                for f in sums.factors
                for name, node in zip("ba", f.nodes, strict=True)
            ]
            table[x] = closed_form(unrestricted(tuple(factors), False, frozenset(blocks_of(factors))))
    return table
