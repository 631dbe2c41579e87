"""Results of `recursion`, `depth` and `iterate` as what a derivation has found: derived again, and compared.

What is compared is derived here, from the definition that the derivation's result has: its state and step, or its task
and number of layers.
"""

from __future__ import annotations

import sympy

from symicl.errors import SymiclError
from symicl.statements.comparison import Comparison, compare
from symicl.theory import AfterTokens, Depth, Loop, depth, iterate, recursion
from symicl.verdicts import PROVED, UNDECIDED

OwnResult = AfterTokens | Depth | Loop


def derived_again(found: OwnResult) -> OwnResult:
    """The same result, from its definition.

    Raises
    ------
    SymiclError
        If the definition is none.
    """
    if isinstance(found, AfterTokens):
        update = found.update
        return recursion(update.state, update.step, found.tokens, update.constant).expect(found.quantity)
    task, preconditioner = found.gram.task, found.gram.preconditioner
    if isinstance(found, Depth):
        again = depth(task, found.layers, preconditioner=preconditioner)
        assert isinstance(again, Depth)
        return again
    return iterate(task, found.layers, found.sizes, preconditioner=preconditioner)


def meaning(found: OwnResult) -> str:
    """The quantity in words."""
    if isinstance(found, AfterTokens):
        update = found.update
        steps = (f"{a} = {update.state[a]} at first and {update.step[a]} after a token" for a in update.state)
        kept = f"; {', '.join(map(str, update.constant))} drawn once" if update.constant else ""
        return f"the mean of {found.quantity} after {found.tokens} tokens, {'; '.join(steps)}{kept}"
    if isinstance(found, Depth):
        what = "the least excess loss" if found.attained == "steps" else "a lower bound of the excess loss"
        return f"{what} of {found.layers} linear layers on {found.gram.task}"
    return f"the excess loss of {found.layers} steps of descent on {found.gram.task}"


def compare_again(found: OwnResult, stated: sympy.Basic) -> tuple[Comparison, str]:
    """The verdict on what is stated of a result, and the meaning of the quantity."""
    try:
        again = derived_again(found)
        if not isinstance(again, AfterTokens):
            return compare(again.excess_form, stated), meaning(again)
        verdict = again.check(stated)
    except SymiclError as problem:
        return Comparison(UNDECIDED, reason=str(problem)), meaning(found)
    symbols = again.symbols
    values = {symbols[name]: value for name, value in verdict.instance.items()}
    reason = "" if verdict.verdict == PROVED else "it is not seen to be the derived closed form"
    comparison = Comparison(verdict.verdict, values or None, verdict.derived, verdict.stated, reason)
    return comparison, meaning(again)
