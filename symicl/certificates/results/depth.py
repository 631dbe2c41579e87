"""The certificates of depth: the loss of the forward pass, and by what squares it exceeds the least one.

With W = XᵀX and p(λ) = 1 + Σ a_k λᵏ the prediction after steps is f_a = −Σ a_k φ_k, φ_k = xᵀ(PW)ᵏ⁻¹PXᵀy; the coefficients
a_k are those of the steps over n, which the certificate shows by running the steps. Let N_k be half the slope of the loss
at K = (K_1, …, K_L), of which nothing is known. For all a and K

    L(a) = L(K) + E(f_a − f_K)² + 2 Σ N_k(K) (a_k − K_k),

and all N_k vanish at the best coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from operator import mul

from sympy import Identity

import sympy

from symicl.algebra import (
    COLS,
    MEANING,
    ONE,
    PARTNER,
    ClosedForm,
    Covariance,
    gradient,
    read_form,
    terms_of,
)
from symicl.certificates.operations import OperationLog
from symicl.certificates.results.forward_pass import STEIN_AXIOM, ForwardPass, described, scalar_of
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory import Depth

REAL_ROOTS = (
    "the zeros of an orthogonal polynomial are real and distinct, and so real steps have the best coefficients; the "
    "measure is λ times the mean spectral one of the preconditioned XᵀX/n"
)
"""An axiom only where the second moment of the task is no sum of covariances and squares that a checker sees to be one."""
REAL_STEPS = "the best polynomial is a product of real steps, which attain the bound"


class DepthEvidence:
    """That no polynomial has a smaller loss than the best one; at numbers also the loss of its steps, rounded.

    Made while a recording runs.

    Raises
    ------
    UnsupportedError
        For more layers in symbols than the checker has time for.
    """

    def __init__(self, result: Depth):
        most = _most_layers(result)
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
        self.attained = result.attained == "steps"
        self.measure = _Measure(result) if self.attained and result.symbols else None
        self.minimum = 0

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        result = self.result
        name = "least excess" if self.attained else "lower bound of the excess"
        what = f"{result.layers} linear layers, each with a step of its own, on {described(result.gram.task)}"
        relation = "is at least, and for the best steps equal to," if self.attained else "is at least"
        statement = f"E(f - <w, x>)^2 of {what} {relation} {result.excess}"
        several = self.attained and result.layers > 1
        axioms = [STEIN_AXIOM, REAL_ROOTS] if several and not self._is_shown else [STEIN_AXIOM]
        names = [name, self._steps_name] if self.steps else [name]
        claims = [REAL_STEPS] if self._is_shown else []
        return f"depth {result.layers}", statement, what, (), axioms, names, claims

    @property
    def _is_shown(self) -> bool:
        """True if the checker decides that several real steps attain the bound."""
        return self.attained and self.result.layers > 1 and (self.measure is None or self.measure.is_definite)

    @property
    def _steps_name(self) -> str:
        return f"excess of the steps {', '.join(map(str, self.steps))}"

    def write(self, log: OperationLog, name: str, text: str, claim: sympy.Expr | None = None) -> None:
        """Write the bound as a quantity of this name, against what a theorem states of it, if one does."""
        if self.result.symbols:
            self.passed.write(log)
        value, self.minimum = self.bound.write(log)
        stated = self.result.excess_form if claim is None else read_form(claim)
        log.emit("stated", name=name, text=text, stated=log.data(stated), derived=value)

    def write_more(self, log: OperationLog) -> None:
        """Write that the best steps are real, and the excess of the rounded ones, where there are numbers."""
        if self._is_shown:
            parameters = list(map(log.letters.id, self.passed.coefficients))
            fields = {} if self.measure is None else self.measure.fields(log)
            log.emit("real_steps", claim=REAL_STEPS, minimum=self.minimum, parameters=parameters, **fields)
        if self.steps:
            steps = [ClosedForm.number(step) for step in self.steps]
            there = self.passed.loss.substitute(self.passed.at_steps(steps))
            derived = self.passed.write(log, steps)
            stated = log.data(there)
            log.emit("stated", name=self._steps_name, text=str(there.expr), stated=stated, derived=derived)


def _most_layers(result: Depth) -> int:
    """Layers in symbols that the checker has time for."""
    if not result.gram.is_spectral:
        return 2
    return 5 if result.gram.task.noise == 0 else 4


class _Measure:
    """T, B and M of a loss E tr(T p(BXᵀX) M p(BXᵀX)ᵀ): covariance, preconditioner and second moment of a task."""

    def __init__(self, result: Depth):
        task, P = result.gram.task, result.gram.preconditioner
        self.parts = {
            "front": read_form(task.covariate_cov),
            "inside": read_form(Identity(task.d) if P is None else P),
            "between": read_form(task.task_cov + task.task_mean * task.task_mean.T),
        }

    @property
    def is_definite(self) -> bool:
        """True if covariance and second moment are sums of identities, covariances, and squares of vectors."""
        words = {word for name in ("front", "between") for _, word in terms_of(self.parts[name])}
        return all(
            not word
            or (len(word) == 1 and isinstance(MEANING[word[0]], Covariance))
            or (len(word) == 2 and word[0] == PARTNER[word[1]] and COLS[word[0]] == ONE)
            for word in words
        )

    def fields(self, log: OperationLog) -> dict[str, int]:
        """The fields of an entry."""
        return {name: log.data(part) for name, part in self.parts.items()}


class _Bound:
    """The identity above, and its parts; made while a recording runs."""

    def __init__(self, passed: ForwardPass, best: Sequence[ClosedForm], value: ClosedForm):
        n = read_form(passed.task.n)
        self.best = [a / n**k for k, a in enumerate(best) if k]
        self.D = ClosedForm.number(1)
        for a in self.best:
            self.D = self.D * (a * self.D).fraction()[1]
        layers = range(1, len(best))
        self.passed, self.value = passed, value
        self.unknowns, self.changes = ([scalar_of(f"{c}_{k}") for k in layers] for c in "Kb")
        self.square = passed.mean_square(passed.combination([ClosedForm.of(b) for b in self.changes]))
        self.power = passed.mean_square(passed.target)

    def write(self, log: OperationLog) -> tuple[int, int]:
        """That the loss is nowhere less, and where it is that; the entries of the value and of the minimum."""
        loss, letters = self.passed.loss, self.passed.coefficients
        K = [ClosedForm.of(k) for k in self.unknowns]
        ways = [ClosedForm.of(a) - k for a, k in zip(letters, K, strict=True)]
        ours, moved = self.passed.table(K), dict(zip(self.changes, ways, strict=True))
        candidate, square = loss.substitute(ours), self.square.substitute(moved)
        normals = [gradient(loss, a).substitute(ours) / 2 for a in letters]
        explained = self.power - candidate + sum(map(mul, normals, K), ClosedForm.number(0))
        if loss != candidate + square + 2 * sum(map(mul, normals, ways), ClosedForm.number(0)):
            raise DerivationError("the loss does not exceed that of the best polynomial by a mean square")
        line, by = log.node(loss), log.data(self.D)
        at = [log.over(log.data(a * self.D), by, a) for a in self.best]
        value = log.data(self.value)
        rows = zip(map(log.letters.id, self.unknowns), at, map(log.data, normals), map(log.data, ways), strict=True)
        line_of_minimum = log.emit(
            "joint_minimum",
            claim="no polynomial has a smaller loss",
            loss=line,
            candidate=log.put(line, ours, candidate),
            square=log.put(log.node(self.square), moved, square),
            normals=[list(row) for row in rows],
            power=log.node(self.power),
            explained=log.data(explained),
            value=value,
        )
        return value, line_of_minimum
