"""Traces of functions of a product of two matrices that are ≥ 0, as each eigenvalue contributes something that is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from symicl.algebra import (
    ONE,
    ROWS,
    ClosedForm,
    Covariance,
    LargestEigenvalue,
    Word,
    closed_form,
    from_monomials,
    is_inverse_of_sum,
    letter,
    letter_of,
    monomials_of,
    product_of_letters,
    read_form,
    scalar,
    scalar_letter,
    transposed_word,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory.bounds.nonnegative import Nonnegative
from symicl.theory.bounds.reasons import Decided, Product, Reason, is_covariance_of
from symicl.theory.positivity import nonnegative
from symicl.theory.quadratic.squares import gaussian, mean_square
from symicl.typeset import EigenSum, checked, eigenvalue_form, formula_text, pretty_ratio

EIGENVALUE, OTHERS, BELOW, TOTAL = (
    scalar(name, nonnegative=True)
    for name in ("eigenvalue", "other eigenvalues", "distance to the largest", "all eigenvalues")
)
LARGEST = scalar("largest eigenvalue", nonnegative=True)


def over_eigenvalues(
    form: ClosedForm, left: sympy.MatrixSymbol, right: sympy.MatrixSymbol, *, task: Any = None
) -> Nonnegative:
    """A scalar that is a sum over the eigenvalues of A B, for positive semidefinite A and B, each summand ≥ 0.

    Parameters
    ----------
    form : ClosedForm
        In traces of functions of A B, in its trace, and in its largest eigenvalue.
    left, right : SymPy matrix symbols
        A and B, covariances by their declaration or in a task. Their product has the eigenvalues of A^½ B A^½, which
        are not negative.
    task : PromptTask, optional

    Raises
    ------
    DerivationError
        If A or B is not seen to be positive semidefinite, if it is no such sum, or a summand is not seen to be ≥ 0 for
        eigenvalues that are not negative, the trace their sum, and none above the largest one.
    """
    _refuse_indefinite((left, right), task)
    return Nonnegative(((OverEigenvalues(form, left, right),),))


def top_eigenvalue(left: sympy.MatrixSymbol, right: sympy.MatrixSymbol, *, task: Any = None) -> Nonnegative:
    """λ_max(A B) ≥ 0; parameters and refusals as of `over_eigenvalues`."""
    _refuse_indefinite((left, right), task)
    return Nonnegative(((TopEigenvalue(left, right),),))


def _refuse_indefinite(matrices: Iterable[sympy.MatrixSymbol], task: Any) -> None:
    for matrix in matrices:
        if not (isinstance(matrix, Covariance) or is_covariance_of(task, read_form(matrix))):
            raise DerivationError(f"{matrix} is not seen to be positive semidefinite")


class TopEigenvalue(Reason):
    """See `top_eigenvalue`."""

    why = "the largest of eigenvalues that are not negative: a square in its place"

    def __init__(self, left: sympy.MatrixSymbol, right: sympy.MatrixSymbol):
        self.form = read_form(LargestEigenvalue(left, right))

    def products(self) -> list[Product]:
        """The letter itself, which is at least 0."""
        return [Product((self.form,))]

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """The square of a letter."""
        root, sign = (
            ClosedForm.of(letter("root of the largest eigenvalue", ONE, ONE)),
            gaussian(ONE, role="sign"),
        )
        return self.why, root * root, mean_square(root * ClosedForm.of(sign.letter), [sign])

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        if values.keys() & set(self.form.letters()):
            raise DerivationError("nothing is put for an eigenvalue")
        return self


class OverEigenvalues(Reason):
    """See `over_eigenvalues`.

    Attributes
    ----------
    summand : ClosedForm
        In an eigenvalue, the sum of the others, and how far it is from the largest one.
    """

    why = "no eigenvalue contributes anything negative"

    def __init__(self, form: ClosedForm, left: sympy.MatrixSymbol, right: sympy.MatrixSymbol):
        self.form, self.pair = form, (left, right)
        summand = self._summand(left, right)
        own = read_form(EIGENVALUE)
        there = {TOTAL: own + read_form(OTHERS), LARGEST: own + read_form(BELOW)}
        self.summand = summand.substitute({scalar_letter(s): value for s, value in there.items()})
        if not nonnegative(self.summand).holds:
            raise DerivationError(
                f"what an eigenvalue contributes, {formula_text(self.summand)}, is not seen to be at least 0"
            )

    def _summand(self, left: sympy.MatrixSymbol, right: sympy.MatrixSymbol) -> ClosedForm:
        put = {sympy.Trace(left * right): TOTAL, LargestEigenvalue(left, right): LARGEST}
        expression = pretty_ratio(read_form(self.form.expr.xreplace(put)))
        arranged = eigenvalue_form(expression, components=True)
        refusal = DerivationError(
            f"{formula_text(self.form)} is no sum over the eigenvalues of {left * right}"
        )
        if arranged is None or not expression.free_symbols - {TOTAL, LARGEST} >= {left, right}:
            raise refusal
        sums = sorted(checked(expression, arranged).atoms(EigenSum), key=str)
        stand_ins = {total: scalar(f"sum {k}") for k, total in enumerate(sums)}
        rest = read_form(arranged.xreplace(stand_ins))
        letters = [scalar_letter(s) for s in stand_ins.values()]
        nothing = dict.fromkeys(letters, closed_form(0))
        constant = rest.substitute(nothing)
        slopes = [rest.substitute(nothing | {a: closed_form(1)}) - constant for a in letters]
        linear = sum((c * ClosedForm.of(a) for c, a in zip(slopes, letters, strict=True)), constant)
        per_trace = constant / read_form(TOTAL)
        affine = per_trace.substitute({scalar_letter(TOTAL): closed_form(1)}) * read_form(TOTAL)
        mixed = any(total.letters != (left, right) or total.vectors for total in sums)
        if mixed or linear != rest or affine != constant:
            raise refusal
        bodies = (read_form(total.body.xreplace({total.eigenvalue: EIGENVALUE})) for total in sums)
        found = sum((c * body for c, body in zip(slopes, bodies, strict=True)), closed_form(0))
        return found + per_trace * read_form(EIGENVALUE)

    def products(self) -> list[Product]:
        """The form itself, of which each summand is known."""
        return [Product((SumOverEigenvalues(self),))]

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """Of one summand, numerator times denominator, whose sign is seen from its coefficients."""
        num, den = self.summand.fraction()
        return f"{self.why}: the summand", num * den, None

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        if values.keys() & set(self.form.letters()):
            raise DerivationError("nothing is put for the letters of a sum over eigenvalues")
        return self


class SumOverEigenvalues(Decided):
    """The sum of what each eigenvalue contributes, as the trace of a function of A B.

    Parameters
    ----------
    reason : OverEigenvalues
    """

    def __init__(self, reason: OverEigenvalues):
        self.reason, self.form = reason, reason.form

    def write(self, log: Any, of: int) -> None:
        log.emit(
            "over_eigenvalues",
            claim="no eigenvalue contributes anything negative",
            of=of,
            function=log.data(self._function()),
            pair=[log.letter_id(letter_of(read_form(M))) for M in self.reason.pair],
            marks=[log.letter_id(scalar_letter(s)) for s in (EIGENVALUE, OTHERS, BELOW)],
            summand=log.data(self.reason.summand),
        )

    def _function(self) -> ClosedForm:
        """A function of A B with this trace: of each product of traces the longest one is opened."""
        num, den = self.form.fraction()
        size = read_form(self.reason.pair[0]).rows
        total = ClosedForm.zero(size, size)
        for monomial, c in monomials_of(num).items():
            traces = sorted((word for word in monomial if ROWS[word[0]] == size), key=len)
            if not traces:
                raise UnsupportedError("a part of the sum is no trace")
            rest = list(monomial)
            rest.remove(traces[-1])
            word = self._turned(traces[-1])
            total = total + product_of_letters(size, size, word) * (
                closed_form(from_monomials({tuple(rest): c})) / den
            )
        return total

    def _turned(self, word: Word) -> Word:
        """The word of a trace that begins with A B, as a product of functions of A B."""
        pair = tuple(letter_of(read_form(M)) for M in self.reason.pair)
        for one in (word, transposed_word(word)):
            for k in range(len(one)):
                turned = one[k:] + one[:k]
                if turned[:2] == pair and _splits(turned, pair):
                    return turned
        raise UnsupportedError("a trace is of no function of the product")


def _splits(word: Word, pair: Word) -> bool:
    """True if a word is a product of A B and of inverses of sums."""
    while word:
        if word[:2] == pair:
            word = word[2:]
        elif is_inverse_of_sum(word[0]):
            word = word[1:]
        else:
            return False
    return True
