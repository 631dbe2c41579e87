"""The certificate of a number of heads: what the best forms leave, and that no other forms leave less."""

from __future__ import annotations

from fractions import Fraction

import sympy

from symicl.algebra import ONE, ClosedForm, letter, read_form
from symicl.certificates.operations import OperationLog
from symicl.certificates.results.forward_pass import STEIN_AXIOM
from symicl.tasks import LinearRegression
from symicl.theory import HeadCount

COUNTED = (
    "the forms that H heads reach are those that vanish on a common space of dimension d + 1 - H; the best forms are "
    "mu_k (c3 |p|^2 + c2 t^2) + c4 t p_k, so that one head does for mu = 0, d heads for |mu|^2 <= r*, d + 1 above, and "
    "d - 1 never for mu other than 0"
)


class HeadEvidence:
    """The moments, and that no forms leave less than the best ones; made while a recording runs."""

    def __init__(self, result: HeadCount):
        task = result.task
        mean = task.task_mean
        law = LinearRegression(
            task_mean=sympy.ZeroMatrix(*mean.shape), task_cov=task.task_cov, noise=task.noise, n=task.n, d=task.d
        )
        self.result, self.forms = result, result.forms
        X, w = read_form(law.X), read_form(law.w)
        r = X @ w + read_form(law.noises) if task.noise != 0 else X @ w
        side = X.cols
        self.S = letter("S", side, side, symmetric=True)
        self.omega, self.b, self.p = letter("omega", ONE, ONE), letter("b", side, ONE), letter("p", side, ONE)
        S, omega, b, p = (ClosedForm.of(a) for a in (self.S, self.omega, self.b, self.p))
        self.identity = ClosedForm.identity(side)
        even, odd = (S @ X.T @ X).trace() + omega * (r.T @ r).trace(), (b.T @ X.T @ r).trace()
        rest = (p.T @ w).trace()
        self.mixed = [law.expectation(even * other) for other in (odd, rest)]
        left = 1 - even
        self.even, self.even_square = law.expectation(left * left), law.expectation(even * even)
        away = odd - rest
        self.odd, self.odd_square = law.expectation(away * away), law.expectation(odd * odd)

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        result = self.result
        statement = f"d heads do for a prior mean mu exactly if |mu|^2 <= r* = {result.threshold}"
        names = ["least part of |mu|^2 that is left"] + ["r*"] * bool(self.forms.c2)
        return "head count", statement, repr(result.task), (), [STEIN_AXIOM], names

    def write(self, log: OperationLog, name: str, text: str) -> None:
        """Write what the best forms leave, as a quantity of this name."""
        forms = self.forms
        for value in self.mixed:
            log.emit("equal", claim="even and odd parts do not mix", left=log.node(value), right=log.node(0))
        best = {self.S: self.identity * forms.c3, self.omega: forms.c2}
        kappa = log.put(log.node(self.even), best, self.even.substitute(best))
        away = {a: ClosedForm.of(a) - value for a, value in best.items()}
        square = log.put(log.node(self.even_square), away, self.even_square.substitute(away))
        log.at_least("no S and omega leave less of the mean", log.node(self.even), kappa, square)
        task = {self.b: ClosedForm.of(self.p) * forms.c4}
        least = log.put(log.node(self.odd), task, self.odd.substitute(task))
        apart = {self.b: ClosedForm.of(self.b) - task[self.b]}
        distance = log.put(log.node(self.odd_square), apart, self.odd_square.substitute(apart))
        log.at_least("no b leaves less of the rest of the task", log.node(self.odd), least, distance)
        stated = log.data(forms.kappa)
        log.emit("stated", name=name, text=str(forms.kappa.expr), stated=stated, derived=kappa)

    def write_more(self, log: OperationLog) -> None:
        """Write the count, and the threshold where there is one."""
        forms = self.forms
        log.emit("asserted", claim=COUNTED, why="linear algebra")
        if not forms.c2:
            return
        threshold = forms.threshold
        discriminant = forms.c2 * forms.c3 * threshold * Fraction(4)
        log.emit(
            "equal",
            claim="c3 |mu|^2 a^2 + c4 a + c2 has a double root at |mu|^2 = r*",
            left=log.node(discriminant),
            right=log.data(forms.c4**2),
        )
        value = log.data(threshold)
        log.emit("stated", name="r*", text=str(self.result.threshold), stated=value, derived=value)
