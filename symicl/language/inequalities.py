"""The verdict on an inequality: between scalars, or in the order of Loewner between symmetric matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import flint
import sympy

from symicl.algebra import ClosedForm, symbol_letter
from symicl.language import tree as t
from symicl.language import value as v
from symicl.language.bounded_letters import in_excess
from symicl.language.failures import between_roots, failure_of, first_failure
from symicl.language.known_bounds import bounds_of
from symicl.language.library import has_opaque_moments
from symicl.language.numbers import ScaledI
from symicl.language.proof import Shown, Sign
from symicl.language.reading import Reader
from symicl.language.result import ClaimResult
from symicl.language.showing import text_of
from symicl.language.value import Value
from symicl.numeric import ExactMatrix, is_semidefinite_matrix
from symicl.theory import is_definite, is_nonnegative, is_positive, show_nonnegative, show_positive
from symicl.verdicts import PROVED, REFUTED

SIGNED = "after n = 1 + m for each dimension no coefficient of the difference is negative"
SQUARES = (
    "the difference is a sum of products of squares, of their means, and of what has no negative coefficient"
)
LOEWNER = "the quadratic form of the difference is {}: {}"
UNDECIDED_SIGN = (
    "it holds on all instances tried, but no certificate of its sign was found; tried were the signs of coefficients "
    "after n = 1 + m, completed squares, and combinations of Cauchy-Schwarz, Chebyshev's inequality for sums and "
    "tr(A B) <= tr(A) tr(B); claims of steps between the sides could decide it, or bounds that are known, such as "
    "assume n > d + 1"
)


def judge_inequality(
    body: t.Relation, left: Value, right: Value, reader: Reader, blank: ClaimResult
) -> ClaimResult:
    """The verdict on left ≤ right, or one of ≥, <, >.

    Raises
    ------
    ClaimError
        If the sides are neither scalars nor symmetric matrices.
    """
    larger, smaller = (left, right) if body.sign[0] == ">" else (right, left)
    strict = len(body.sign) == 1
    difference = reader.at(body.span, lambda: v.add(larger, v.negate(smaller)))
    if v.is_scalar(difference):
        return _scalars(body, _forms(v.form_of(difference), reader), strict, reader, blank)
    if isinstance(difference, v.MultipleOfI):
        raise reader.source.error(body.span, "the size of I is not known here; write I_d")
    return _matrices(body, _forms(difference, reader), strict, reader, blank)


def _forms(difference: ClosedForm, reader: Reader) -> list[ClosedForm]:
    """The difference where bounded dimensions are a bound and an excess, and as it is: what holds for all sizes."""
    excess = in_excess(difference, bounds_of(reader.scope))
    return [excess] if excess is difference else [excess, difference]


def _scalars(
    body: t.Relation, gaps: Sequence[ClosedForm], strict: bool, reader: Reader, blank: ClaimResult
) -> ClaimResult:
    formulas, gap = (body.left, body.right), gaps[0]
    if is_positive(gap) if strict else is_nonnegative(gap):
        return replace(blank, verdict=PROVED, rule=SIGNED, proof=Sign(gap, strict), formulas=formulas)

    def fails(a: Any, b: Any) -> bool:
        if isinstance(a, ScaledI) or isinstance(b, ScaledI):
            return False
        above, below = (a, b) if body.sign[0] == ">" else (b, a)
        return bool(above <= below if strict else above < below)

    failure = failure_of(body, reader, fails, extreme=True)
    failure = failure or first_failure(body, reader, fails, between_roots(gap))
    if failure is not None and has_opaque_moments(failure.values, reader.scope):
        return replace(blank, reason="its truth depends on which moments of the task go together")
    if failure is not None:
        opposite = is_nonnegative(-gap)
        remark = "the opposite inequality holds for all values" if opposite and not strict else ""
        return replace(blank, verdict=REFUTED, counterexample=failure, reason=remark)
    proof = next((found for form in gaps if (found := _shown(form, strict)) is not None), None)
    if proof is None:
        return replace(blank, reason=UNDECIDED_SIGN)
    return replace(blank, verdict=PROVED, rule=SQUARES, proof=proof, formulas=formulas)


def _shown(gap: ClosedForm, strict: bool) -> Shown | None:
    if strict:
        parts = show_positive(gap)
        return None if parts is None else Shown(gap, *parts)
    found = show_nonnegative(gap)
    return None if found is None else Shown(gap, None, found)


# --- matrices --------------------------------------------------------------------------------------------


def _matrices(
    body: t.Relation, differences: Sequence[ClosedForm], strict: bool, reader: Reader, blank: ClaimResult
) -> ClaimResult:
    """A ≥ B between matrices: A − B is positive semidefinite, or definite if it is strict."""
    difference = differences[0]
    if difference.rows != difference.cols or difference != difference.T:
        raise reader.source.error(
            body.span,
            f"inequalities are between scalars, or between symmetric matrices, and the difference of the sides is "
            f"{v.kind_of(difference)} that is not known to be symmetric",
        )

    def fails(a: Any, b: Any) -> bool:
        above, below = (a, b) if body.sign[0] == ">" else (b, a)
        gap = _at_size(above, below) - _at_size(below, above)
        return not is_semidefinite_matrix(gap, strict=strict)

    failure = failure_of(body, reader, fails, extreme=True)
    if failure is not None:
        remark = f"the difference of the sides has {'no' if strict else 'a negative'} "
        remark += "positive definite quadratic form there" if strict else "eigenvalue there"
        return replace(blank, verdict=REFUTED, counterexample=failure, reason=remark)
    name = next(x for x in ("v", "u", "w", "any_vector") if x not in reader.scope.entries)
    size, _ = v.sizes_of(difference)
    vector = ClosedForm.of(symbol_letter(sympy.MatrixSymbol(name, size, 1)))
    parts = [
        (form, definite) for form in differences for definite in (_definite_parts(form) if strict else [None])
    ]
    for form, definite in parts:
        rest = form if definite is None else form - definite
        gap = (vector.T @ rest @ vector).trace()
        found = show_nonnegative(gap)
        if found is None:
            continue
        words = (
            f"{name}'(A - B) {name}, where A - B is the difference of the two sides and {name} is any vector,"
        )
        if definite is not None:
            shown = text_of(definite, blank.names)
            words = (
                f"{name}'(A - B - D) {name}, where D = {shown} is positive definite and {name} is any vector,"
            )
        proof = Shown(gap, None, found, words)
        rule = LOEWNER.format(
            "> 0 at every vector other than 0" if strict else ">= 0 at every vector",
            SIGNED if is_nonnegative(gap) else SQUARES,
        )
        return replace(blank, verdict=PROVED, rule=rule, proof=proof, formulas=(body.left, body.right))
    return replace(blank, reason=UNDECIDED_SIGN)


def _definite_parts(form: ClosedForm) -> Iterator[ClosedForm]:
    """Terms that are positive definite: I, a covariance or the inverse of one, with a positive factor."""
    for word in dict.fromkeys(word for _, word in form.terms if len(word) <= 1):
        factor = form.coefficient(word)
        if all(map(is_definite, word)) and is_positive(factor):
            matrix = ClosedForm.identity(form.rows) if not word else ClosedForm.of(word[0])
            yield matrix * factor


def _at_size(value: Any, other: Any) -> ExactMatrix:
    """A matrix of exact numbers; 0 and multiples of I take the size of the other side."""
    if isinstance(value, ExactMatrix):
        return value
    size = other.nrows() if isinstance(other, ExactMatrix) else 1
    factor = value.factor if isinstance(value, ScaledI) else value
    return flint.fmpq_mat(size, size, [factor * int(i == j) for i in range(size) for j in range(size)])
