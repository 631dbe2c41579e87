"""The step size in the paper's form: a ratio of two expectations with the best estimator of the task.

Under a Gaussian law w ~ N(0, Ψ) it is the ridge estimator ŵ = T⁻¹Xᵀy with T = XᵀX + σ²Ψ⁻¹, the mean of w given the
prompt. What is needed of it follows from one fact: for fixed covariates T(w − ŵ) = Tw − Xᵀy is uncorrelated with y.
"""

from sympy import Inverse, Trace

from symicl.algebra import inverse_of, letter_of, matrix, read_form
from symicl.typeset import Equation, formula_latex

RIDGE = {r"\hat{w}": r"is the ridge estimator of the task from the prompt, for $\sigma^{2}>0$"}
"""The letter of the paper's form, for statements."""
LEAVES_NOTHING = r"Stein's identity for fixed $X$; $T^{-1}T$ stands for the identity"


class Ridge:
    """The ridge estimator of the task for fixed covariates.

    Parameters
    ----------
    task : LinearRegression
        With a centred task of invertible covariance.

    Attributes
    ----------
    X, y : ClosedForm
        The covariates as a constant letter, and the responses that they have.
    T, estimate : ClosedForm
        XᵀX + σ²Ψ⁻¹ and ŵ.
    cross : ClosedForm
        E[wyᵀ|X].
    """

    def __init__(self, task):
        self.task = task
        self.X = read_form(matrix("X_fixed", task.X.shape))
        random = letter_of(read_form(task.X))
        self.y = read_form(task.y).substitute(task.definitions).substitute({random: self.X})
        precision = Inverse(task.task_cov).doit()
        self.T = self.X.T @ self.X + read_form(precision) * read_form(task.noise)
        self.estimate = inverse_of(self.T) @ self.X.T @ self.y
        self.cross = task.expectation(read_form(task.w) @ self.y.T)
        self.written = task.X.T * task.X + task.noise * precision

    def averaged(self, form):
        """The expectation of a function of the fixed covariates over their law."""
        return self.task.expectation(form.substitute({letter_of(self.X): read_form(self.task.X)}))


def posterior_mean(step, task):
    """For fixed X the ridge estimator leaves nothing of w that is correlated with y: it is the mean of w given X, y.

    Returns
    -------
    Ridge
    """
    ridge, w = Ridge(task), read_form(task.w)
    step(
        "The mean of the task given the prompt is the ridge estimator",
        Equation("T", ridge.written),
        r"\hat{w}=T^{-1}X^{\top}y",
        where=RIDGE | {"T": r"$\succ0$ for $\sigma^{2}>0$"},
        name="ridge",
    )
    step.check(
        r"for fixed $X$ what it leaves, $T(w-\hat{w})=Tw-X^{\top}y$, has mean zero",
        task.expectation(ridge.T @ w - ridge.X.T @ ridge.y),
    )
    step.check(
        r"and it is uncorrelated with the responses, $\mathbb{E}[(Tw-X^{\top}y)\,y^{\top}|X]=0$",
        task.expectation((ridge.T @ w - ridge.X.T @ ridge.y) @ ridge.y.T),
        rule="Stein's identity for fixed $X$",
    )
    step.axiom(
        r"jointly Gaussian variables that are uncorrelated are independent; so $\mathbb{E}[w|X,y]=\hat{w}$ if for "
        r"fixed $X$ the rest $w-\hat{w}$ has mean zero and is uncorrelated with $y$"
    )
    return ridge


def ratio_of_expectations(step, ridge, preconditioner, found):
    """E[ŵᵀXᵀy] / E[yᵀXPXᵀy], which is the step size of the optimum.

    Parameters
    ----------
    step
    ridge : Ridge
    preconditioner : MatrixExpr
        P, where the optimum predicts η xᵀPXᵀy.
    found : ClosedForm
        η.

    Returns
    -------
    ClosedForm
        The ratio, from the two expectations.
    """
    task = ridge.task
    X, y = task.X, task.y
    numerator = ridge.averaged((ridge.cross @ ridge.X).trace())
    power = y.T * X * preconditioner * X.T * y
    denominator = task.expectation(read_form(power).trace())
    ratio = numerator / denominator
    above, below = (rf"\mathbb{{E}}[{text}]" for text in (r"\hat{w}^{\top}X^{\top}y", formula_latex(power)))
    step(
        "The step size in the form of the paper",
        Equation(above, numerator),
        Equation(below, denominator),
        Equation(rf"\frac{{{above}}}{{{below}}}", ratio),
        name="ratio",
    )
    step.axiom(
        "iterated expectation (Fubini): a mean is the one over $X$ of that for fixed $X$, as $X$ is independent of "
        "task and noise"
    )
    mean = formula_latex(Trace(X.T * X * task.task_cov))
    step.check(
        rf"for fixed $X$ the mean of $\hat{{w}}^{{\top}}X^{{\top}}y$ is that of $w^{{\top}}X^{{\top}}y$, ${mean}$",
        task.expectation((ridge.estimate.T @ ridge.X.T @ ridge.y).trace()),
        (inverse_of(ridge.T) @ ridge.T @ ridge.cross @ ridge.X).trace(),
        rule=LEAVES_NOTHING,
    )
    step.check(
        r"over all prompts it is the mean of $w^{\top}X^{\top}y$",
        numerator,
        task.expectation(read_form(task.w.T * X.T * y).trace()),
    )
    step.check(r"the ratio is the step size of the optimum", ratio, found)
    return ratio


def matrix_of_expectations(step, ridge, optimum):
    """E[ŵyᵀX] E[XᵀyyᵀX]⁻¹, which is the coefficient of the optimum for a general prior.

    Parameters
    ----------
    step
    ridge : Ridge
    optimum : Optimum
        With the equation K F = C for the coefficient K of the prediction xᵀKXᵀy.
    """
    task = ridge.task
    X, y, equation = task.X, task.y, optimum.equation
    cross, power = ridge.averaged(ridge.cross @ ridge.X), task.expectation(read_form(X.T * y * y.T * X))
    common = read_form(task.n * task.covariate_cov)
    step(
        "The coefficient of the optimum in the form of the paper",
        Equation(r"\mathbb{E}[\hat{w}\,y^{\top}X]", cross),
        Equation(r"\mathbb{E}[X^{\top}y\,y^{\top}X]", power),
        Equation("F", equation.factor),
        r"K^{*}\,\mathbb{E}[X^{\top}y\,y^{\top}X]=\mathbb{E}[\hat{w}\,y^{\top}X]",
        where={"F": rf"is the factor of $K^{{*}}$, $K^{{*}}F={formula_latex(equation.right_side)}$"},
    )
    step.check(
        r"for fixed $X$ the mean of $\hat{w}\,y^{\top}X$ is that of $w\,y^{\top}X$",
        task.expectation(ridge.estimate @ ridge.y.T @ ridge.X),
        inverse_of(ridge.T) @ ridge.T @ ridge.cross @ ridge.X,
        rule=LEAVES_NOTHING,
    )
    step.check(
        rf"$\mathbb{{E}}[X^{{\top}}y\,y^{{\top}}X]=F\,{formula_latex(common)}$",
        power,
        equation.factor @ common,
    )
    step.check(
        rf"$\mathbb{{E}}[\hat{{w}}\,y^{{\top}}X]=K^{{*}}F\,{formula_latex(common)}$",
        cross,
        equation.right_side @ common,
    )
