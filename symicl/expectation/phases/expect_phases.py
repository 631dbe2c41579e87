"""The expectation over random phases and the first vector."""

from __future__ import annotations

from typing import NamedTuple

from symicl.algebra import Polynomial, written
from symicl.errors import UnsupportedError
from symicl.expectation.phases.affine import Affine
from symicl.expectation.phases.entry_sums import Factor
from symicl.expectation.phases.expressions import PhaseScalar
from symicl.expectation.phases.in_time import InTime
from symicl.expectation.phases.parameters import ExchangeableMatrix
from symicl.expectation.phases.partitions import Labels, coincidences
from symicl.expectation.phases.phase_expectation import PHASES, Pattern, PhaseExpectation
from symicl.expectation.phases.phases_log import write
from symicl.expectation.phases.positions import sum_over_solutions
from symicl.expectation.phases.terms import Position, Term, renamed

written(PHASES, write)


class _Times(NamedTuple):
    """Everything that the sum over the times depends on."""

    equations: frozenset[Affine]
    region: tuple[Affine, ...]
    positions: tuple[Position, ...]
    over: int


def expect_phases(expression: PhaseScalar, *, paired: bool = False) -> PhaseExpectation:
    """E over λ_1, …, λ_d, independent and uniform on the unit circle, for every t ≥ 2 and every d.

    Parameters
    ----------
    expression : PhaseScalar
        All its times but t must be summed.
    paired : bool
        λ_{2k} is the conjugate of λ_{2k−1}, as for commuting real orthogonal matrices.

    Notes
    -----
    E Π_r λ_r^{m_r} = Π_r [m_r = 0]: each block of coinciding coordinates gives one linear equation in the
    times, and the expectation counts the solutions.
    """
    counted: dict[tuple[Pattern, _Times], Polynomial] = {}
    terms = tuple(map(_with_plain_names, expression.terms))
    for term in terms:
        if not paired and _equations(term, tuple([(0, 1)] * len(term.data))) is None:
            continue  # its total charge is not zero, so one of its phases is left over in any case
        for labels in coincidences(len(term.data), paired):
            equations = _equations(term, labels)
            if equations is None:
                continue
            pattern, factor = _pattern(term, labels, paired)
            key = pattern, _Times(equations, term.region, term.positions, term.over)
            counted[key] = counted.get(key, Polynomial()) + factor
    patterns: dict[Pattern, InTime] = {}
    for (pattern, times), factor in counted.items():
        if factor:
            found = sum_over_solutions(times.equations, times.region, times.positions)
            function = found.over_length(times.over) * factor
            patterns[pattern] = patterns.get(pattern, InTime()) + function
    return PhaseExpectation({p: f for p, f in patterns.items() if f}, paired, terms)


def _with_plain_names(term: Term) -> Term:
    """The term with its summed times named 1, 2, …, so that equal systems of equations are solved once."""
    used = {v for x in term.data for v in x.exponent.variables()}
    used |= {v for form in term.region for v in form.variables()}
    used |= {v for p in term.positions for v in p.time.variables()}
    if term.vector:
        raise UnsupportedError("an expectation is taken of scalars; form an inner product first")
    if not used <= term.bound:
        raise UnsupportedError("a time of the context is left open; sum over it with the sequence's own sum")
    return renamed(term, {v: k + 1 for k, v in enumerate(sorted(term.bound))})


def _equations(term: Term, labels: Labels) -> frozenset[Affine] | None:
    """The exponents of the distinct phases, which must vanish; None if one is a number other than zero."""
    exponents: dict[int, Affine] = {}
    for x, (block, sign) in zip(term.data, labels, strict=True):
        form = x.exponent if sign > 0 else x.exponent.times(-1)
        exponents[block] = exponents[block].plus(form) if block in exponents else form
    equations = set()
    for form in exponents.values():
        if form.terms:
            equations.add(form if form.terms[0][1] > 0 else form.times(-1))
        elif form.constant:
            return None
    return frozenset(equations)


def _pattern(term: Term, labels: Labels, paired: bool) -> tuple[Pattern, Polynomial]:
    """The pattern of coinciding coordinates and the scalar factor in front of it."""
    degrees = [[0, 0] for _ in range(1 + max([b for b, _ in labels], default=-1))]
    for x, (block, sign) in zip(term.data, labels, strict=True):
        degrees[block][sign < 0] += x.degree
    factor, kept = term.factor, []
    for parameter, indices in term.entries:
        nodes = tuple([labels[i] for i in indices])
        if isinstance(parameter, ExchangeableMatrix):
            factor = factor * parameter.entry(*nodes)
        else:
            kept.append(Factor(parameter.name, parameter.is_conjugate, nodes))
    pairs = [(k, l) for k, l in degrees]
    if not kept:
        pairs.sort()
    return Pattern(tuple(pairs), tuple(sorted(kept))), factor
