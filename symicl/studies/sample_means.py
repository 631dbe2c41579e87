"""`sample`: the mean of an expression over draws of its random matrices, to hold an expectation against."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import sympy
from sympy.matrices.expressions import MatrixExpr
from sympy.stats.rv import RandomSymbol

from symicl.algebra import (
    HOW_TO_DECLARE,
    ClosedForm,
    RandomMatrix,
    check_law,
    formula_of,
    parts_of,
    refuse_namesakes,
)
from symicl.errors import InputError, UnsupportedError, brief
from symicl.numeric import CompiledFunction, ExactMatrix, evaluate, float_matrix
from symicl.numeric import compile as compiled
from symicl.studies.notebook import notebook_progress
from symicl.studies.regression.batch_means import BATCHES, Mean, check_rate
from symicl.tasks import NumpyDraws, Values, draw, exact_values
from symicl.verdicts import Judged

FALSE_ALARM = 1e-6
"""Probability that a right value is contradicted."""
RESOLUTION = 0.05
"""Largest half of the interval, relative to the value, that can confirm."""
ARRAY_ENTRIES = 1_000_000
"""Rough number of entries that one array of a batch may have."""

Report = Callable[[int, int, float], None]


def sample(
    expression: Any,
    *,
    draws: int = 100_000,
    seed: int = 0,
    progress: Report | Literal[False] | None = None,
    **numbers: Any,
) -> SampleMean:
    """The mean of an expression over draws of its random matrices: Monte Carlo with error bars.

    Parameters
    ----------
    expression : SymPy expression, closed form or result with an ``expr``
        A scalar or a matrix in Gaussian matrices declared with `gaussian`. It need not be polynomial: inverses,
        determinants, roots and exponentials of random matrices are sampled as well.
    draws : int
        Of all random matrices together; rounded down to a multiple of the number of batches.
    seed : int
        The result is a function of it.
    progress : callable, optional
        Called with (draws so far, draws, standard error so far). By default a notebook shows a bar; False shows
        nothing.
    **numbers
        Values of all other symbols by name, as in ``task.at(n=20, Sigma=[[2, 1], [1, 3]])``. A size is read off a
        matrix.

    Returns
    -------
    SampleMean
        After an interrupt (Ctrl-C), of the draws until then.

    Raises
    ------
    InputError
        If nothing in the expression is random, for an unknown, missing or impossible value, or too few draws.
    UnsupportedError
        For random variables of `sympy.stats`, and what has no value at arrays.

    Notes
    -----
    Draws come from the samplers of the tasks, and the expression is evaluated as it is written: nothing of the
    calculus of `expect` is used. Of a complex expression the real part is taken. The standard error is that of the
    means of 100 batches. It has no meaning where the variance is infinite, such as for the inverse of a Gram matrix of
    hardly more rows than columns.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> n, d = si.dims("n d")
    >>> X = si.gaussian("X", (n, d))
    >>> mean = si.sample(sympy.Trace((X.T * X).inv()), n=12, d=3, draws=20_000)
    >>> mean.agrees_with(d / (n - d - 1)).verdict          # E tr (XᵀX)⁻¹
    'confirmed'
    >>> mean.agrees_with(d / (n - d)).verdict
    'contradicted'
    """
    formula = formula_of(expression)
    formula = formula.expr if isinstance(formula, ClosedForm) else formula
    _check_draws(draws, seed)
    random = _random_matrices(formula)
    at = exact_values(_symbols(formula, random), numbers)
    function = compiled(formula, "numpy")
    given = {str(symbol): _float(value) for symbol, value in at.items() if str(symbol) in function.names}
    source = NumpyDraws(seed)

    def batch(size: int) -> Any:
        matrices = {z.name: draw(z, at, size, source) for z in random}
        return function(**given, **matrices)

    batches = min(BATCHES, draws // 2)
    chunk = max(1, ARRAY_ENTRIES // _entries(random, at))
    report = notebook_progress("standard error") if progress is None else progress or None
    means, interrupted = _batch_means(batch, batches, draws // batches, chunk, report)
    return SampleMean(formula, at, np.array(means), len(means) * (draws // batches), seed, interrupted)


def _batch_means(
    draw: Callable[[int], Any], batches: int, size: int, chunk: int, report: Report | None
) -> tuple[list[Any], bool]:
    """The means of equal batches, and whether a keyboard interrupt ended them."""
    means: list[Any] = []
    try:
        for k in range(batches):
            total, left = 0.0, size
            while left:
                values = draw(min(chunk, left))
                left -= min(chunk, left)
                total = total + np.sum(np.real(values), axis=0)
            means.append(total / size)
            if report is not None:
                error = float(np.max(np.std(means, axis=0, ddof=1))) / math.sqrt(k + 1) if k else math.inf
                report((k + 1) * size, batches * size, error)
    except KeyboardInterrupt:
        if len(means) < 2:
            raise
        return means, True
    return means, False


def _check_draws(draws: Any, seed: Any) -> None:
    for name, value, least in (("draws", draws, 4), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise InputError(f"{name}={brief(value)} must be an integer from {least} on")


def _random_matrices(formula: sympy.Basic) -> list[RandomMatrix]:
    """The Gaussian matrices by name.

    Raises
    ------
    InputError
        If there is none.
    UnsupportedError
        For other random variables.
    """
    refuse_namesakes(formula)
    for part in parts_of(formula):
        if isinstance(part, RandomSymbol):
            raise UnsupportedError(
                f"{part} is a random variable of sympy.stats, which is not sampled; {HOW_TO_DECLARE}"
            )
    found = {part.name: part for part in parts_of(formula) if isinstance(part, RandomMatrix)}
    if not found:
        raise InputError(f"nothing in {brief(formula)} is random; {HOW_TO_DECLARE}, or compile() it")
    for z in found.values():
        check_law(z)
    return [found[name] for name in sorted(found)]


def _symbols(formula: Any, random: list[RandomMatrix]) -> dict[str, Any]:
    """The symbols that need a value: those of the expression and of the laws, without what is random."""
    parts = [formula, *(part for z in random for part in (*z.shape, *z.law_parts))]
    found = {
        symbol.name: symbol
        for part in parts
        for symbol in part.free_symbols
        if not isinstance(symbol, RandomMatrix)
    }
    for name in ("draws", "seed", "progress"):
        if name in found:
            raise InputError(f"{name} is an option of sample() and a symbol here; rename the symbol")
    return dict(sorted(found.items(), key=lambda item: (isinstance(item[1], MatrixExpr), item[0])))


def _entries(random: list[RandomMatrix], at: Values) -> int:
    """Rough number of entries of the largest array for one draw."""
    sides = [int(evaluate(size, at)) for z in random for size in z.shape]
    return max(sides) ** 2


def _float(value: Any) -> Any:
    return float_matrix(value) if isinstance(value, ExactMatrix) else float(value)


@dataclass(frozen=True)
class Agreement(Judged):
    """A stated expectation, held against a mean over draws.

    Attributes
    ----------
    verdict : "confirmed", "contradicted" or "inconclusive"
        Contradicted: a mean as far from the value has a probability below ``false_alarm`` if the value is right.
        Inconclusive: the draws could not tell a value that is off by `RESOLUTION` from it.
    reason : str
    value : float or array
        What was stated, at the numbers of the draws.
    false_alarm : float
        Probability that a right value is contradicted; over all entries of a matrix together.
    deviation : float
        The largest distance from the value, in standard errors.
    resolution : float
        Deviations beyond this are contradicted.
    """

    verdict: str
    reason: str
    value: Any
    false_alarm: float
    deviation: float
    resolution: float

    def __repr__(self) -> str:
        return f"{self.verdict}: {self.reason}"


@dataclass(frozen=True, repr=False)
class SampleMean:
    """The mean of an expression over draws of its random matrices; see `sample`.

    Attributes
    ----------
    expression : SymPy expression
    at : dict
        From each symbol to its exact value.
    batch_means : array
        Of batches of equal size.
    draws, seed : int
    interrupted : bool
        Whether a keyboard interrupt ended it before its last draw.
    """

    expression: Any
    at: Values
    batch_means: np.ndarray = field(compare=False)
    draws: int
    seed: int
    interrupted: bool = False

    @property
    def mean(self) -> Any:
        """A float, or an array for a matrix."""
        return self._per_entry(lambda entry: entry.mean)

    @property
    def error(self) -> Any:
        """Its standard error, entry by entry for a matrix."""
        return self._per_entry(lambda entry: entry.error)

    def interval(self, rate: float = 0.05) -> tuple[Any, Any]:
        """The interval around the mean that misses the expectation at this rate; for a matrix entry by entry.

        Raises
        ------
        InputError
            If the rate is not between 0 and 1.
        """
        half = self._per_entry(lambda entry: entry.half_width(check_rate(rate)))
        return self.mean - half, self.mean + half

    def agrees_with(self, value: Any, *, false_alarm: float = FALSE_ALARM) -> Agreement:
        """Judge if the expectation can have this value.

        Parameters
        ----------
        value : number, array, SymPy expression or closed form
            In the symbols that the draws have numbers for.
        false_alarm : float
            Probability that a right value is contradicted.

        Raises
        ------
        InputError
            If it is no value, is not finite, has another shape, or the rate is not between 0 and 1.
        """
        check_rate(false_alarm)
        wanted = np.asarray(self._number(value), dtype=float)
        entries = self._entries()
        if wanted.shape != self.batch_means.shape[1:]:
            shapes = (
                "×".join(map(str, shape)) or "a number"
                for shape in (wanted.shape, self.batch_means.shape[1:])
            )
            raise InputError("the value is {}, but the mean is {}".format(*shapes))
        if not np.all(np.isfinite(wanted)):
            raise InputError(
                f"the value {brief(value)} is not finite at the numbers of the draws, as a mean is"
            )
        each = false_alarm / len(entries)
        pairs = list(zip(entries, wanted.reshape(-1), strict=True))
        contradicted = any(entry.chance(float(x), abs(entry.mean)) < each for entry, x in pairs)
        deviation = max(abs(entry.mean - x) / entry.error if entry.error else 0.0 for entry, x in pairs)
        resolution = max(entry.half_width(each) for entry in entries)
        size = float(np.max(np.abs(wanted))) or max(entry.error * math.sqrt(entry.draws) for entry in entries)
        far = f"the mean is {deviation:.2g} standard errors away"
        if contradicted:
            verdict = "contradicted"
            reason = f"{far}; such a deviation from a right value has probability {false_alarm:.1g} at most"
        elif not np.all(np.isfinite(self.batch_means)):
            verdict, reason = "inconclusive", "some draws have no finite value"
        elif resolution > RESOLUTION * size:
            verdict = "inconclusive"
            reason = f"{far}, but only deviations beyond {resolution:.2g} would be seen; take more draws"
        else:
            verdict = "confirmed"
            reason = f"{far}; a deviation beyond {resolution:.2g} would be contradicted"
        return Agreement(verdict, reason, wanted[()], false_alarm, float(deviation), float(resolution))

    def __repr__(self) -> str:
        of = f"{self.draws:,} draws, seed {self.seed}" + (", interrupted" if self.interrupted else "")
        if self.batch_means.ndim > 1:
            shape = "×".join(map(str, self.batch_means.shape[1:]))
            return f"SampleMean({shape} matrix, standard errors up to {np.max(self.error):.2g}; {of})"
        return f"SampleMean({self.mean:.6g} ± {self.error:.2g}; {of})"

    def _entries(self) -> list[Mean]:
        columns = self.batch_means.reshape(len(self.batch_means), -1).T
        return [Mean.of_batches(column, self.draws) for column in columns]

    def _per_entry(self, of: Callable[[Mean], float]) -> Any:
        found = np.array([of(entry) for entry in self._entries()]).reshape(self.batch_means.shape[1:])
        return found if found.ndim else float(found)

    def _number(self, value: Any) -> Any:
        if isinstance(value, np.ndarray | list | float | int) and not isinstance(value, bool):
            try:
                return np.asarray(value, dtype=float)
            except (TypeError, ValueError):
                raise InputError(f"{brief(value)} is no number and no matrix of numbers") from None
        function: CompiledFunction = compiled(value, "numpy")
        known: Mapping[str, Any] = {str(symbol): number for symbol, number in self.at.items()}
        missing = [name for name in function.names if name not in known]
        if missing:
            raise InputError(f"the value depends on {', '.join(missing)}, for which the draws have no number")
        return function(**{name: _float(known[name]) for name in function.names})
