"""Effective parameters of a model of sequences at numbers: arrays from symbols, and entries of symbols from arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy

from symicl.algebra import exact_scalar
from symicl.errors import InputError, ShapeError, UnsupportedError
from symicl.expectation import Named, Parameter, ScalarMatrix
from symicl.numeric import np


def unknowns(parameters: Mapping[str, Any]) -> dict[str, bool]:
    """The names of the matrices and scalars that parameters are made of, True for matrices."""
    found: dict[str, bool] = {}
    for p in _blocks(parameters.values()):
        if isinstance(p, Named):
            found[p.name] = True
        else:
            found |= {symbol.name: False for symbol in sorted(_scalar(p).free_symbols, key=str)}
    return found


def scalars(parameters: Mapping[str, Any]) -> dict[str, sympy.Symbol]:
    """The scalars that parameters are made of, by name."""
    parts = [p for p in _blocks(parameters.values()) if not isinstance(p, Named)]
    return {symbol.name: symbol for p in parts for symbol in _scalar(p).free_symbols}


def _blocks(parameters: Iterable[Any]) -> Iterator[Any]:
    for p in parameters:
        if isinstance(p, list | tuple):
            yield from _blocks(p)
        else:
            yield p


def _scalar(parameter: Any) -> sympy.Expr:
    """A scalar, or the number in front of an identity.

    Raises
    ------
    UnsupportedError
        For other matrices.
    """
    if isinstance(parameter, Parameter) and not isinstance(parameter, ScalarMatrix):
        raise UnsupportedError(f"{parameter!r} is neither a scalar nor a multiple of the identity")
    return exact_scalar(parameter.value if isinstance(parameter, ScalarMatrix) else parameter, "a parameter")


def at_numbers(parameters: Mapping[str, Any], given: Mapping[str, Any], d: int) -> dict[str, np.ndarray]:
    """Arrays of exact numbers for parameters, from those for the matrices and scalars that they are made of."""

    def number(parameter: Any) -> Fraction:
        value = _scalar(parameter)
        value = value.subs(
            {symbol: exact_scalar(given[symbol.name], str(symbol)) for symbol in value.free_symbols}
        )
        return Fraction(int(value.p), int(value.q))

    def block(parameter: Any) -> np.ndarray:
        if isinstance(parameter, Named):
            return np.asarray(given[parameter.name], dtype=object)
        diagonal = number(parameter)
        return np.array([[diagonal * (i == j) for j in range(d)] for i in range(d)], dtype=object)

    def whole(parameter: Any) -> np.ndarray:
        if isinstance(parameter, list | tuple):
            return np.block([[block(p) for p in row] for row in parameter])
        if isinstance(parameter, Parameter):
            return block(parameter)
        return np.array([[number(parameter)]], dtype=object)

    return {name: whole(parameter) for name, parameter in parameters.items()}


def split_arrays(parameters: Mapping[str, Any], given: Mapping[str, Any], d: int) -> dict[str, Any]:
    """Cut whole parameters into the named matrices and scalars of a loss; what is given by these names stays.

    Parameters
    ----------
    parameters : mapping
        The effective parameters of the loss.
    given : mapping from names to nested lists, arrays or numbers
    d : int

    Raises
    ------
    ShapeError
        If a parameter has the wrong size.
    InputError
        If a block that is no parameter of the loss is not zero.
    """
    found = dict(given)
    for name, parameter in parameters.items():
        if name not in given:
            continue
        if isinstance(parameter, list | tuple):
            del found[name]
            array = np.asarray(given[name], dtype=object)
            wanted = (len(parameter) * d, len(parameter[0]) * d)
            if array.shape != wanted:
                raise ShapeError(
                    f"the parameter {name} is {'×'.join(map(str, array.shape))}, but it must be {wanted[0]}×{wanted[1]}"
                )
            for i, row in enumerate(parameter):
                for j, block in enumerate(row):
                    part = array[i * d : (i + 1) * d, j * d : (j + 1) * d]
                    found |= _entries(f"block ({i + 1}, {j + 1}) of {name}", block, part)
        elif not isinstance(parameter, Named):
            found |= _entries(name, parameter, np.asarray(found.pop(name), dtype=object))
    return found


def _entries(name: str, block: Any, part: np.ndarray) -> dict[str, Any]:
    if isinstance(block, Named):
        return {block.name: part}
    value = block.value if isinstance(block, ScalarMatrix) else block
    number = part.reshape(-1)[0]
    if isinstance(block, Parameter) or value == 0:
        other = part - number * np.eye(len(part), dtype=int)
        if np.any(other != 0):
            raise InputError(f"{name} is not a multiple of the identity, as the parameters of this loss are")
    if isinstance(value, sympy.Symbol):
        return {value.name: number}
    if number != value:
        raise InputError(f"{name} is {value} in this loss, and not {number}")
    return {}
