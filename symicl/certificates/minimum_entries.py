"""How the minimum of a loss is written into a certificate: as the excess over it, which is the mean of a square."""

from __future__ import annotations

from collections.abc import Mapping
from operator import mul
from typing import Any

from symicl.algebra import ONE, PARTNER, ClosedForm, closed_form, letter, size_of
from symicl.certificates.operations import OperationLog
from symicl.certificates.recorder import Recording
from symicl.theory import JointEquations, Optimum


class MinimumLog(OperationLog):
    """Writes minima, in each of the forms that an optimum has."""

    def __init__(self, recording: Recording, header: Mapping[str, Any]):
        super().__init__(recording, header)
        self._minima: dict[tuple[tuple[str, int], ...], int] = {}

    def letter_id(self, a: int) -> int:
        """The entry of a letter."""
        return self.letters.id(min(a, PARTNER[a]))

    def pairs(self, values: Mapping[int, ClosedForm]) -> list[list[int]]:
        """Letters with values, as a field of an entry."""
        return [[self.letter_id(x), self.node(value)] for x, value in values.items()]

    def minimum(self, claim: str, optimum: Optimum, *, known: bool = False) -> int:
        """Write a minimum; one that is written with another claim is taken if it may be a known one."""
        if optimum.certificate.joint is not None and optimum.attained == "lower bound":
            return self.emit(
                "joint_minimum", claim=claim, **self._jointly(optimum, optimum.certificate.joint)
            )
        fields = self._fields_of_minimum(optimum)
        key = tuple(sorted(fields.items()))
        if not known or key not in self._minima:
            self._minima[key] = self.emit("minimum", claim=claim, **fields)
        return self._minima[key]

    def _fields_of_minimum(self, optimum: Optimum) -> dict[str, int]:
        problem, certificate, solution = optimum.problem, optimum.certificate, optimum.solution
        if optimum.equation is None or solution is None or problem.normal_equation is None:
            number = None if solution is None else solution.scalar_multiple_of_identity()
            return self._as_square(optimum) if number is None else self._as_multiple(optimum, number)
        direction = problem.coefficient - ClosedForm.of(problem.unknown)
        normal = self.node(problem.normal_equation)
        factorised = self.factorised(self.factorisation(optimum.equation))
        return {
            "loss": self.node(optimum.loss.closed_form),
            "candidate": self.node(certificate.candidate_loss),
            "square": self.node(certificate.distance),
            "normal": normal,
            "direction": self.data(direction),
            "letter": self.letters.id(problem.unknown),
            "factorised": factorised,
            "at": self.node(solution),
            "power": self.node(optimum.target_power),
            "explained": self.node(optimum.explained),
            "value": self.node(optimum.closed_form),
        }

    def _jointly(self, optimum: Optimum, joint: JointEquations) -> dict[str, Any]:
        """Over K and the coefficients of several functions together, with letters for them."""
        problem, task, equation = optimum.problem, optimum.loss.task, optimum.problem.normal_equation
        unknowns = [ClosedForm.of(k) for k in joint.numbers]
        power = task.expectation(task.target() * task.target())
        explained = power - joint.candidate + sum(map(mul, joint.normals, unknowns), closed_form(0))
        rows = [
            [self.letters.id(k), self.data(best), self.data(normal), self.node(direction)]
            for (k, best), normal, direction in zip(
                joint.numbers.items(), joint.normals, joint.directions, strict=True
            )
        ]
        if equation is not None and optimum.solution is not None:
            K = ClosedForm.of(problem.unknown)
            explained = explained + (equation.T @ K).trace()
            at, direction = self.node(optimum.solution), self.data(problem.coefficient - K)
            rows.append([self.letters.id(problem.unknown), at, self.node(equation), direction])
        value = self.data(optimum.closed_form)
        self.remember(optimum.closed_form, value)
        return {
            "loss": self.node(optimum.loss.closed_form),
            "candidate": self.node(joint.candidate),
            "square": self.node(joint.distance),
            "normals": rows,
            "power": self.node(power),
            "explained": self.data(explained),
            "value": value,
        }

    def _as_multiple(self, optimum: Optimum, number: ClosedForm) -> dict[str, int]:
        """The same in one number k, with K = kI: tr(N(kI)ᵀ(K(θ) − kI)) = tr N(kI) (tr K(θ)/d − k)."""
        problem, certificate = optimum.problem, optimum.certificate
        assert problem.normal_equation is not None
        k, side = letter("k in K = k I", ONE, ONE), problem.normal_equation.rows
        table = {problem.unknown: ClosedForm.identity(side) * ClosedForm.of(k)}

        def there(form: ClosedForm) -> int:
            return self.put(self.node(form), table, form.substitute(table))

        slope = problem.normal_equation.substitute(table).trace()
        constant = slope.substitute({k: closed_form(0)})
        normal = self.value("trace", self.letters.number(slope), of=there(problem.normal_equation))
        right, factor = self.data(-constant), self.data(slope.substitute({k: closed_form(1)}) - constant)
        unknown = self.letters.id(k)
        equation = self.emit("factorised", of=normal, letter=unknown, scale=self.node(1), F=factor, C=right)
        direction = problem.coefficient.trace() / size_of(side) - ClosedForm.of(k)
        at = self.value(
            "quotient",
            self.letters.number(number),
            of=right,
            by=factor,
            result=self.data(number),
            solves=equation,
        )
        solution = optimum.solution
        if solution is not None:  # what is stated of it is made from this entry
            parts = [at, self.data(ClosedForm.identity(side))]
            self.remember(solution, self.value("product", self.letters.number(solution), parts=parts))
        return {
            "letter": unknown,
            "factorised": equation,
            "loss": self.node(optimum.loss.closed_form),
            "candidate": there(certificate.candidate_loss),
            "square": there(certificate.distance),
            "normal": normal,
            "direction": self.data(direction),
            "at": at,
            "power": self.node(optimum.target_power),
            "explained": there(optimum.explained),
            "value": self.node(optimum.closed_form),
        }

    def _as_square(self, optimum: Optimum) -> dict[str, int]:
        """L(θ) = L* + E[(f_θ − f_K*)²], with the solution written out."""
        square, distance = self.node(optimum.certificate.distance), optimum.certificate.distance
        if optimum.solution is not None:
            table = {optimum.problem.unknown: optimum.solution}
            square = self.put(square, table, distance.substitute(table))
        return self.at_least_fields(
            self.node(optimum.loss.closed_form), self.node(optimum.closed_form), square
        )
