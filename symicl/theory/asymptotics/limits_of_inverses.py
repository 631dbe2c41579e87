"""Limits of closed forms with inverses of sums as substitutions, which whoever rechecks them computes as well.

With t for s → 0, or for 1/s and s → ∞, the inverse of a sum is t⁻ᵏ times that of N = A + E(t), where the leading part
A has an inverse and E(0) = 0. What is undefined at t = 0 is put right by N⁻¹ = A⁻¹ − A⁻¹E N⁻¹, as often as it takes;
then t is 0 and N⁻¹ is A⁻¹.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import (
    MEANING,
    ClosedForm,
    inverse_of,
    is_inverse_of_sum,
    powers,
    read_form,
    reported,
    scalar_letter,
    written,
)
from symicl.errors import UnsupportedError
from symicl.theory.asymptotics.expanded import MAX_CORRECTIONS, is_inverse_in, known_inverse

REWRITTEN = written(
    "inverses rewritten",
    lambda log, call: log.given("data", call.result, of=log.node(call.arguments[0])),
)
"""A value in another form, which is equal by the equations of the inverses in it."""


def limit_of_inverses(form: ClosedForm, symbol: sympy.Symbol, *, at_zero: bool) -> ClosedForm:
    """The limit as a symbol vanishes or grows, one operation after the other.

    Raises
    ------
    UnsupportedError
        If an inverse in which another one stands depends on the symbol, a leading part is not seen to be invertible, or
        no limit is found.
    """
    small = symbol if at_zero else sympy.Dummy("t", positive=True)
    t, x = ClosedForm.of(scalar_letter(small)), scalar_letter(symbol)
    put = {} if at_zero else {x: 1 / t}
    hidden = sorted(a for a in form.letters() if is_inverse_in(a, symbol))
    inverses = [_Inverse(a, _base(a).substitute(put), scalar_letter(small), symbol) for a in hidden]
    moved = form.substitute(put | {i.of: i.value for i in inverses if i.value != ClosedForm.of(i.of)})
    limits = {scalar_letter(small): ClosedForm.number(0)} | {i.letter: i.limit for i in inverses}
    for corrections in range(MAX_CORRECTIONS):
        longer = tuple((i.letter, i.corrected(corrections)) for i in inverses)
        rewritten = _rewritten(moved, longer) if corrections else moved
        try:
            return rewritten.substitute(limits)
        except ZeroDivisionError:
            pass
    raise UnsupportedError(
        f"there is no finite limit in {symbol}, or it needs more than {MAX_CORRECTIONS} terms of the inverses in it"
    )


def _base(a: int) -> ClosedForm:
    """The sum that a letter is the inverse of."""
    meaning: Any = MEANING[a]
    return read_form(meaning.arg)


@reported(REWRITTEN)
def _rewritten(form: ClosedForm, pairs: tuple[tuple[int, ClosedForm], ...]) -> ClosedForm:
    return form.substitute(dict(pairs))


@dataclass
class _Inverse:
    """The inverse of a sum, which is a multiple of Q = N⁻¹.

    Attributes
    ----------
    of : int
        Its letter.
    base : ClosedForm
        The sum, in which t stands.
    t : int
    symbol : SymPy symbol
        The one that errors name.
    """

    of: int
    base: ClosedForm
    t: int
    symbol: sympy.Symbol

    def __post_init__(self) -> None:
        top, below = self.base.fraction()
        parts = powers(top, (self.t,))
        least = min(parts)
        t = ClosedForm.of(self.t)
        N = top / t**least
        inverse = inverse_of(N)
        found = [a for a in inverse.letters() if is_inverse_of_sum(a) and self.t in _base(a).letters()]
        if len(found) != 1 or (scale := inverse.coefficient((found[0],))).letters() & {self.t, *found}:
            raise UnsupportedError("the inverse of a sum has no leading part of its own")
        (self.letter,) = found
        self.value = inverse * below / t**least
        self._scale, self._first = scale, known_inverse(parts[least], self.symbol)
        self._error = N - parts[least]

    @property
    def limit(self) -> ClosedForm:
        """Q at t = 0."""
        return self._first / self._scale

    def corrected(self, times: int) -> ClosedForm:
        """Q with A⁻¹ − A⁻¹E Q in its place, so many times."""
        value = ClosedForm.of(self.letter)
        for _ in range(times):
            value = self.limit - self._first @ self._error @ value
        return value
