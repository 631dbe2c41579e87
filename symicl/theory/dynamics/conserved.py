"""Quantities that a flow conserves: found by linear algebra over the functions of what moves, or judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Any

import sympy

from symicl.algebra import DIMENSIONS, ONE, Blocks, ClosedForm
from symicl.errors import InputError
from symicl.numeric import evaluate
from symicl.theory.dynamics.motion import Motion
from symicl.theory.dynamics.relations import common_multiple, relations
from symicl.typeset import Equation, display, formula_text, renamed
from symicl.verdicts import PROVED, REFUTED, UNDECIDED, Provable


@dataclass(frozen=True, eq=False, repr=False)
class Conserved(Provable):
    """A quantity, and whether it is constant along a flow.

    Attributes
    ----------
    system : Motion
    expr : SymPy expression
        The quantity, a scalar or a matrix.
    parts : tuple of ClosedForm
        The quantity in the letters that move; of a matrix in blocks each block.
    derivatives : tuple of ClosedForm
        Its derivative in time; of a matrix in blocks one for each block. That all of them vanish is the proof.
    verdict : str
        "proved", "refuted" or "undecided".
    instance : dict
        Of a refuted one: exact values by name at which the derivative is not zero.
    """

    system: Motion
    expr: Any
    parts: tuple[ClosedForm, ...]
    derivatives: tuple[ClosedForm, ...]
    verdict: str
    instance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def derivative(self) -> Any:
        """The derivative in time as a SymPy expression; 0 where it is proved to vanish."""
        if not any(self.derivatives):
            return sympy.Integer(0)
        return self.system.written(next(form for form in self.derivatives if form))

    def at(self, **numbers: Any) -> Any:
        """The exact value at numbers for the letters that occur in it.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        from symicl.tasks import exact_values

        wanted = {symbol.name: symbol for symbol in sorted(self.expr.free_symbols, key=str)}
        for symbol in list(wanted.values()):
            for size in getattr(symbol, "shape", ()):
                wanted |= {s.name: s for s in size.free_symbols}
        return evaluate(self.expr, exact_values(wanted, numbers))

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        """The quantity as a displayed equation; one that is not conserved with its derivative in time.

        Parameters
        ----------
        notation : dict, optional
            New names of symbols.
        """
        shown = self.expr if self.proved else self.derivative
        left = r"\mathrm{const}" if self.proved else r"\frac{\mathrm{d}}{\mathrm{d}t}(\cdot)"
        text = display(Equation(left, shown))
        return text if notation is None else renamed(text, shown, notation)

    def _repr_latex_(self) -> str:
        return self.latex()

    def __str__(self) -> str:
        return formula_text(self.expr)

    def __repr__(self) -> str:
        said = "conserved" if self.proved else f"conserved? {self.verdict}"
        sizes = [f"{k}={v}" for k, v in self.instance.items() if getattr(v, "is_number", False)]
        where = f", its derivative is not zero at {', '.join(sizes)}" if sizes else ""
        return f"Conserved({self}: {said}{where})"


def judged(system: Motion, quantity: ClosedForm) -> Conserved:
    """A quantity with the verdict on its derivative.

    Raises
    ------
    InputError
        If nothing in it moves.
    """
    expression = system.written(quantity)
    if quantity.letters().isdisjoint(system.letters.values()):
        raise InputError(
            f"nothing moves in {expression}, so that it is constant; what moves is {', '.join(system.letters)}"
        )
    slope = system.derivative(quantity)
    if system.vanishes(slope):
        return Conserved(system, expression, (quantity,), (slope * 0,), PROVED)
    # Different terms are different functions only for sizes that are large enough: numbers decide.
    instance = system.nonzero_at(slope)
    if instance is None:
        return Conserved(system, expression, (quantity,), (slope,), UNDECIDED)
    return Conserved(system, expression, (quantity,), (slope,), REFUTED, instance)


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A product of two weights, and what it is made of."""

    expr: Any
    parts: Blocks


def find_conserved(system: Motion) -> tuple[Conserved, ...]:
    """All conserved combinations of products of two weights: matrices of each shape, then scalars.

    Scalars that follow from the traces of the matrices are left out.
    """
    found: list[Conserved] = []
    traces = [ClosedForm.number(1)]
    moving = set(system.letters.values())
    for candidates in _by_shape(_matrices(system)).values():
        for candidate, slopes in _combinations(system, candidates):
            found.append(Conserved(system, candidate.expr, tuple(_flat(candidate.parts)), slopes, PROVED))
            grid = candidate.parts.grid
            traces += [row[i].trace() for i, row in enumerate(grid)]
    for scalars in (_traces(system.blocks), _traces(_single(system))):
        for candidate, slopes in _combinations(system, list(scalars)):
            trace = candidate.parts.single()
            if not _depends(trace, traces, moving):
                found.append(Conserved(system, candidate.expr, tuple(_flat(candidate.parts)), slopes, PROVED))
                traces.append(trace)
    return tuple(found)


def _depends(form: ClosedForm, others: Sequence[ClosedForm], moving: set[int]) -> bool:
    """True if a form is a combination of others."""
    return any(vector[-1] for vector in relations([[f] for f in (*others, form)], moving))


def _combinations(
    system: Motion, candidates: Sequence[_Candidate]
) -> Iterator[tuple[_Candidate, tuple[ClosedForm, ...]]]:
    """Those combinations whose derivatives cancel, each with the derivative of the combination."""
    slopes = [[system.derivative(part) for part in _flat(c.parts)] for c in candidates]
    basis = relations(slopes, set(system.letters.values())) if candidates else []
    for vector in map(common_multiple, basis):
        used = [(c, candidate) for c, candidate in zip(vector, candidates, strict=True) if c]
        kind = sympy.MatAdd if used[0][1].expr.is_Matrix else sympy.Add
        expression = kind(*(c.expr * candidate.expr for c, candidate in used)).doit()
        parts = used[0][1].parts * used[0][0]
        for c, candidate in used[1:]:
            parts = parts + candidate.parts * c
        # Once more and as a whole: what is called conserved does not rest on the elimination.
        total = tuple(system.derivative(part) for part in _flat(parts))
        if not any(total):
            yield _Candidate(expression, parts), total


def _flat(parts: Blocks) -> list[ClosedForm]:
    return [block for row in parts.grid for block in row]


def _by_shape(candidates: Iterator[_Candidate]) -> dict[tuple[int, ...], list[_Candidate]]:
    found: dict[tuple[int, ...], list[_Candidate]] = {}
    for candidate in candidates:
        group = found.setdefault(tuple(candidate.parts.heights), [])
        if all(_flat(candidate.parts) != _flat(known.parts) for known in group):
            group.append(candidate)
    return found


def _single(system: Motion) -> dict[str, Blocks]:
    """The letters that move, each a weight of its own."""
    return {name: Blocks([[ClosedForm.of(a)]]) for name, a in system.letters.items()}


def _traces(blocks: Mapping[str, Blocks]) -> Iterator[_Candidate]:
    """tr AᵀB for weights of one shape."""
    for one, other in combinations_with_replacement(sorted(blocks), 2):
        A, B = blocks[one], blocks[other]
        if (A.heights, A.widths) == (B.heights, B.widths):
            trace = (A.T @ B).trace()
            is_whole = len(A.grid) * len(A.grid[0]) > 1
            expression = sympy.Trace(_whole(one, A).T * _whole(other, B)) if is_whole else trace.expr
            yield _Candidate(expression, Blocks([[trace]]))


def _matrices(system: Motion) -> Iterator[_Candidate]:
    """WᵢᵀWⱼ + WⱼᵀWᵢ and WᵢWⱼᵀ + WⱼWᵢᵀ, where they are no scalars."""
    for one, other in combinations_with_replacement(sorted(system.blocks), 2):
        A, B = system.blocks[one], system.blocks[other]
        if (A.heights, A.widths) != (B.heights, B.widths) or A.heights == A.widths == [ONE]:
            continue
        P, Q = _whole(one, A), _whole(other, B)
        for left, right, front, back in ((A.T, B, P.T, Q), (A, B.T, P, Q.T)):
            parts = left @ right
            if parts.heights == [ONE]:
                continue
            if one != other:
                parts = parts + parts.T
            yield _Candidate(front * back if one == other else front * back + back.T * front.T, parts)


def _whole(name: str, blocks: Blocks) -> sympy.MatrixExpr:
    """A weight as one symbol."""
    if len(blocks.grid) == len(blocks.grid[0]) == 1:
        return blocks.single().expr
    rows, cols = (sympy.Add(*(DIMENSIONS[i] for i in side)) for side in (blocks.heights, blocks.widths))
    return sympy.MatrixSymbol(name, rows, cols)
