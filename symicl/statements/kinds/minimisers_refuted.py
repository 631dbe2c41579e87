"""Instances that refute what is said of the set of minimisers: it is larger, smaller, or not so few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy

from symicl.algebra import MEANING, PARTNER, ClosedForm
from symicl.errors import SymiclError
from symicl.numeric import evaluate, instances
from symicl.statements.comparison import instance_text, show
from symicl.statements.kinds.conditions import conditions
from symicl.statements.kinds.fields import Place
from symicl.statements.kinds.minimiser_equations import MinimiserEquations, put_for
from symicl.statements.ties import Ties
from symicl.theory import is_positive, realise
from symicl.typeset import expression_text


def too_large(said: MinimiserEquations, loss: ClosedForm, claims: Mapping[str, sympy.Basic]) -> str:
    """An instance at which the equations hold and the loss is not least."""
    values, all_of_them = said.solved(claims)
    if not all_of_them or not _are_letters_of(loss, values):
        return ""
    found = _instance(said, said.difference(loss, claims).substitute(values), claims)
    return f"is false {found}, as the loss less that value where the equations hold" if found else ""


def too_small(said: MinimiserEquations, ties: Ties, claims: Mapping[str, sympy.Basic]) -> str:
    """An instance of parameters at which the loss is least and an equation does not hold."""
    if ties.task.shows == "sequence":
        return ""
    try:
        optimum = ties.optimum
        point = realise(optimum)
    except SymiclError:
        return ""
    best = {} if optimum.solution is None else {optimum.problem.unknown: optimum.solution}
    for gap, one in zip(said.gaps(claims), said.equations, strict=True):
        off = gap.substitute(point).substitute(best)
        entry = off if off.is_scalar else (off.T @ off).trace()
        if found := _instance(said, entry, claims):
            what = "the difference" if off.is_scalar else "the square of the difference"
            side = expression_text(one)
            return f"is false: the loss is least, too, where {side} is something else, {found}, as {what}"
    return ""


def differs_at_a_place(
    said: MinimiserEquations, other: MinimiserEquations, claims: Mapping[str, sympy.Basic]
) -> str:
    """Parameters at which these equations hold and those of a conclusion do not, or the other way round."""
    for place in said.tries:
        put = put_for(place)
        own, true = ([gap.substitute(put) for gap in gaps] for gaps in (said.gaps(claims), other.gaps({})))
        for holding, broken, what in ((own, true, "not least"), (true, own, "least")):
            off = next((gap for gap in broken if gap), None)
            if off is None or any(holding):
                continue
            entry = off if off.is_scalar else (off.T @ off).trace()
            if found := _instance(said, entry, claims, conditions(other.given, {})[0]):
                where = _text(place)
                these = "hold" if holding is own else "do not hold"
                return f"is false at {where}: the loss is {what} there, and these equations {these}, {found}"
    return ""


def elsewhere(said: MinimiserEquations, loss: ClosedForm, claims: Mapping[str, sympy.Basic]) -> str:
    """A place at which the conditions hold and the loss does not depend on a parameter."""
    scalars, covariances = conditions([c for choice in said.choices() for c in choice], claims)
    values, _ = said.solved(claims)
    for place in said.fails:
        put = put_for(place)
        there = [g.substitute(put) for g in scalars]
        if any(H in place for H in covariances) or not all(map(is_positive, there)):
            continue
        flat = loss.substitute(put)
        for a in values if _are_letters_of(loss, values) else ():
            others = {b: value for b, value in values.items() if b != a and b in flat.letters()}
            if not {a, PARTNER[a]} & set(flat.substitute(others).letters()):
                where = _text(place)
                return f"is false at {where}: there the loss is the same for every {MEANING[a]}"
    return ""


def _instance(
    said: MinimiserEquations,
    form: ClosedForm,
    claims: Mapping[str, sympy.Basic],
    more: Sequence[ClosedForm] = (),
) -> str:
    """An instance at which the conditions hold and a scalar is not zero, in words; empty if none is found."""
    if not form:
        return ""
    expression = form.expr
    scalars = [g.expr for g in (*conditions(said.given, claims)[0], *more)]
    symbols = expression.free_symbols.union(*(g.free_symbols for g in scalars))
    for values in instances(symbols):
        try:
            number = evaluate(expression, values)
            if bool(number != 0) and all(bool(evaluate(g, values) > 0) for g in scalars):
                return f"at {instance_text(dict(values.symbols))}: there it is {show(number)}"
        except (SymiclError, ZeroDivisionError):
            continue
    return ""


def _are_letters_of(loss: ClosedForm, values: Mapping[int, ClosedForm]) -> bool:
    """True if a loss is in these letters, and not in sums over coordinates of what they stand for."""
    own = set(loss.letters())
    return all({a, PARTNER[a]} & own for a in values)


def _text(place: Place) -> str:
    return ", ".join(f"{s} = {expression_text(v)}" for s, v in place.items())
