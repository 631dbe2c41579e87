"""The step size in the paper's form for any random function: a ratio of expectations with the best linear predictor.

ū minimises E[(uᵀx − y₀)²|X, y] over u. As E xxᵀ = I it is E[y₀x|X, y], so that E[ūᵀXᵀy] = E[y₀xᵀXᵀy].
"""

from symicl.algebra import read_form, vector
from symicl.statements import Inequality
from symicl.theory import trace_square
from symicl.typeset import Equation

BEST = {r"\bar{u}": r"minimises $\mathbb{E}[(u^{\top}x-y_{0})^{2}|X,y]$ over $u\in\mathbb{R}^{d}$"}
"""The letter of the paper's form, for statements."""


def ratio_of_conditional_means(step, task, norms, found):
    """E[ūᵀXᵀy] / E[yᵀXXᵀy], which is the step size of the optimum.

    Parameters
    ----------
    step
    task : RotationInvariantRegression
    norms : dict
        What is put in for the moments per coordinate.
    found : ClosedForm
        The step size of the optimum.

    Returns
    -------
    ClosedForm
        The ratio, from the two expectations.
    """
    X, y, x, y0, u = (read_form(s) for s in (task.X, task.y, task.x, task.y0, vector("u", task.d)))
    numerator, denominator = (
        task.expectation(form).substitute(norms)
        for form in ((x.T @ X.T @ y).trace() * y0, (y.T @ X @ X.T @ y).trace())
    )
    ratio = numerator / denominator
    above, below = r"\mathbb{E}[\bar{u}^{\top}X^{\top}y]", r"\mathbb{E}[y^{\top}XX^{\top}y]"
    step(
        "The step size in the form of the paper",
        r"\bar{u}=\operatorname{argmin}_{u}\mathbb{E}[(u^{\top}x-y_{0})^{2}|X,y]=\mathbb{E}[y_{0}x|X,y]",
        Equation(above, numerator),
        Equation(below, denominator),
        Equation(rf"\frac{{{above}}}{{{below}}}", ratio),
        where=BEST | {"u,m": r"$\in\mathbb{R}^{d}$ are any functions of $X$ and $y$"},
        name="ratio",
    )
    step.check(
        r"$\mathbb{E}(u^{\top}x)^{2}=\lVert u\rVert^{2}$",
        task.expectation((u.T @ x @ x.T @ u).trace()),
        (u.T @ u).trace(),
        rule="the query is independent of the prompt",
    )
    mean = read_form(vector("m", task.d))
    step.conclude(
        Inequality(-(mean.T @ mean).trace(), (u.T @ u).trace() - (u.T @ mean).trace() * 2),
        trace_square(u - mean),
        claim=r"$\lVert u\rVert^{2}-2\langle u,m\rangle\ge-\lVert m\rVert^{2}$ for every $m$, as the difference is "
        r"$\lVert u-m\rVert^{2}$: so $\bar{u}=m$ at $m=\mathbb{E}[y_{0}x|X,y]$",
    )
    step.axiom(
        r"the definition of conditional means: $\mathbb{E}[\mathbb{E}[z|X,y]\,h(X,y)]=\mathbb{E}[z\,h(X,y)]$"
    )
    step.check(r"the ratio is the step size of the optimum", ratio, found)
    return ratio
