"""Closed forms at numbers: compiled to NumPy, torch or exact arithmetic.

A closed form is turned once into a straight-line program of matrix products, in which words share their
common sub-products. The program then runs on any backend; torch is never imported, its tensors are only
multiplied, transposed and summed, so gradients flow.

Guarantee of the exact backend: rational inputs (floats count at their binary value) give the exact rational
value; nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    DIAGONAL_PART,
    DIMENSIONS,
    INVERSE,
    MEANING,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    Blocks,
    ClosedForm,
    Number,
    Word,
    letter_of,
    monomials_of,
    terms_of,
    transposed_word,
)
from symicl.errors import InputError, ShapeError, described
from symicl.numeric.backends import Backend, BackendName, Numbers, backend_for
from symicl.numeric.exact import ExactMatrix, evaluate
from symicl.numeric.lazy_numpy import np

Step = tuple[str, int, int]


class Program:
    """Words as a straight-line program: every step makes one matrix from earlier ones."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._index: dict[Word, int] = {}
        self.letters: dict[int, int] = {}

    def matrix(self, word: Word) -> int:
        """The step that holds the product of a non-empty open word."""
        known = self._index.get(word)
        if known is not None:
            return known
        mirrored = self._index.get(transposed_word(word))
        if mirrored is not None:
            step = ("transpose", mirrored, 0)
        elif len(word) > 1:
            # The longest known beginning is reused; row vectors stay row vectors on the way.
            cut = next((k for k in range(len(word) - 1, 1, -1) if word[:k] in self._index), len(word) - 1)
            step = ("product", self.matrix(word[:cut]), self.matrix(word[cut:]))
        else:
            (a,) = word
            base = min(a, PARTNER[a])
            if base in DIAGONAL_PART:
                step = ("diagonal", self.matrix(DIAGONAL_PART[base]), 0)
            elif base != a:
                step = ("transpose", self.matrix((base,)), 0)
            else:
                self.letters[a] = len(self.steps)
                step = ("letter", a, 0)
        return self._add(word, step)

    def trace(self, word: Word) -> int:
        """The step that holds the trace of a closed word, a scalar."""
        if len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE:
            base = min(word[0], PARTNER[word[0]])
            if base not in self.letters:
                self.letters[base] = len(self.steps)
                self.steps.append(("scalar", base, 0))
            return self.letters[base]
        start = next((i for i, a in enumerate(word) if ROWS[a] == ONE), 0)
        turned = word[start:] + word[:start]
        if len(turned) == 1:
            step = ("trace", self.matrix(turned), 0)
        else:
            half = len(turned) - 1 if ROWS[turned[0]] == ONE else (len(turned) + 1) // 2
            step = ("inner", self.matrix(turned[:half]), self.matrix(transposed_word(turned[half:])))
        self.steps.append(step)
        return len(self.steps) - 1

    def _add(self, word: Word, step: Step) -> int:
        self._index[word] = len(self.steps)
        self.steps.append(step)
        return self._index[word]

    def run(self, numbers: Numbers, backend: Backend) -> list[Any]:
        """The value of every step."""
        values: list[Any] = []
        for step in self.steps:
            values.append(evaluate_step(step, values, numbers, backend))
        return values


def evaluate_step(step: Step, values: list[Any], numbers: Numbers, backend: Backend) -> Any:
    """The value of one step of a program, from those of the earlier steps."""
    kind, i, j = step
    if kind == "letter":
        return _letter_value(i, numbers, backend)
    if kind == "scalar":
        return backend.scalar(_raw_value(i, numbers))
    if kind == "transpose":
        return backend.transpose(values[i])
    if kind == "diagonal":
        return backend.diagonal_part(values[i])
    if kind == "product":
        return backend.product(values[i], values[j])
    if kind == "trace":
        return backend.trace(values[i])
    return backend.inner(values[i], values[j])


def _raw_value(a: int, numbers: Numbers) -> Any:
    if a in numbers:
        return numbers[a]
    meaning = MEANING[a]
    if isinstance(meaning, sympy.Basic):
        if meaning in numbers:
            return numbers[meaning]
        # A scalar such as 1/n, or the inverse of a sum, is one letter; its value follows from its symbols.
        if (meaning.args and not isinstance(meaning, sympy.MatrixSymbol)) or meaning.is_number:
            return evaluate(meaning, numbers)
    name = meaning if isinstance(meaning, sympy.Basic) else "an internal letter"
    raise InputError(f"no value is given for {name}; add it to the values")


def _letter_value(a: int, numbers: Numbers, backend: Backend) -> Any:
    base = INVERSE[a]
    meaning = MEANING[a]
    is_inverse = base != NO_LETTER and isinstance(meaning, tuple) and meaning[0] == "inverse"
    value = (
        backend.inverse(_letter_value(base, numbers, backend)) if is_inverse and a not in numbers else None
    )
    if value is None:
        value = backend.matrix(_raw_value(a, numbers))
    _check_shape(a, value, numbers, backend)
    return value


def size_at(index: int, numbers: Numbers) -> Any:
    """The number that a dimension stands for, or its symbol where no number is given.

    A size that is a number is never looked up: letters are small integers too, and `numbers` holds their values.
    """
    size = DIMENSIONS[index]
    return numbers.get(size, size) if isinstance(size, sympy.Expr) and size.free_symbols else size


def sizes_at(side: list[int], numbers: Numbers) -> list[int]:
    """The numbers of blocks along one side."""
    return [int(size_at(i, numbers)) for i in side]


def _check_shape(a: int, value: Any, numbers: Numbers, backend: Backend) -> None:
    expected = (size_at(ROWS[a], numbers), size_at(COLS[a], numbers))
    for size, want in zip(backend.shape(value), expected, strict=True):
        if not isinstance(want, sympy.Symbol) and size != int(want):
            raise ShapeError(
                f"the value of {MEANING[a]} is {'×'.join(map(str, backend.shape(value)))}, "
                f"but it must be {'×'.join(map(str, expected))}"
            )


def _by_name(word: Word) -> tuple[list[tuple[str, bool]], Word]:
    """The rotation of a closed word, or of its transpose, that comes first by the names of its letters.

    Letters are numbered as a process meets them, which must not change the order of sums and thereby their rounding.
    """
    turns = [w[i:] + w[:i] for w in (word, transposed_word(word)) for i in range(len(w))]
    return min(([_name(a) for a in w], w) for w in turns)


@cache
def _name(a: int) -> tuple[str, bool]:
    return str(MEANING[a]), PARTNER[a] < a


Term = tuple[Number, list[int]]
"""A coefficient, and the steps whose values it is multiplied with."""


def scalar_program(form: ClosedForm) -> tuple[Program, list[Term]]:
    """A scalar without a denominator as a program, and the terms that add up to it."""
    program, terms = Program(), monomials_of(form)
    turned = {w: _by_name(w) for m in terms for w in m}
    order = sorted(turned, key=lambda w: (len(w), turned[w][0]))
    place = {w: i for i, w in enumerate(order)}
    steps = {w: program.trace(turned[w][1]) for w in order}
    placed = sorted((sorted(place[w] for w in m), c) for m, c in terms.items())
    return program, [(c, [steps[order[i]] for i in m]) for m, c in placed]


@dataclass(frozen=True, eq=False)
class CompiledScalar:
    """A scalar, ready for numbers.

    Calling it with values of the letters gives a float, an array over the batch axes, a tensor or, exactly, a
    Fraction (a SymPy number where a value is irrational).
    """

    form: ClosedForm
    backend: BackendName = "numpy"

    @cached_property
    def programs(self) -> list[tuple[Program, list[Term]]]:
        """Those of the numerator and, unless it is 1, of the denominator."""
        num, den = self.form.fraction()
        return [scalar_program(part) for part in ((num,) if den == 1 else (num, den))]

    def __call__(self, numbers: Numbers) -> Any:
        """The value at the given numbers.

        Raises
        ------
        InputError
            If a letter has no value, or a matrix to be inverted is singular.
        ShapeError
            If a matrix has the wrong size.
        """
        backend = backend_for(self.backend, numbers)
        values = []
        for program, terms in self.programs:
            steps = program.run(numbers, backend)
            values.append(backend.total((c, [steps[i] for i in places]) for c, places in terms))
        return values[0] if len(values) == 1 else values[0] / values[1]


def compile_scalar(form: ClosedForm, backend: BackendName = "numpy") -> CompiledScalar:
    """A scalar closed form as a function of numbers.

    Parameters
    ----------
    form : ClosedForm
    backend : "numpy", "torch" or "exact"
        Float64 arrays, tensors (gradients flow), or exact rationals.

    Returns
    -------
    callable
        From a mapping (letter index or SymPy symbol → number or matrix) to the value.
    """
    return CompiledScalar(form, backend)


def compile_matrix(matrix: ClosedForm, backend: BackendName = "numpy") -> Callable[[Numbers], Any]:
    """A matrix as a function of numbers; see `compile_scalar`."""
    num, den = matrix.fraction()
    below = None if den == 1 else compile_scalar(den, backend)
    program = Program()
    plan = []
    for (m, word), c in terms_of(num).items():
        body = program.matrix(word) if word else None
        plan.append((c, [program.trace(w) for w in m], body))

    def call(numbers: Numbers) -> Any:
        arithmetic = backend_for(backend, numbers)
        values = program.run(numbers, arithmetic)
        result = None
        for c, scalars, body in plan:
            if body is None:
                term = arithmetic.identity(int(size_at(matrix.rows, numbers)))
            else:
                term = values[body]
            factor = arithmetic.coefficient(c)
            for i in scalars:
                value = values[i]
                # A batch of scalars multiplies a batch of matrices.
                factor = factor * (value[..., None, None] if getattr(value, "ndim", 0) else value)
            term = term * factor
            result = term if result is None else result + term
        if result is None:
            rows, cols = (int(size_at(i, numbers)) for i in (matrix.rows, matrix.cols))
            return arithmetic.matrix([[0] * cols for _ in range(rows)])
        if below is None:
            return result
        return result * arithmetic.reciprocal(below(numbers))

    return call


def split_parameters(
    parameters: Mapping[str, Blocks], numbers: Numbers, given: Mapping[str, Any]
) -> dict[int, Any]:
    """Cut full matrices into the letters of a loss.

    Parameters
    ----------
    parameters : dict of Blocks
        ``loss.parameters``: the letters of each effective parameter.
    numbers : mapping
        Values of the dimensions.
    given : dict of arrays
        Full matrices by name, such as ``w`` of size (d+1)×1; leading batch axes are kept.

    Returns
    -------
    dict
        From letter to block.
    """
    out: dict[int, Any] = {}
    for name, blocks in parameters.items():
        if name not in given:
            raise InputError(
                f"no value is given for the parameter {name}; the parameters are {', '.join(parameters)}"
            )
        full = _full_matrix(name, given[name])
        heights, widths = (sizes_at(side, numbers) for side in (blocks.heights, blocks.widths))
        if tuple(full.shape[-2:]) != (sum(heights), sum(widths)):
            shape = "×".join(map(str, full.shape[-2:]))
            raise ShapeError(f"the parameter {name} is {shape}, but it must be {sum(heights)}×{sum(widths)}")
        top = 0
        for row, height in zip(blocks.grid, heights, strict=True):
            left = 0
            for block, width in zip(row, widths, strict=True):
                a = letter_of(block)
                value = full[..., top : top + height, left : left + width]
                out[min(a, PARTNER[a])] = value if a <= PARTNER[a] else value.swapaxes(-1, -2)
                left += width
            top += height
    for name in given:
        if name not in parameters:
            raise InputError(f"{name} is not a parameter here; the parameters are {', '.join(parameters)}")
    return out


def _full_matrix(name: str, value: Any) -> Any:
    """An array or tensor as it is; lists and exact matrices as an array of numbers."""
    if isinstance(value, sympy.MatrixBase):
        value = value.tolist()
    if isinstance(value, ExactMatrix | list | tuple):
        try:
            value = np.array(value.tolist() if isinstance(value, ExactMatrix) else value, dtype=object)
        except ValueError:
            raise ShapeError(f"the rows of the parameter {name} have different lengths") from None
    if not hasattr(value, "shape") or not hasattr(value, "ndim"):
        raise InputError(
            f"the parameter {name} is {described(value)}; give a matrix as nested lists or as an array"
        )
    return value
