"""The certificates of depth and descent: the loss of the forward pass, and by what squares it exceeds the least one.

With W = XᵀX and p(λ) = 1 + Σ a_k λᵏ the prediction after steps is f_a = −Σ a_k φ_k, φ_k = xᵀ(PW)ᵏ⁻¹PXᵀy; the coefficients
a_k are those of the steps over n, which the certificate shows by running the steps. Let A/D be the best coefficients, and
K a number. As A solves the normal equations, for all a and K

    L(a) = L(KA) + E(f_a − f_KA)² + 2 (K D − 1) Σ (K A_k − a_k) g_0k,

and the last term is gone at K = 1/D.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Any

import sympy

from symicl.algebra import ONE, ClosedForm, gradient, letter, read_form
from symicl.certificates.operations import OperationLog
from symicl.certificates.recorder import recording
from symicl.certificates.results.squares import LeastExcess, attained_at
from symicl.certificates.values import header
from symicl.errors import DerivationError, UnsupportedError
from symicl.tasks import LinearRegression
from symicl.theory import Depth, Loop

STEIN_AXIOM = "Stein's identity for centred Gaussians"
REAL_ROOTS = (
    "the zeros of an orthogonal polynomial are real and distinct, and so real steps have the best coefficients; the "
    "measure is λ times the mean spectral one of the preconditioned XᵀX/n"
)
MAX_CERTIFIED_LAYERS = 2
"""Layers in symbols; with three the checker would take more work than it allows a file."""
MAX_RUN_STEPS = 5
"""Layers up to which the steps are run one by one; their prediction has twice as many terms with each."""

Coefficients = Mapping[int, ClosedForm]


def depth_certificate(result: Depth) -> str:
    """That no polynomial has a smaller loss than the best one; at numbers also the loss of its steps, rounded.

    Raises
    ------
    UnsupportedError
        For more layers in symbols than the checker has time for.
    """
    most = MAX_CERTIFIED_LAYERS if result.gram.is_spectral else 1
    if result.symbols and result.layers > most:
        raise UnsupportedError(
            f"in symbols a certificate of this task has at most {most} layers, which is what the checker has time for; "
            f"give its numbers to the task, such as LinearRegression(n=20, d=5, noise=0)"
        )
    with recording() as recorded:
        passed = _ForwardPass(result.gram.task, result.gram.preconditioner, result.layers)
        bound = _Bound(passed, result.coefficients, result.excess_form)
    in_symbols = bool(result.symbols)
    steps = () if in_symbols else tuple(Fraction(str(step)).limit_denominator(10**9) for step in result.at().steps)
    attained = in_symbols and result.attained == "steps"
    name = "least excess" if attained else "lower bound of the excess"
    names = [name, f"excess of the steps {', '.join(map(str, steps))}"] if steps else [name]
    what = f"{result.layers} linear layers, each with a step of its own, on {_described(result.gram.task)}"
    relation = "is at least, and for the best steps equal to," if attained else "is at least"
    statement = f"E(f - <w, x>)^2 of {what} {relation} {result.excess}"
    axioms = [STEIN_AXIOM, REAL_ROOTS] if attained and result.layers > 1 else [STEIN_AXIOM]
    log = OperationLog(recorded, header(f"depth {result.layers}", statement, what, (), axioms, names))
    passed.write(log)
    value = bound.write(log)
    log.emit("stated", name=name, text=str(result.excess), stated=log.data(result.excess_form), derived=value)
    if steps:
        there, table = passed.at_steps(steps)
        derived = log.put(log.node(passed.loss), table, there)
        log.emit("stated", name=names[1], text=str(there.expr), stated=log.data(there), derived=derived)
    return _ended(log)


def loop_certificate(result: Loop) -> str:
    """The excess of the steps, from the forward pass; at numbers also its least value over one common step.

    Raises
    ------
    UnsupportedError
        If the loss is not a polynomial.
    """
    sizes, task = result.step_sizes, result.gram.task
    with recording() as recorded:
        passed = _ForwardPass(task, result.gram.preconditioner, result.layers)
        found, _ = passed.at_steps(sizes)
        least = LeastExcess(result) if result.is_one_number else None
    if found != result.excess_form:
        raise DerivationError("the excess of the forward pass is another one")
    what = f"{result.layers} steps of descent on {_described(task)}"
    names = ["excess"] + (["least excess, rounded down", attained_at(least.at)] if least else [])
    log = OperationLog(
        recorded, header("descent", f"E(f - <w, x>)^2 of {what} is {result.excess}", what, (), [STEIN_AXIOM], names)
    )
    derived = log.node(found)
    log.emit(
        "stated", name="excess", text=str(result.excess), stated=log.data(result.excess_form), derived=derived
    )
    if least is not None:
        least.write(log, derived, names[1])
    return _ended(log)


def _described(task: LinearRegression) -> str:
    return f"{task} with n = {task.n} and d = {task.d}"


def _ended(log: OperationLog) -> str:
    log.emit("verdict", verdict="proved", entries=len(log.lines) + 1)
    return "\n".join(log.lines) + "\n"


class _ForwardPass:
    """The prediction for free coefficients of the polynomial, and its loss; made while a recording runs.

    Attributes
    ----------
    coefficients : list of int
        The letters a_1, …, a_L.
    target, prediction, loss : ClosedForm
        ⟨w, x⟩, f_a, and E(f_a − ⟨w, x⟩)².
    """

    def __init__(self, task: LinearRegression, preconditioner: Any, layers: int):
        self.task = task
        self.X, self.x, self.w = (read_form(z) for z in (task.X, task.x, task.w))
        self.y = self.X @ self.w if task.noise == 0 else read_form(task.responses)
        self.P = None if preconditioner is None else read_form(preconditioner)
        self.coefficients = [_scalar(f"a_{k}") for k in range(1, layers + 1)]
        self.target = (self.x.T @ self.w).trace()
        self.features = self._features(layers)
        self.prediction = self.combination([ClosedForm.of(a) for a in self.coefficients])
        self.loss = self.mean_square(self.prediction - self.target)

    def _features(self, layers: int) -> list[ClosedForm]:
        """φ_1, …, φ_L."""
        moved = self._preconditioned(self.X.T @ self.y)
        found = []
        for _ in range(layers):
            found.append((self.x.T @ moved).trace())
            moved = self._preconditioned(self.X.T @ (self.X @ moved))
        return found

    def _preconditioned(self, vector: ClosedForm) -> ClosedForm:
        return vector if self.P is None else self.P @ vector

    def combination(self, coefficients: Sequence[ClosedForm]) -> ClosedForm:
        """−Σ a_k φ_k."""
        total = ClosedForm.number(0)
        for a, phi in zip(coefficients, self.features, strict=True):
            total = total - a * phi
        return total

    def mean_square(self, error: ClosedForm) -> ClosedForm:
        """E of the square, over everything random."""
        return self.task.expectation(error * error)

    def at_steps(self, sizes: Sequence[sympy.Expr | Fraction]) -> tuple[ClosedForm, Coefficients]:
        """E(f − ⟨w, x⟩)² of the steps with these sizes, and the coefficients that they have."""
        forms = (ClosedForm.number(s) if isinstance(s, Fraction) else read_form(s) for s in sizes)
        table = self.table(self._from_steps(list(forms)))
        return self.loss.substitute(table), table

    def table(self, values: Sequence[ClosedForm]) -> Coefficients:
        """Values in the place of the coefficients."""
        return dict(zip(self.coefficients, values, strict=True))

    def _from_steps(self, steps: Sequence[ClosedForm]) -> list[ClosedForm]:
        """The coefficients (−1)ᵏ e_k(η)/nᵏ that steps have."""
        n = read_form(self.task.n)
        return [
            sum((prod(chosen, start=ClosedForm.number((-1) ** k)) for chosen in combinations(steps, k)), 0 * n)
            / n**k
            for k in range(1, len(steps) + 1)
        ]

    def write(self, log: OperationLog) -> None:
        """That the steps, run one after the other, predict what the polynomial with their coefficients does."""
        layers = len(self.coefficients)
        if layers > MAX_RUN_STEPS:
            return
        steps = [ClosedForm.of(_scalar(f"eta_{k}")) for k in range(1, layers + 1)]
        learned = None
        for eta in steps:
            residual = self.y if learned is None else self.y - self.X @ learned
            step = self._preconditioned(self.X.T @ residual) * eta / read_form(self.task.n)
            learned = step if learned is None else learned + step
        assert learned is not None
        found, table = (self.x.T @ learned).trace(), self.table(self._from_steps(steps))
        same = self.prediction.substitute(table)
        if found != same:
            raise DerivationError("steps of descent are not the polynomial that they should be")
        log.emit(
            "equal",
            claim="the prediction of steps eta_l is that of a polynomial",
            left=log.node(found),
            right=log.put(log.node(self.prediction), table, same),
        )


class _Bound:
    """The identity above, and its parts; made while a recording runs."""

    def __init__(self, passed: _ForwardPass, best: Sequence[ClosedForm], value: ClosedForm):
        n = read_form(passed.task.n)
        scaled = [a / n**k for k, a in enumerate(best) if k]
        D = ClosedForm.number(1)
        for a in scaled:
            D = D * (a * D).fraction()[1]
        self.passed, self.D = passed, D
        self.above = [a * D for a in scaled]
        self.K = _scalar("K")
        changes = [_scalar(f"b_{k}") for k in range(1, len(scaled) + 1)]
        self.changes = changes
        self.square = passed.mean_square(passed.combination([ClosedForm.of(b) for b in changes]))
        self.power = passed.mean_square(passed.target)
        self.value = value

    def write(self, log: OperationLog) -> int:
        """That the loss is nowhere less; the entry of the value."""
        passed, D, K = self.passed, self.D, ClosedForm.of(self.K)
        loss, one = passed.loss, ClosedForm.number(1)
        ours = passed.table([K * A for A in self.above])
        candidate = loss.substitute(ours)
        moved = {
            b: ClosedForm.of(a) - K * A
            for b, a, A in zip(self.changes, passed.coefficients, self.above, strict=True)
        }
        square = self.square.substitute(moved)
        normal = K * D - 1
        direction = self._direction(loss, K)
        explained = self.power + normal * K - candidate
        if loss != candidate + square + 2 * normal * direction:
            raise DerivationError("the loss does not exceed that of the best polynomial by a mean square")
        if self.power - explained.substitute({self.K: one / D}) != self.value:
            raise DerivationError("the least value is another one")
        line, unknown = log.node(loss), log.letters.id(self.K)
        known, by = log.data(normal), log.data(D)
        equation = log.emit("factorised", of=known, letter=unknown, scale=log.node(1), F=by, C=log.node(1))
        inverse = log.data(one / D)
        at = log.emit_value("quotient", one / D, of=log.node(1), by=by, result=inverse, solves=equation)
        value = log.data(self.value)
        log.emit(
            "minimum",
            claim="no polynomial has a smaller loss",
            letter=unknown,
            factorised=equation,
            loss=line,
            candidate=log.put(line, ours, candidate),
            square=log.put(log.node(self.square), moved, square),
            normal=known,
            direction=log.data(direction),
            at=at,
            power=log.node(self.power),
            explained=log.data(explained),
            value=value,
        )
        reached = loss.substitute(passed.table([A / D for A in self.above]))
        attained = log.put(line, passed.table([A / D for A in self.above]), reached)
        log.emit("equal", claim="the best polynomial has this loss", left=attained, right=value)
        return attained

    def _direction(self, loss: ClosedForm, K: ClosedForm) -> ClosedForm:
        """Σ (K A_k − a_k) g_0k, with g_0k half the slope of the loss at a = 0."""
        total = ClosedForm.number(0)
        nothing = dict.fromkeys(self.passed.coefficients, ClosedForm.number(0))
        for a, A in zip(self.passed.coefficients, self.above, strict=True):
            slope = gradient(loss, a).substitute(nothing)
            total = total + (K * A - ClosedForm.of(a)) * slope / 2
        return total


def _scalar(name: str) -> int:
    return letter(name, ONE, ONE)
