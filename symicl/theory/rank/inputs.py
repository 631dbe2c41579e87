"""The weight of bounded rank and the matrix that is updated, as a caller gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import PARTNER, ClosedForm, RandomMatrix, read_form, terms_of
from symicl.errors import InputError, SymiclError, UnsupportedError, brief, described
from symicl.numeric import exact_matrix, matrix_entries
from symicl.theory.lift import LiftedProblem


def bounded_weight(rank: Mapping[str, Any]) -> tuple[str, sympy.Expr]:
    """The name of the one weight and the bound on its rank.

    Raises
    ------
    InputError
        For anything but one name with a natural number or a symbol of one.
    """
    if not isinstance(rank, Mapping) or len(rank) != 1:
        raise InputError(f'rank is {brief(rank)}; give one weight and its rank, such as {{"Gamma": 2}}')
    ((name, size),) = rank.items()
    if not isinstance(name, str):
        raise InputError(f'the weight is {described(name)}; give its name, such as {{"Gamma": 2}}')
    number = sympy.Integer(size) if isinstance(size, int) and not isinstance(size, bool) else size
    if not isinstance(number, sympy.Expr) or not (number.is_integer and number.is_nonnegative):
        raise InputError(
            f"the rank of {name} is {brief(size)}; give an integer from 0 on, or a symbol from si.dims()"
        )
    if not (number.is_Integer or number.is_Symbol):
        raise InputError(f"the rank of {name} is {brief(size)}; give an integer or one symbol")
    return name, number


def start_of_update(problem: LiftedProblem, name: str, update_of: Mapping[str, Any]) -> ClosedForm:
    """K₀: the coefficient K(θ) at the given matrix, of which a multiple of an update of that matrix is added.

    Raises
    ------
    InputError
        If the matrix is for another weight, does not fit, or is random.
    UnsupportedError
        If K(θ) is not a multiple of this weight.
    """
    if not isinstance(update_of, Mapping) or list(update_of) != [name]:
        raise InputError(
            f"update_of is {brief(update_of)}; give the matrix that {name} starts from, {{{name!r}: …}}"
        )
    letters = _parameters(problem) & problem.coefficient.letters()
    words = {word for _, word in terms_of(problem.coefficient.fraction()[0])}
    of_weight = {a for a in letters if words in ({(a,)}, {(PARTNER[a],)})}
    if len(letters) != 1 or letters != of_weight or not _is_made_of(problem, name, letters):
        raise UnsupportedError(
            f"the optimum is sought over updates of {name}, but K(θ) = {brief(problem.coefficient.expr)} is not a "
            "multiple of it"
        )
    (letter,) = letters
    block = problem.loss.parameters[name].single()
    start = start_matrix(name, update_of[name], block, problem.unknown)
    return problem.coefficient.substitute({letter: start if block == ClosedForm.of(letter) else start.T})


def _is_made_of(problem: LiftedProblem, name: str, letters: set[int]) -> bool:
    """True if a parameter of this name is one block, made of these letters."""
    blocks = problem.loss.parameters.get(name)
    return blocks is not None and [[block.letters() for block in row] for row in blocks.grid] == [[letters]]


def _parameters(problem: LiftedProblem) -> set[int]:
    return {
        a
        for p in problem.loss.parameters.values()
        for row in p.grid
        for block in row
        for a in block.letters()
    }


def start_matrix(name: str, given: Any, block: ClosedForm, unknown: int) -> ClosedForm:
    """A given matrix of the shape of a block, free of the unknown.

    Raises
    ------
    InputError
        If it does not fit, is random, or uses the letter of the unknown.
    """
    start = _matrix(name, given)
    if (start.rows, start.cols) != (block.rows, block.cols):
        raise InputError(
            f"{name} is {block.shape_text}, but the matrix that it starts from is {start.shape_text}"
        )
    if unknown in start.letters():
        raise InputError(f"the matrix that {name} starts from uses the letter of the unknown; rename it")
    return start


def _matrix(name: str, given: Any) -> ClosedForm:
    if isinstance(given, sympy.MatrixBase):
        given = sympy.ImmutableMatrix(given)
    if not isinstance(given, MatrixExpr):
        try:
            rows = matrix_entries(exact_matrix(given))
        except (TypeError, ValueError, ArithmeticError, IndexError):
            raise InputError(
                f"the matrix that {name} starts from is {brief(given)}; give a matrix of si.matrix() or of numbers"
            ) from None
        given = sympy.ImmutableMatrix(
            [[sympy.Rational(x.numerator, x.denominator) for x in row] for row in rows]
        )
    if given.has(RandomMatrix):
        raise InputError(f"the matrix that {name} starts from is random; give one that is fixed")
    try:
        return read_form(given)
    except SymiclError as error:
        raise InputError(f"the matrix that {name} starts from is not read: {error}") from None
