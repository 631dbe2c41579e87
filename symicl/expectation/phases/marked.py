"""Derivatives with respect to single entries of a matrix, at multiples of the identity, for any law of x_1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symicl.algebra import Polynomial, reported
from symicl.errors import InputError, UnsupportedError
from symicl.expectation.phases.entry_sums import Factor
from symicl.expectation.phases.in_time import InTime, total_in_time
from symicl.expectation.phases.moments import MomentLaw
from symicl.expectation.phases.parameters import scalar_value
from symicl.expectation.phases.phase_expectation import PHASES, Pattern, PhaseExpectation


@reported(PHASES)
def entry_derivative(
    expectation: PhaseExpectation, law: MomentLaw, name: str, at: Mapping[str, Any], *, diagonal: bool
) -> InTime:
    """∂/∂M_ll or ∂/∂M_lm (l ≠ m) of an expectation, where all its matrices are multiples of the identity.

    Parameters
    ----------
    expectation : PhaseExpectation
        Over real full matrices.
    law : MomentLaw
        Need not be exchangeable: for `AnyLaw` the moments name the coordinates l and m.
    name : str
        The matrix M.
    at : mapping from the names of the matrices to scalars
        M = at[name] · I, and so on.
    diagonal : bool
        With respect to M_ll, or to M_lm with l ≠ m (row l, column m).
    """
    if expectation.paired:
        raise UnsupportedError(
            "derivatives with respect to single entries are not supported for paired phases"
        )
    point = {key: scalar_value(value, f"the value of {key}") for key, value in at.items()}
    return total_in_time(
        function * _derivative(pattern, law, name, point, diagonal)
        for pattern, function in expectation.patterns.items()
    )


def _derivative(
    pattern: Pattern, law: MomentLaw, name: str, point: Mapping[str, Polynomial], diagonal: bool
) -> Polynomial:
    crossing = [f for f in pattern.factors if len({b for b, _ in f.nodes}) > 1]
    if len(crossing) > 1 or (diagonal and crossing):
        return Polynomial()
    total = Polynomial()
    for f in pattern.factors if diagonal else crossing:
        if f.name == name:
            rest = list(pattern.factors)
            rest.remove(f)
            marked = list(dict.fromkeys(b for b, _ in f.nodes))
            exponents = tuple([pattern.degrees[b][0] for b in marked])
            others = [k for b, (k, _) in enumerate(pattern.degrees) if b not in marked]
            total = total + law.marked(exponents, others) * _product(rest, point)
    return total


def _product(factors: list[Factor], point: Mapping[str, Polynomial]) -> Polynomial:
    value = Polynomial.constant(1)
    for f in factors:
        if f.name not in point:
            raise InputError(f"no value is given for {f.name}; add it to the point of the derivative")
        value = value * point[f.name]
    return value
