"""The certificates of depth and descent: the loss of the forward pass, and by what squares it exceeds the least one.

With W = XᵀX and p(λ) = 1 + Σ a_k λᵏ the prediction after steps is f_a = −Σ a_k φ_k, φ_k = xᵀ(PW)ᵏ⁻¹PXᵀy; the coefficients
a_k are those of the steps over n, which the certificate shows by running the steps. Let A/D be the best coefficients, and
K a number. As A solves the normal equations, for all a and K

    L(a) = L(KA) + E(f_a − f_KA)² + 2 (K D − 1) Σ (K A_k − a_k) g_0k,

and the last term is gone at K = 1/D.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symicl.algebra import ClosedForm, gradient, read_form
from symicl.certificates.operations import OperationLog
from symicl.certificates.results.forward_pass import STEIN_AXIOM, ForwardPass, described, scalar_of
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory import Depth

REAL_ROOTS = (
    "the zeros of an orthogonal polynomial are real and distinct, and so real steps have the best coefficients; the "
    "measure is λ times the mean spectral one of the preconditioned XᵀX/n"
)
MAX_CERTIFIED_LAYERS = 2
"""Layers in symbols; with three the checker would take more work than it allows a file."""


class DepthEvidence:
    """That no polynomial has a smaller loss than the best one; at numbers also the loss of its steps, rounded.

    Made while a recording runs.

    Raises
    ------
    UnsupportedError
        For more layers in symbols than the checker has time for.
    """

    def __init__(self, result: Depth):
        most = MAX_CERTIFIED_LAYERS if result.gram.is_spectral else 1
        if result.symbols and result.layers > most:
            raise UnsupportedError(
                f"in symbols a certificate of this task has at most {most} layers, which is what the checker has time "
                "for; give its numbers to the task, such as LinearRegression(n=20, d=5, noise=0)"
            )
        self.result = result
        self.passed = ForwardPass(result.gram.task, result.gram.preconditioner, result.layers)
        self.bound = _Bound(self.passed, result.coefficients, result.excess_form)
        found = () if result.symbols else result.at().steps
        self.steps = tuple(Fraction(str(step)).limit_denominator(10**9) for step in found)
        self.attained = bool(result.symbols) and result.attained == "steps"

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        result = self.result
        name = "least excess" if self.attained else "lower bound of the excess"
        what = f"{result.layers} linear layers, each with a step of its own, on {described(result.gram.task)}"
        relation = "is at least, and for the best steps equal to," if self.attained else "is at least"
        statement = f"E(f - <w, x>)^2 of {what} {relation} {result.excess}"
        axioms = [STEIN_AXIOM, REAL_ROOTS] if self.attained and result.layers > 1 else [STEIN_AXIOM]
        names = [name, self._steps_name] if self.steps else [name]
        return f"depth {result.layers}", statement, what, (), axioms, names

    @property
    def _steps_name(self) -> str:
        return f"excess of the steps {', '.join(map(str, self.steps))}"

    def write(self, log: OperationLog, name: str, text: str) -> None:
        """Write the bound as a quantity of this name."""
        self.passed.write(log)
        value = self.bound.write(log)
        log.emit("stated", name=name, text=text, stated=log.data(self.result.excess_form), derived=value)

    def write_more(self, log: OperationLog) -> None:
        """Write the excess of the rounded steps, where there are numbers."""
        if self.steps:
            there, table = self.passed.at_steps(self.steps)
            derived = log.put(log.node(self.passed.loss), table, there)
            log.emit(
                "stated", name=self._steps_name, text=str(there.expr), stated=log.data(there), derived=derived
            )


class _Bound:
    """The identity above, and its parts; made while a recording runs."""

    def __init__(self, passed: ForwardPass, best: Sequence[ClosedForm], value: ClosedForm):
        n = read_form(passed.task.n)
        scaled = [a / n**k for k, a in enumerate(best) if k]
        D = ClosedForm.number(1)
        for a in scaled:
            D = D * (a * D).fraction()[1]
        self.passed, self.D = passed, D
        self.above = [a * D for a in scaled]
        self.K = scalar_of("K")
        changes = [scalar_of(f"b_{k}") for k in range(1, len(scaled) + 1)]
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
