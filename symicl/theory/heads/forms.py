"""Heads without an MLP as quadratic forms on tokens: their loss, and the forms that are best.

With residual tokens z_i = (x_i; y_i − ⟨μ, x_i⟩) and G = Σ z_i z_iᵀ, the sum of any heads is Σ_k x_k ⟨G, Q_k⟩ with
symmetric forms Q_k, one for each coordinate of the query, and the excess loss is Σ_k E(⟨G, Q_k⟩ − w_k)². A form is
written as Q = (S, b; bᵀ, ω): S and ω see the prior mean, b the rest of the task.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache

import sympy

from symicl.algebra import (
    ONE,
    Blocks,
    ClosedForm,
    Word,
    by_words,
    closed_form,
    dims,
    letter,
    read_form,
    scalar,
    scalar_letter,
    size_of,
    solve,
    symbol_letter,
    unheard,
    vector,
)
from symicl.errors import DerivationError
from symicl.models import MultiHeadLinearAttention
from symicl.tasks import LinearRegression
from symicl.theory.positivity import nonnegative, positive

N, D = dims("n d")
MU, PSI, NOISE = vector("mu", D), scalar("psi", positive=True), scalar("sigma2", nonnegative=True)


@dataclass(frozen=True)
class HeadForms:
    """Moments of G, and the best forms, in n, d, the variance ψ of the prior and that of the noise.

    Attributes
    ----------
    aa, ab, bb, tail : ClosedForm
        E(tr(S XᵀX) + ω rᵀr)² = aa (tr S)² + tail tr S² + 2 ab ω tr S + bb ω².
    a, b : ClosedForm
        E(tr(S XᵀX) + ω rᵀr) = a tr S + b ω.
    cross, along : ClosedForm
        E(bᵀXᵀr)² = cross ‖b‖² and E bᵀXᵀr (w − μ)ᵀp = along bᵀp.
    c2, c3, c4 : ClosedForm
        The best forms are Q_k = μ_k (c3 I, 0; 0, c2) + ½ c4 (0, e_k; e_kᵀ, 0).
    kappa : ClosedForm
        What the best forms leave of the prior mean: ‖μ‖² κ.
    """

    aa: ClosedForm
    ab: ClosedForm
    bb: ClosedForm
    tail: ClosedForm
    a: ClosedForm
    b: ClosedForm
    cross: ClosedForm
    along: ClosedForm
    c2: ClosedForm
    c3: ClosedForm
    c4: ClosedForm
    kappa: ClosedForm

    @property
    def threshold(self) -> ClosedForm:
        """r* = c4²/(4 c2 c3), the largest ‖μ‖² for which d heads do."""
        return self.c4**2 / (self.c2 * self.c3 * 4)

    def with_law(self, n: sympy.Expr, d: sympy.Expr, psi: sympy.Expr, noise: sympy.Expr) -> HeadForms:
        """The same with other sizes and variances."""
        pairs = zip((N, D, PSI, NOISE), (n, d, psi, noise), strict=True)
        put_in = {scalar_letter(symbol): read_form(value) for symbol, value in pairs if value != symbol}
        return HeadForms(*(getattr(self, f.name).substitute(put_in) for f in fields(self)))


@cache
@unheard
def head_forms() -> HeadForms:
    """Derive the moments and the best forms, and check them.

    Raises
    ------
    DerivationError
        If a moment is not of the form that is stated, or the best forms are not unique.
    """
    task = LinearRegression(task_mean=MU, task_cov=PSI * sympy.Identity(D), noise=NOISE)
    X, r, w = (ClosedForm.of(symbol_letter(s)) for s in (task.X, task.r, task.w))
    side, d = X.cols, size_of(X.cols)
    S = ClosedForm.of(letter("form on covariates", side, side, symmetric=True))
    omega, (b, p) = _scalar("form on residuals"), (_column(name, side) for name in ("mixed form", "probe"))
    even, odd = (S @ X.T @ X).trace() + omega * (r.T @ r).trace(), (b.T @ X.T @ r).trace()
    rest = (p.T @ (w - read_form(MU))).trace()
    mean, square = task.expectation(even), task.expectation(even * even)
    for product in (even * odd, even * rest):
        _require(not task.expectation(product), "the even and the odd part of a head are correlated")
    trace, power = S.trace(), (S @ S).trace()
    aa, ab, bb, tail = (_in_front(square, x) for x in (trace * trace, trace * omega, omega * omega, power))
    first, second = _in_front(mean, trace), _in_front(mean, omega)
    ab = ab / 2
    cross = _in_front(task.expectation(odd * odd), (b.T @ b).trace())
    along = _in_front(task.expectation(odd * rest), (b.T @ p).trace())
    stated = trace * trace * aa + power * tail + trace * omega * ab * 2 + omega * omega * bb
    _require(square == stated and mean == trace * first + omega * second, "a moment has further terms")
    # The gradient by S of E(even − 1)² is 2(aa tr S + ab ω − a) I + 2 tail S, so S is a multiple of I.
    c3, c2 = solve([[aa * d + tail, ab], [ab * d, bb]], [first, second])
    forms = HeadForms(
        aa, ab, bb, tail, first, second, cross, along, c2, c3, along / cross, 1 - first * d * c3 - second * c2
    )
    check_forms(forms)
    return forms


def check_forms(forms: HeadForms) -> None:
    """The best forms are stationary, unique, and their coefficients have the signs that the count of heads rests on.

    Raises
    ------
    DerivationError
        If this fails.
    """
    d = read_form(D)
    stationary = (
        forms.c3 * (forms.aa * d + forms.tail) + forms.c2 * forms.ab - forms.a,
        forms.c3 * forms.ab * d + forms.c2 * forms.bb - forms.b,
        forms.c4 * forms.cross - forms.along,
        forms.kappa - (1 - forms.a * d * forms.c3 - forms.b * forms.c2),
    )
    _require(not any(stationary), "the best forms do not solve their normal equations")
    determinant = (forms.aa * d + forms.tail) * forms.bb - forms.ab * forms.ab * d
    for value in (forms.tail, forms.cross, determinant, forms.c3, forms.c4, forms.kappa):
        _require(
            is_positive(value), "a quantity is not seen to be positive, so the best forms may not be unique"
        )
    _require(nonnegative(forms.c2).holds, "the coefficient of the residuals is not seen to be non-negative")


def is_positive(form: ClosedForm) -> bool:
    """True if a form is seen to be > 0 for ψ > 0: no coefficient is negative, and at ψ = 1 without noise it is > 0.

    It has to be homogeneous in the two variances, so that its part without noise is a power of ψ.
    """
    clean = form.substitute({scalar_letter(NOISE): closed_form(0)})
    at_one = clean.substitute({scalar_letter(PSI): closed_form(1)})
    ratio = clean / at_one if at_one else clean
    only_psi = ratio.letters() <= {scalar_letter(PSI)} and len(ratio) == 1
    return only_psi and nonnegative(form).holds and positive(at_one).holds


def check_pass() -> None:
    """One head is xᵀ(…)⟨G, ·⟩: in residual tokens its prediction is u'ᵀ G M' x/n with u' = Tᵀu and M' = TᵀM.

    Raises
    ------
    DerivationError
        If the forward pass computes something else.
    """
    task = LinearRegression(task_mean=MU, task_cov=PSI * sympy.Identity(D), noise=NOISE)
    model, prompt = MultiHeadLinearAttention(), task.prompt()
    X, r, x, mu = (*(ClosedForm.of(symbol_letter(s)) for s in (task.X, task.r, task.x)), read_form(MU))
    side = X.cols
    a, g = _column("residual part a", side), _column("residual part g", side)
    B = ClosedForm.of(letter("residual part B", side, side))
    c = _scalar("residual part c")
    # With T = (I, 0; μᵀ, 1) tokens are T z, so u = T⁻ᵀu' and M = T⁻ᵀM'.
    zero = ClosedForm.zero(side, ONE)
    u = Blocks([[a - mu * c], [c]])
    M = Blocks([[B - mu @ g.T, zero], [g.T, ClosedForm.zero(ONE, ONE)]])
    found = task.centred(model.forward(model.weights_for({"u": u, "M": M}, D), prompt).single().trace())
    tokens = (a.T @ X.T + r.T * c) @ (X @ B @ x + r @ (g.T @ x))
    _require(found == tokens.trace() / read_form(N), "a head is no bilinear form in the residual tokens")


def _scalar(name: str) -> ClosedForm:
    return ClosedForm.of(letter(name, ONE, ONE))


def _column(name: str, side: int) -> ClosedForm:
    return ClosedForm.of(letter(name, side, ONE))


def _in_front(form: ClosedForm, product: ClosedForm) -> ClosedForm:
    """The coefficient of a product of traces and letters."""
    ((wanted, _),) = by_words(product, lambda word: True).items()
    letters = product.letters()
    return by_words(form, lambda word: _uses(word, letters)).get(wanted, closed_form(0))


def _uses(word: Word, letters: Iterable[int]) -> bool:
    return not set(letters).isdisjoint(word)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DerivationError(otherwise)
