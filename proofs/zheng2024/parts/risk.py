"""The exact risk of the trained model on test sequences, and when it vanishes: equality in Cauchy–Schwarz."""

from dataclasses import dataclass

from symicl.algebra import ClosedForm, closed_form, read_form, scalar
from symicl.expectation import Places, inner
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.quadratic import A, B, u
from symicl.proofs.zheng2024.setting import H, N, T_test, a, b, d, k1, k2, k3, m2, model, task
from symicl.statements import VanishesIff
from symicl.theory import COORDINATES, loss_in_time, mean_over_coordinates, nonnegative
from symicl.typeset import Equation

v, c, p = scalar("v"), scalar("c"), scalar("p")
r, w = scalar("r", nonnegative=True), scalar("w", nonnegative=True)
"""H_N/N and 1/n."""


@dataclass(frozen=True)
class Risk:
    """Per coordinate, at u = ab and n = T_test − 1 examples in the context: limit + over_n/n.

    Attributes
    ----------
    limit, over_n : ClosedForm
        E|ŷ_j − x_j|² as the context grows, and what is divided by n.
    ratio : ClosedForm
        E[ŷ_j/x_j], where x_j ≠ 0, times P(x_j ≠ 0).
    overlap : ClosedForm
        E[ŷ_j conj(x_j)].
    """

    limit: ClosedForm
    over_n: ClosedForm
    ratio: ClosedForm
    overlap: ClosedForm

    @property
    def mse(self):
        """With T_test written out."""
        return self.limit + self.over_n / of(T_test - 1)

    def at(self, product):
        """All four at a value of u = ab, which is put in for a with b = 1."""
        there = {a: product, b: closed_form(1)}
        return Risk(*(put(part, there) for part in (self.limit, self.over_n, self.ratio, self.overlap)))


def per_coordinate(form):
    """A sum over coordinates that are alike, divided by d."""
    return form / of(d)


def exact_risk(step):
    """The risk, the mean ratio of prediction and truth, and their overlap, for every length of the context."""
    pair = model.active(A, B)
    sequence = task.sequence()
    prediction = model.predict(pair, sequence)
    error = loss_in_time(model, task, pair).function
    ratio = task.expectation((prediction * sequence.over_target()).total())
    overlap = task.expectation(inner(sequence.target(), prediction))
    step(
        r"The exact risk on a test context of $n=T_{\mathrm{test}}-1$ pairs, for every law of $x_1$",
        Equation(
            r"\sum_j\mathbb{E}|\hat y_j-x_{T_{\mathrm{test}}+1,j}|^{2}",
            error.coefficient(0) + error.coefficient(-1) * read_form(1 / (T_test - 1)),
        ),
        Equation(r"\sum_j\mathbb{E}\,\frac{\hat y_j}{x_{T_{\mathrm{test}}+1,j}}", ratio.coefficient(0)),
        Equation(r"\sum_j\mathbb{E}\,\hat y_j\,\bar x_{T_{\mathrm{test}}+1,j}", overlap.coefficient(0)),
        where={"n": r"$=T_{\mathrm{test}}-1$"},
        note=r"Averages over phases and $x_1$; in the second one a coordinate that is zero counts as zero.",
    )
    step.require(
        "the risk is a constant and a multiple of $1/n$; ratio and overlap do not depend on $n$",
        Places((error,), powers=frozenset({0, -1})),
        Places((ratio,), powers=frozenset({0})),
        Places((overlap,), powers=frozenset({0})),
        rule="powers of $n$ in the closed form",
    )
    step.require(
        "no length is exceptional",
        Places((error, ratio, overlap)),
        rule="the equations between times, case by case",
    )
    return Risk(
        per_coordinate(error.coefficient(0)),
        per_coordinate(error.coefficient(-1)),
        per_coordinate(ratio.coefficient(0)),
        per_coordinate(overlap.coefficient(0)),
    )


def equality_case(step, risk):
    """The limit risk is E[x²(1 − vx²)²]: zero exactly where x² is 0 or 1/v."""
    X, V = of(COORDINATES[0]), of(v)
    shrunk = X - V * X**3
    best = risk.at(of(k1) / of(k2)).limit
    step(
        r"When it vanishes: the equality case of the Cauchy–Schwarz inequality for $x$ and $x^{3}$",
        r"\mathbb{E}|\hat y_j-x_j|^{2}=\mathbb{E}\big[x^{2}(1-ux^{2})^{2}\big]+\tfrac{u^{2}\kappa_3}{n},\qquad "
        r"x=x_{1j}",
        r"m_2-\frac{\kappa_1^{2}}{\kappa_2}=\mathbb{E}\big[x^{2}(1-vx^{2})^{2}\big]=0\ \Leftrightarrow\ "
        r"x_{1j}^{2}\in\{0,c^{2}\}\text{ almost surely},\qquad v=\frac{\kappa_1}{\kappa_2}=\frac1{c^{2}}",
        note=r"At a finite length $u^{2}\kappa_3/n$ is added to it.",
    )
    step.check(
        r"$\mathbb{E}[x^{2}(1-vx^{2})^{2}]=m_2-2v\kappa_1+v^{2}\kappa_2$",
        mean_over_coordinates(shrunk * shrunk, task.law),
        of(m2) - of(v) * of(k1) * 2 + of(v) ** 2 * of(k2),
    )
    step.check(
        "the limit of the risk in $n$ is this mean square, at every $u$",
        risk.at(of(v)).limit,
        mean_over_coordinates(shrunk * shrunk, task.law),
    )
    step.check(
        r"at $v=\kappa_1/\kappa_2$ it equals $m_2-\kappa_1^{2}/\kappa_2$", best, of(m2) - of(k1) ** 2 / of(k2)
    )
    step.check(
        r"only if: what is squared is $x(1-vx^{2})$, and at $x^{2}\neq0$ it vanishes at $v=1/x^{2}$ alone",
        shrunk,
        X * (closed_form(1) - V * X**2),
    )
    two_values = {k: of(p) * of(c) ** k for k in (2, 4, 6)}
    there = {k1: two_values[4], k2: two_values[6], m2: two_values[2]}
    step.check(
        r"if: with $x^{2}\in\{0,c^{2}\}$ and $P(x\neq0)=p$ there is $v=1/c^{2}$",
        put(of(k1) / of(k2), there),
        closed_form(1) / of(c) ** 2,
    )
    step.check("and the limit risk is zero", put(best, there), closed_form(0))
    step.check(r"the rest is $u^{2}\kappa_3/n$", risk.at(of(u)).over_n, of(u) ** 2 * of(k3))
    step.conclude(
        VanishesIff(best, (0, c**2), root=put(shrunk, {v: of(k1) / of(k2)}), law=task.law),
        claim=r"the limit risk is zero if and only if $x_{1j}^{2}\in\{0,c^{2}\}$ almost surely, for some number $c$",
    )
    return best


def joint_limit(step, trained, limit_mse):
    """How far the risk is from its limit, in terms of H_{T−2}/(T−2) and 1/(T_test − 1) together.

    Parameters
    ----------
    step : Recorder
    trained : Risk
        Of the trained model.
    limit_mse : ClosedForm
    """
    first, second = of(r), of(w)
    known = {H: first * of(N), T_test: closed_form(1) / second + 1}
    risk = put(trained.mse, known)
    size, below = of(k1) / of(k2), of(k2) + of(k3) * first
    step(
        r"The joint limit: with $r=H_{T-2}/(T-2)$ and $w=1/(T_{\mathrm{test}}-1)$, which tend to 0 in whatever way",
        r"0\le\mathbb{E}|\hat y_j-x_j|^{2}-\Big(m_2-\frac{\kappa_1^{2}}{\kappa_2}\Big)="
        r"\frac{\kappa_1^{2}\kappa_3^{2}r^{2}}{\kappa_2(\kappa_2+\kappa_3r)^{2}}"
        r"+\frac{\kappa_1^{2}\kappa_3w}{(\kappa_2+\kappa_3r)^{2}}"
        r"\le\frac{\kappa_1^{2}}{\kappa_2^{2}}\Big(\frac{\kappa_3^{2}}{\kappa_2}r^{2}+\kappa_3w\Big)",
        where={"r": "$=H_{T-2}/(T-2)$", "w": r"$=1/(T_{\mathrm{test}}-1)$"},
        note="The bound tends to 0 with $r$ and $w$, whichever of the two lengths grows faster.",
        name="joint limit",
    )
    excess = risk - limit_mse
    step.check(
        "the excess over the limit is as given",
        excess,
        (of(k1) ** 2 * of(k3) ** 2 * first**2 / of(k2) + of(k1) ** 2 * of(k3) * second) / below**2,
    )
    bound = size**2 * (of(k3) ** 2 * first**2 / of(k2) + of(k3) * second)
    step.require("it is at least 0", nonnegative(excess), rule="no negative coefficient")
    step.require("it is at most the bound", nonnegative(bound - excess), rule="no negative coefficient")
