"""Operations in a certificate: how each one that a recording remembers is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from operator import truediv
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    INVERSE,
    MEANING,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    WRITERS,
    Call,
    ClosedForm,
    Helper,
    Log,
    call_of,
    closed_form,
    has_inverse_of_sum,
    inverse_of_product,
    is_inverse_of_sum,
    is_value,
    letter,
    product_of_letters,
    read_form,
    reciprocals_of,
    same_form,
    scalar_letter,
    size_of,
    without_last,
    word_cols,
    word_rows,
)
from symicl.certificates.letters import LIMIT_TIME, PRIME, STEP_SIZE
from symicl.certificates.recorder import Recording
from symicl.certificates.values import ValueLog, made_by
from symicl.errors import UnsupportedError
from symicl.theory import MatrixEquation


class OperationLog(ValueLog):
    """Writes closed forms together with the operations that made them."""

    def __init__(self, recording: Recording, header: Mapping[str, Any]):
        super().__init__(recording, header)
        self._helpers: dict[Any, Any] = {}

    def helper(self, kind: Callable[[Log], Helper]) -> Helper:
        """See `symicl.algebra.log.Log`."""
        if kind not in self._helpers:
            self._helpers[kind] = kind(self)
        found: Helper = self._helpers[kind]
        return found

    def write(self, call: Call) -> None:
        """Write what an operation has made."""
        if all(self.knows(made) for made in made_by(call)):
            return
        if call.rule in WRITERS:
            id_ = WRITERS[call.rule](self, call)
        else:
            id_ = getattr(self, "_write_" + call.rule.replace(" ", "_"))(call, *call.arguments)
        if id_ is not None:
            self.remember(call.result, id_)

    def _write_sum(self, call: Call, a: Any, b: Any) -> int:
        return self.value(
            "sum", self.letters.number(call.result), parts=[self._of(call, a), self._of(call, b)]
        )

    def _negative(self, a: Any) -> int:
        id_ = self.node(a)
        number = -self.print_of(id_, a) % PRIME
        return self._product(self.data(closed_form(-1)), id_, number)

    def print_of(self, id_: int, value: Any) -> int:
        return self._prints[id_] if id_ in self._prints else self.letters.number(value)

    def _write_negative(self, call: Call, a: Any) -> int:
        return self._negative(a)

    def _write_difference(self, call: Call, a: Any, b: Any) -> int:
        if isinstance(call.result, ClosedForm):
            b = self._cleared(b)
        return self.value(
            "sum", self.letters.number(call.result), parts=[self._of(call, a), self._negative(b)]
        )

    def _write_reversed_difference(self, call: Call, a: Any, b: Any) -> int:
        return self._write_difference(call, b, a)

    def _write_product(self, call: Call, a: Any, b: Any) -> int:
        return self._product(self._of(call, a), self._of(call, b), self.letters.number(call.result))

    def _write_reversed_product(self, call: Call, a: Any, b: Any) -> int:
        return self._write_product(call, b, a)

    def _write_power(self, call: Call, a: Any, exponent: int) -> int:
        base = result = self.node(a)
        number = self.letters.number(a)
        for k in range(2, abs(exponent) + 1):
            result = self._product(result, base, pow(number, k, PRIME))
        if exponent == 0:
            return self.node(1)
        return result if exponent > 0 else self.over(self.node(1), result, call.result)

    def _write_quotient(self, call: Call, a: Any, b: Any) -> int:
        return self.over(self._of(call, a), self._of(call, b), call.result)

    def _write_data(self, call: Call) -> int:
        return self.data(call.result)

    def _write_reversed_quotient(self, call: Call, a: Any, b: Any) -> int:
        return self._write_quotient(call, b, a)

    def _write_reciprocal(self, call: Call, a: Any) -> int:
        return self.over(self.node(1), self.node(a), call.result)

    def _write_over(self, call: Call, num: Any, den: Any = 1) -> int:
        top = self._of(call, num)
        return top if isinstance(den, int) and den == 1 else self.over(top, self._of(call, den), call.result)

    def _write_numerator(self, call: Call, a: ClosedForm) -> int:
        of = self.node(a)
        _, den = a.fraction()
        if den != 1:
            of = self._product(of, self.data(den), self.letters.number(call.result))
        # Whoever rechecks it has the quotient as it arose, in which nothing is cancelled.
        return self.given("data", call.result, of=of)

    def _write_denominator(self, call: Call, a: ClosedForm) -> int:
        return self.data(call.result)

    def _write_transpose(self, call: Call, a: Any) -> int:
        return self.value("transpose", self.letters.number(call.result), of=self.node(a))

    def _write_trace(self, call: Call, a: Any) -> int:
        return self.value("trace", self.letters.number(call.result), of=self.node(a))

    def _write_multiple(self, call: Call, a: ClosedForm) -> int:
        trace = self.value("trace", self.letters.number(a.trace()), of=self.node(a))
        return self.over(trace, self.data(size_of(a.rows)), call.result)

    def _of(self, call: Call, a: Any) -> int:
        """The entry of what an operation was given."""
        return self.node(self._cleared(a) if isinstance(call.result, ClosedForm) else a)

    def _cleared(self, a: Any) -> Any:
        """A closed form in which letters such as 1/(n + 1) have become the fractions that they stand for."""
        known = is_value(a) and not isinstance(a, ClosedForm)
        table = {x: closed_form(1, of) for x, of in reciprocals_of(a.letters())} if known else {}
        if not table:
            return a
        cleared = closed_form(a)
        self.remember(cleared, self.put(self.node(a), table, cleared))
        return cleared

    def _write_limit(self, call: Call, a: ClosedForm, symbol: sympy.Symbol) -> int:
        """The value of a(1/t) at t = 0."""
        x, t = scalar_letter(symbol), letter(LIMIT_TIME, ONE, ONE)
        if x not in a.letters():
            return self.node(a)
        small = ClosedForm.of(t)
        moved = self.put(self.node(a), {x: 1 / small}, a.substitute({x: 1 / small}))
        return self.put(moved, {t: closed_form(0)}, call.result)

    def _write_limit_at_zero(self, call: Call, a: ClosedForm, symbol: sympy.Symbol) -> int:
        """The value at 0."""
        x = scalar_letter(symbol)
        return self.put(self.node(a), {x: closed_form(0)}, call.result) if x in a.letters() else self.node(a)

    def put(self, of: int, table: Mapping[int, Any], result: Any) -> int:
        """Write a substitution."""
        of_form = isinstance(result, ClosedForm)
        values = {x: self._cleared(y) if of_form else y for x, y in sorted(table.items())}
        pairs = ((self.letters.id(x), self.node(y)) for x, y in values.items())
        letters = [[x, y] for x, y in pairs if x != y]  # a letter for itself says nothing
        if not letters:
            return of
        return self.value("substitute", self.letters.number(result), of=of, letters=letters)

    def _write_substitute(self, call: Call, a: Any, table: Any, value: Any = None) -> int:
        replacements: dict[int, Any] = {table: value} if isinstance(table, int) else dict(table)
        for x, y in list(replacements.items()):
            if INVERSE[x] != NO_LETTER and INVERSE[x] not in replacements:
                replacements |= {INVERSE[x]: _inverse_of(y)} if INVERSE[x] in a.letters() else {}
        # A letter that stands only inside of the inverse of a sum is replaced together with that.
        sums = [MEANING[x] for x in replacements if x in a.letters() and is_inverse_of_sum(x)]
        there = a.letters().union(*(read_form(x.arg).letters() for x in sums if isinstance(x, sympy.Inverse)))
        used = {x: y for x, y in replacements.items() if x in there}
        return self.put(self.node(a), used, call.result) if used else self.node(a)

    def _write_cut(self, call: Call, a: Any, probe: int, *shape: int) -> int:
        return self.given("cut", call.result, of=self.node(a), letter=self.letters.id(probe))

    def _write_gradient(self, call: Call, a: Any, x: int) -> int:
        """G' is cut out of (f(A + sD) − f(A))/s at s = 0."""
        direction = letter(("direction", x), ROWS[x], COLS[x], symmetric=PARTNER[x] == x)
        s = letter(STEP_SIZE, ONE, ONE)
        size, along, here = ClosedForm.of(s), ClosedForm.of(direction), closed_form(self._cleared(a))
        moved = ClosedForm.of(x) + along * size
        moved_form = here.substitute({x: moved})
        of = self.node(self._cleared(a))
        there = self.put(of, {x: moved}, moved_form)
        change = moved_form - here
        difference = self.value(
            "sum", self.letters.number(change), parts=[there, self._negative(self._cleared(a))]
        )
        speed = change / size
        quotient = self.over(difference, self.data(size), speed)
        turned = closed_form(call.result).T
        slope = (turned @ along).trace()
        start = self.put(quotient, {s: closed_form(0)}, slope) if s in speed.letters() else quotient
        cut = self.given("cut", turned, of=start, letter=self.letters.id(direction))
        return self.value("transpose", self.letters.number(call.result), of=cut)

    def asserted(self, value: Any, claim: str, why: str, **fields: Any) -> int:
        return self.given("asserted", value, claim=claim, why=why, **fields)

    # --- facts -------------------------------------------------------------------------------------------

    def at_least(self, claim: str, value: int, bound: int, square: int) -> int:
        """value ≥ bound, as the difference is ``square``, the expectation of a square."""
        return self.emit("minimum", claim=claim, **self.at_least_fields(value, bound, square))

    def at_least_fields(self, value: int, bound: int, square: int) -> dict[str, int]:
        """The fields of the same entry.

        The rule for minima takes it as a problem in one number k whose normal equation is k = 0.
        """
        k = letter("k of a trivial minimum", ONE, ONE)
        scalar = ClosedForm.of(k)
        unknown, one, zero = self.letters.id(k), self.node(1), self.data(closed_form(0))
        normal = self.data(scalar)
        equation = self.emit("factorised", of=normal, letter=unknown, scale=one, F=one, C=zero)
        at = self.value("quotient", 0, of=zero, by=one, result=zero, solves=equation)
        return {
            "letter": unknown,
            "factorised": equation,
            "loss": value,
            "candidate": bound,
            "square": square,
            "normal": normal,
            "direction": zero,
            "at": at,
            "power": bound,
            "explained": self.data(scalar * scalar),
            "value": bound,
        }

    # --- equations ---------------------------------------------------------------------------------------

    def _write_factorised(self, call: Call, equation: ClosedForm, unknown: int) -> None:
        self.factorised(call)

    def factorisation(self, equation: MatrixEquation) -> Call:
        """The operation that made a factorised equation."""
        call = call_of(equation)
        assert call is not None
        return call

    def factorised(self, call: Call, **extra: Any) -> int:
        """The factorisation of a normal equation; its factor and right side become known closed forms."""
        equation, unknown = call.arguments
        found: MatrixEquation = call.result
        of = self.node(equation)
        if (equation.rows, equation.cols) != (_side(found, 0), _side(found, 1)):
            of = self.value("transpose", self.letters.number(equation.T), of=of)
        for part in (found.scale, found.factor, found.right_side):
            if not self.knows(part):
                self.remember(part, self.data(part))
        words = {"L": found.left, "R": found.right}
        sides = {
            key: self.data(product_of_letters(word_rows(word), word_cols(word), word))
            for key, word in words.items()
            if word
        }
        return self.emit(
            "factorised",
            of=of,
            letter=self.letters.id(unknown),
            scale=self.node(found.scale),
            F=self.node(found.factor),
            C=self.node(found.right_side),
            **sides,
            **extra,
        )

    def _write_inverse(self, call: Call, form: ClosedForm, *_: Any) -> int:
        """I F⁻¹; whoever rechecks it multiplies the result by F."""
        if len(form.terms) > 1 and has_inverse_of_sum(form):
            raise UnsupportedError(
                "it divides by a sum with an inverse of a sum in it, which may have no inverse"
            )
        one = self.data(ClosedForm.identity(form.rows))
        number, result = self.letters.number(call.result), self.data(call.result)
        return self.value("quotient", number, of=one, by=self.node(form), result=result)

    def _write_solution(self, call: Call, numerator: ClosedForm, factor: ClosedForm) -> int:
        made = self._quotient(numerator, factor, self.data(call.result), call.result)
        if made is None:
            raise UnsupportedError("no common factor of the two forms of a quotient is found")
        return made

    def as_quotient(self, solution: ClosedForm, result: int, value: ClosedForm) -> int:
        """Say that a closed form is the solution of an equation, or a multiple of it, as numerator · factor⁻¹.

        Parameters
        ----------
        solution : ClosedForm
            As it was derived; one that is no such solution is written as it is.
        result, value : int, ClosedForm
            The same, perhaps in another form, and its entry. Where it is not seen to be the same, as in a wrong
            statement, the solution is written as it is, and whoever rechecks the file refuses the equality.
        """
        call, scalars = call_of(solution), list[ClosedForm]()
        while call is not None and call.rule == "product" and _is_scalar(call.arguments[1]) and value:
            base, scalar = call.arguments
            call, scalars = call_of(base), [*scalars, scalar]
        if call is None or call.rule != "solution":
            return self.node(solution)
        numerator, factor = call.arguments
        inner = reduce(truediv, scalars, value)
        of = self._quotient(numerator, factor, self.data(inner) if scalars else result, inner)
        if of is None:
            return self.node(solution)
        for scalar in reversed(scalars):
            inner = inner * scalar
            of = self._product(of, self.node(scalar), self.letters.number(inner))
        return of

    def _quotient(
        self, numerator: ClosedForm, factor: ClosedForm, result: int, value: ClosedForm
    ) -> int | None:
        """The entry of a quotient; None if the value is not seen to be it."""
        of, by = self.node(numerator), self.node(factor)
        common = common_factor(numerator, factor, value)
        if common is None:
            return None
        extra = {"common": self.data(common[0])} if common else {}
        made = call_of(numerator)
        if made is not None and made.rule == "factorised":
            extra["solves"] = self.factorised(made)
        return self.value("quotient", self.letters.number(value), of=of, by=by, result=result, **extra)


def _inverse_of(value: Any) -> ClosedForm:
    """The inverse of a scalar times a product of letters."""
    inverse = inverse_of_product(closed_form(value))
    assert inverse is not None
    return inverse


def _is_scalar(value: Any) -> bool:
    return isinstance(value, ClosedForm) and value.is_scalar


def _side(equation: MatrixEquation, which: int) -> int:
    """The number of rows or of columns of a factorised equation."""
    if which == 0:
        return ROWS[equation.left[0]] if equation.left else equation.right_side.rows
    return COLS[equation.right[-1]] if equation.right else equation.right_side.cols


def common_factor(
    numerator: ClosedForm, factor: ClosedForm, value: ClosedForm
) -> tuple[()] | tuple[ClosedForm] | None:
    """Q with F = B Q and N = A Q, where N F⁻¹ is the quotient and A B⁻¹ the value; nothing if the value times F is N.

    None if neither is seen. That inverses of sums cancel is not used where there is a Q, which every reader of the
    certificate can multiply by.
    """
    product = value @ factor
    if same_form(product, numerator):
        return ()
    last = {word[-1] if word else NO_LETTER for (_, word) in value.terms}
    inverse = last.pop() if len(last) == 1 else NO_LETTER
    meaning = MEANING[inverse] if inverse != NO_LETTER else None
    if isinstance(meaning, sympy.Inverse) and inverse <= PARTNER[inverse]:
        base = read_form(meaning.arg)
        others = without_last(value, base.rows)
        for common in _candidates(base, factor):
            if same_form(base @ common, factor) and same_form(others @ common, numerator):
                return (common,)
    return () if product == numerator else None


def _candidates(base: ClosedForm, factor: ClosedForm) -> Iterator[ClosedForm]:
    """The quotient of the coefficients of a word, and every letter of the right size."""
    for word in {w for (_, w) in base.terms}:
        if above := factor.coefficient(word):
            yield above / base.coefficient(word)
    for a in sorted(factor.letters()):
        if ROWS[a] == COLS[a] == base.rows:
            yield ClosedForm.of(a)
