"""`head_count`: the number of heads that a prior mean needs, and the least loss of every number of heads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy
from sympy.matrices.expressions import Identity, Trace, ZeroMatrix

from symicl.algebra import ClosedForm, exact_size
from symicl.errors import InputError, UnsupportedError, described
from symicl.tasks import LinearRegression
from symicl.theory.heads.forms import HeadForms, head_forms
from symicl.theory.heads.proof import proved
from symicl.theory.proof_steps import CheckedProof
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import Equation, pretty_ratio

if TYPE_CHECKING:
    from symicl.theory.heads.at_numbers import HeadCountAt


def head_count(task: Any) -> HeadCount:
    """How many heads of linear self-attention without an MLP a prior mean needs.

    Parameters
    ----------
    task : LinearRegression
        With isotropic covariates and w ~ N(μ, ψI); sizes, variances and the mean may be symbols.

    Returns
    -------
    HeadCount
        ``.threshold`` is r* and ``.gap`` what all heads leave above the best GD-β; ``.at(…)`` has the count and a table
        of the least loss of each number of heads; ``.proof`` the argument.

    Raises
    ------
    InputError
        For another task.
    UnsupportedError
        If the covariates or the prior are not isotropic.

    Notes
    -----
    For `MultiHeadLinearAttention`: a sum of heads, the query token masked, no bound on the rank of a head. With
    r = ‖μ‖² the least loss of all heads takes 1 head for r = 0, d heads for 0 < r ≤ r*, and d + 1 above; d − 1 heads
    never do for r > 0.

    Examples
    --------
    >>> import sympy
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> psi, mu = si.scalar("psi", positive=True), si.vector("mu", d)
    >>> count = si.head_count(si.LinearRegression(task_mean=mu, task_cov=psi * sympy.Identity(d)))
    >>> at = count.at(n=3, d=2, psi=1, sigma2=1, norm2=7)
    >>> at.needed, at.threshold
    (3, 19321/3136)
    >>> [round(float(gap), 6) for gap in at.gaps.values()]
    [2.946131, 1.712697, 1.71223]
    """
    if not isinstance(task, LinearRegression):
        raise InputError(f"head_count() takes a si.LinearRegression, not {described(task)}")
    variance, rest = task.task_cov.as_coeff_mmul()
    if not isinstance(task.covariate_cov, Identity):
        raise UnsupportedError(
            f"the covariance {task.covariate_cov} of the covariates is not the identity; heads are counted for "
            "isotropic covariates"
        )
    if not isinstance(rest.doit(), Identity):
        raise UnsupportedError(
            f"the covariance {task.task_cov} of the task is no multiple of the identity; heads are counted for priors "
            "N(μ, ψI)"
        )
    if not variance.is_positive:
        raise InputError(
            f"the variance {variance} of the prior is not known to be positive; declare it with "
            "si.scalar(…, positive=True)"
        )
    return HeadCount(task, variance)


@dataclass(frozen=True, eq=False)
class HeadCount(TypesetQuantity):
    """The number of heads that a prior mean needs; see `head_count`.

    Attributes
    ----------
    task : LinearRegression
    prior_variance : SymPy scalar
        ψ.
    """

    task: LinearRegression
    prior_variance: sympy.Expr

    @cached_property
    def forms(self) -> HeadForms:
        """The moments and the best forms of this law."""
        sizes = (exact_size(self.task.n), exact_size(self.task.d))
        return head_forms().with_law(*sizes, self.prior_variance, self.task.noise)

    @property
    def closed_form(self) -> ClosedForm:
        """r* as a closed form.

        Raises
        ------
        UnsupportedError
            Without noise, where r* = ∞.
        """
        if not self.forms.c2:
            raise UnsupportedError("without noise the threshold is infinite: d heads do for every prior mean")
        return self.forms.threshold

    @property
    def threshold(self) -> sympy.Expr:
        """r*, the largest ‖μ‖² for which d heads do; infinite without noise."""
        return pretty_ratio(self.closed_form) if self.forms.c2 else sympy.oo

    @cached_property
    def expr(self) -> sympy.Expr:
        """r* as a SymPy expression."""
        return self.threshold

    @cached_property
    def gap(self) -> sympy.Expr:
        """The least excess of any number of heads above that of the best GD-β."""
        mean = self.task.task_mean
        return (
            sympy.Integer(0) if isinstance(mean, ZeroMatrix) else self.forms.kappa.expr * Trace(mean.T * mean)
        )

    @property
    def equations(self) -> list[Equation]:
        threshold = self.closed_form if self.forms.c2 else sympy.oo
        left = r"\frac{1}{\lVert\mu\rVert^{2}}\left(\min_{m}\min\mathcal{R}_{m}-\mathcal{R}^{*}\right)"
        return [Equation("r^{*}", threshold), Equation(left, self.forms.kappa)]

    @property
    def proof(self) -> CheckedProof:
        """The proof of the count, its identities checked anew.

        Raises
        ------
        DerivationError
            If one fails.
        """
        return proved()

    def at(self, *, digits: int = 17, **numbers: Any) -> HeadCountAt:
        """The count and the table at numbers.

        Parameters
        ----------
        digits : int
            Digits of the table that are proven.
        **numbers
            By name; ``norm2`` may stand for the mean.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        from symicl.theory.heads.at_numbers import count_at

        return count_at(self, digits, numbers)

    def __repr__(self) -> str:
        return f"HeadCount({self.task!r})"
