"""A flow on a set given by an ansatz: whether it stays there, and the equations of what is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr
from sympy.matrices.expressions.matexpr import MatrixSymbol

from symicl.algebra import (
    COLS,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    RandomMatrix,
    derivative_along,
    exact_scalar,
    letter,
    powers,
    read_form,
    refuse_namesakes,
    scalar_letter,
    symbol_letter,
)
from symicl.errors import InputError, UnsupportedError, brief
from symicl.theory.dynamics.motion import Motion
from symicl.theory.dynamics.roots import Roots
from symicl.typeset import formula_text


@dataclass(frozen=True, eq=False)
class Ansatz:
    """Expressions for the letters that move, in new symbols.

    Attributes
    ----------
    forms : dict
        By name of the letter that moves.
    letters : dict
        The new letters, by name.
    roots : Roots
        Those of the system and of the ansatz.
    """

    forms: Mapping[str, ClosedForm]
    letters: Mapping[str, int]
    roots: Roots

    def put(self, form: ClosedForm, system: Motion) -> ClosedForm:
        """A closed form in the letters of the system, on the ansatz."""
        moved = form.substitute({system.letters[name]: image for name, image in self.forms.items()})
        return self.roots.put(moved)


def read_ansatz(system: Motion, given: Mapping[Any, Any], constants: Iterable[sympy.Basic] = ()) -> Ansatz:
    """Expressions for the letters that move, read and checked for their shapes; see `symicl.theory.System.reduce`."""
    if not isinstance(given, Mapping) or not given:
        raise InputError("an ansatz is a dict from letters to expressions, such as {B: p*sympy.Identity(d)}")
    values = {}
    for key, value in given.items():
        name = system._name(key)
        values[name] = _expression(system, name, value)
    unknowns = system.unknowns
    kept = {name: symbol for name, symbol in unknowns.items() if name not in values}
    roots = system.roots.with_those_of(*values.values())
    fixed = {s for s in system.symbols.values() if s not in unknowns.values()} | set(constants)
    refuse_namesakes(*values.values(), *kept.values(), *fixed)
    new: dict[str, int] = {}
    for value in (*values.values(), *kept.values()):
        for symbol in sorted(value.free_symbols - fixed - _sizes(value), key=str):
            is_matrix = isinstance(symbol, MatrixSymbol)
            new.setdefault(symbol.name, symbol_letter(symbol) if is_matrix else scalar_letter(symbol))
    new = {name: a for name, a in new.items() if MEANING[a] not in fixed}
    forms = {}
    for name, a in system.letters.items():
        form = read_form(roots.named(values[name])) if name in values else ClosedForm.of(a)
        if (form.rows, form.cols) != (ROWS[a], COLS[a]):
            raise InputError(
                f"{name} is {ClosedForm.of(a).shape_text}, and its ansatz {brief(values[name])} is {form.shape_text}"
            )
        forms[name] = roots.put(form)
    return Ansatz(forms, new, roots)


def _sizes(expression: Any) -> set[Any]:
    """Symbols that are sizes of matrices."""
    parts = expression.atoms(MatrixSymbol, sympy.Identity, sympy.ZeroMatrix)
    return {s for part in parts for size in part.shape for s in size.free_symbols}


def _expression(system: Motion, name: str, value: Any) -> Any:
    """An entry of the ansatz as an expression of the right kind: a scalar p for a square matrix means p·I."""
    symbol = system.unknowns[name]
    if not isinstance(value, sympy.Basic):
        value = exact_scalar(value, f"the ansatz of {name}")
    if not isinstance(value, sympy.Expr | MatrixExpr) or value.has(sympy.Float):
        raise InputError(f"the ansatz of {name} is {brief(value)}; give an exact expression")
    if value.atoms(RandomMatrix):
        raise InputError(
            f"the ansatz of {name} is random; a flow of an expected loss has no randomness in it"
        )
    if isinstance(symbol, MatrixSymbol) and not isinstance(value, MatrixExpr):
        rows, cols = symbol.shape
        if value == 0:
            return sympy.ZeroMatrix(rows, cols)
        if rows != cols:
            raise InputError(
                f"{name} is {rows}×{cols}; a scalar such as {brief(value)} is no ansatz for it, but 0 is"
            )
        return value * sympy.Identity(rows)
    return value


def speeds_on(ansatz: Ansatz, system: Motion) -> dict[str, ClosedForm]:
    """The velocities of the new letters, by name; see `symicl.theory.System.reduce`."""
    goals = {name: ansatz.put(system.velocities[name], system) for name in system.letters}
    speeds = _speeds(ansatz, goals, system)
    for name, goal in goals.items():
        rest = ansatz.roots.put(goal - derivative_along(ansatz.forms[name], speeds))
        _refuse(name, rest, system, ansatz)
    return {name: speeds[a] for name, a in ansatz.letters.items()}


def _speeds(ansatz: Ansatz, goals: Mapping[str, ClosedForm], system: Motion) -> dict[int, ClosedForm]:
    """The velocities of the new letters, as far as the equations determine them."""
    speeds: dict[int, ClosedForm] = {}
    for name, form in ansatz.forms.items():
        for a in ansatz.letters.values():
            if a not in speeds and form == ClosedForm.of(a):
                speeds[a] = _of_its_kind(a, goals[name], system, ansatz)
    open_letters = [a for a in ansatz.letters.values() if a not in speeds]
    for a in open_letters:
        if not (ROWS[a] == COLS[a] == ONE):
            raise UnsupportedError(
                f"the velocity of {MEANING[a]} is not read off: let one weight be {MEANING[a]} itself"
            )
    tokens = {a: letter(("speed", a), ONE, ONE) for a in open_letters}
    moving = speeds | {a: ClosedForm.of(token) for a, token in tokens.items()}
    equations = [
        equation
        for name, form in ansatz.forms.items()
        for equation in _equations(ansatz.roots.put(derivative_along(form, moving) - goals[name]))
    ]
    found: dict[int, ClosedForm] = {}
    for a, token in tokens.items():
        solvable = [p for e in equations if set(p := powers(e, (token,))) & {1}]
        if not solvable:
            raise UnsupportedError(
                f"the ansatz does not determine how {MEANING[a]} moves; name it in fixed=[…] if it is a constant"
            )
        parts = min(solvable, key=lambda p: len(p[1]))
        found[token] = -parts.get(0, ClosedForm.number(0)) / parts[1]
        equations = [e for old in equations if (e := old.substitute({token: found[token]}))]
    for token in reversed(list(found)):
        for other in found:
            found[other] = found[other].substitute({token: found[token]})
    return speeds | {a: found[token] for a, token in tokens.items()}


def _of_its_kind(a: int, goal: ClosedForm, system: Motion, ansatz: Ansatz) -> ClosedForm:
    """The velocity of a letter, which has to be symmetric if that is."""
    if PARTNER[a] == a:
        _refuse(f"the antisymmetric part of {MEANING[a]}", goal - goal.T, system, ansatz)
    return goal * 0 if system.vanishes(goal) else goal


def _refuse(name: str, rest: ClosedForm, system: Motion, ansatz: Ansatz) -> None:
    """Refuse an ansatz if a velocity has a part that does not move along it.

    Raises
    ------
    InputError
        If the part is not zero at exact numbers.
    UnsupportedError
        If it is not seen whether it vanishes.
    """
    if system.vanishes(rest):
        return
    said = brief(formula_text(ansatz.roots.written(rest.expr)))
    on_it = Motion(ansatz.letters, {}, {}, rest, ansatz.roots)
    if on_it.nonzero_at(rest) is None:
        raise UnsupportedError(f"it is not seen whether this part of the velocity of {name} vanishes: {said}")
    raise InputError(
        f"the flow leaves this ansatz: beside what moves along it, the velocity of {name} is {said}"
    )


def _equations(form: ClosedForm) -> Iterator[ClosedForm]:
    """The scalar equations that say that a form vanishes: one for each word."""
    num, _ = form.fraction()
    for word in dict.fromkeys(word for _, word in num.terms):
        yield num.coefficient(word)
