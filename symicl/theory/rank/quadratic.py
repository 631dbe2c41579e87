"""The loss as a quadratic form in the one coefficient that predicts: R(K) = c − 2 tr(AᵀK) + tr(L K M Kᵀ)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from symicl.algebra import (
    COLS,
    MEANING,
    PARTNER,
    ClosedForm,
    Covariance,
    Word,
    from_terms,
    letter_symbol,
    product_of_letters,
    terms_of,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.numeric import ExactMatrix, evaluate, negative_squares
from symicl.theory.lift import LiftedProblem
from symicl.theory.pythagoras import Pythagoras


class Relaxation(Protocol):
    """The part of `symicl.theory.optimum.LowerBound` that is read here."""

    @property
    def problem(self) -> LiftedProblem: ...

    @property
    def solution(self) -> ClosedForm | None: ...

    @property
    def target_power(self) -> ClosedForm: ...

    @property
    def attained_at(self) -> dict[int, ClosedForm]: ...

    @property
    def certificate(self) -> Pythagoras: ...


@dataclass(frozen=True)
class Quadratic:
    """R(K₀ + D) = base − 2 tr(AᵀD) + tr(L D M Dᵀ), for a fixed K₀ and every D.

    Attributes
    ----------
    base : ClosedForm
        R(K₀).
    A, M : ClosedForm
        Matrices; M is symmetric.
    left : word
        L, a positive definite letter or, where the word is empty, the identity.
    best : ClosedForm
        The D that is best without a bound on its rank; best · M = L⁻¹A.
    """

    base: ClosedForm
    A: ClosedForm
    M: ClosedForm
    left: Word
    best: ClosedForm

    @property
    def L(self) -> ClosedForm:
        """The whitening from the left."""
        return product_of_letters(self.A.rows, self.A.rows, self.left)

    @property
    def gained(self) -> ClosedForm:
        """S = A · bestᵀ, similar to C Cᵀ for C = L^½ · best · M^½: a D of rank r gains a sum of r eigenvalues."""
        return self.A @ self.best.T


def quadratic(bound: Relaxation, start: ClosedForm | None = None) -> Quadratic:
    """The quadratic form of a relaxation, compared with the loss of the predictor term by term.

    Parameters
    ----------
    bound : LowerBound
    start : ClosedForm, optional
        K₀. Default zero.

    Raises
    ------
    UnsupportedError
        If it is not of this form, or a factor is not known to be positive definite.
    DerivationError
        If the form is not the loss.
    """
    problem = bound.problem
    if problem.normal_equation is None or bound.solution is None:
        raise UnsupportedError("no feature of the prompt correlates with the target, so no rank plays a part")
    loss = bound.certificate.candidate_loss
    return whitened(loss, problem.normal_equation, problem.unknown, bound.solution, start)


def whitened(
    loss: ClosedForm, normal: ClosedForm, unknown: int, best: ClosedForm, start: ClosedForm | None
) -> Quadratic:
    """A loss that is quadratic in one matrix as L K M − A, half its gradient, says, compared with it term by term.

    Parameters
    ----------
    loss : ClosedForm
    normal : ClosedForm
        Half of the gradient by the unknown.
    unknown : int
        The letter K.
    best : ClosedForm
        The K at which it vanishes.
    start : ClosedForm or None
        K₀.

    Raises
    ------
    UnsupportedError, DerivationError
        As `quadratic`.
    """
    word, M, A = _parts(normal, unknown)
    if len(word) > 1 or not all(map(is_known_definite, word)):
        raise UnsupportedError(
            f"{' '.join(str(MEANING[a]) for a in word)} weighs the errors of the coefficient and is not known to be "
            "positive definite; declare it with si.covariance()"
        )
    if M != M.T:
        raise UnsupportedError("the quadratic part is not tr(L K M Kᵀ), so no rank is bounded by whitening")
    left = product_of_letters(A.rows, A.rows, word)
    base = loss.substitute({unknown: ClosedForm.zero(A.rows, A.cols) if start is None else start})
    form = Quadratic(base, A, M, word, best)
    if start is not None:
        form = Quadratic(base, A - left @ start @ M, M, word, best - start)
    check_form(form, loss, unknown, start)
    return form


def check_form(form: Quadratic, loss: ClosedForm, unknown: int, start: ClosedForm | None) -> None:
    """That a form is a loss at K₀ + D, for every D.

    Raises
    ------
    DerivationError
        If it is not.
    """
    D = ClosedForm.of(unknown)
    here = D if start is None else D + start
    stated = form.base - (form.A.T @ D).trace() * 2 + (form.L @ D @ form.M @ D.T).trace()
    if loss.substitute({unknown: here}) != stated:
        raise DerivationError("the quadratic form is not the loss")


def _parts(normal: ClosedForm, unknown: int) -> tuple[Word, ClosedForm, ClosedForm]:
    """The word L, M and A of a normal equation L K M = A."""
    num, den = normal.fraction()
    lefts: set[Word] = set()
    factor, constant = {}, {}
    for (monomial, word), c in terms_of(num).items():
        hidden = any(unknown in scalar or PARTNER[unknown] in scalar for scalar in monomial)
        if hidden or PARTNER[unknown] in word or word.count(unknown) > 1:
            raise UnsupportedError(
                "the quadratic part is not tr(L K M Kᵀ): the unknown stands in a trace or transposed in its gradient"
            )
        if unknown in word:
            at = word.index(unknown)
            lefts.add(word[:at])
            factor[monomial, word[at + 1 :]] = c
        else:
            constant[monomial, word] = -c
    if len(lefts) != 1:
        raise UnsupportedError(
            "the unknown of the normal equation is multiplied from the left by different matrices, so that no rank is "
            "bounded by whitening"
        )
    M = from_terms(COLS[unknown], num.cols, factor) / den
    return lefts.pop(), M, from_terms(num.rows, num.cols, constant) / den


def is_known_definite(a: int) -> bool:
    """True for a covariance, and for an explicit matrix that is positive definite."""
    if isinstance(MEANING[a], Covariance):
        return True
    symbol = letter_symbol(a)
    if getattr(symbol, "free_symbols", True):
        return False
    return is_definite(evaluate(symbol, {}))


def is_definite(matrix: ExactMatrix) -> bool:
    """True for a symmetric exact matrix that is positive definite."""
    rows = [[matrix[i, j] for j in range(matrix.ncols())] for i in range(matrix.nrows())]
    return matrix == matrix.transpose() and negative_squares(rows) == 0
