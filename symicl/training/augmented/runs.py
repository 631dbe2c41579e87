"""Runs of attention on augmented tokens on its exact loss, and of stacked layers on sequences that do not commute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy

from symicl.algebra.evaluate import evaluate
from symicl.expectation.phases.parameters import DiagonalMatrix
from symicl.models.causal_attention import CausalLinearAttention
from symicl.tasks.autoregressive import AutoregressiveTask
from symicl.tasks.values import Values
from symicl.theory.autoregressive_loss import autoregressive_loss
from symicl.training.augmented.diagonal_loss import compile_diagonal
from symicl.training.augmented.haar import TEST_SEQUENCES, HaarExperiment, best_descent, train_layers
from symicl.training.positional.exact_descent import descend_exactly
from symicl.training.positional.exact_sequences import mean_squared_error, roots_of_unity
from symicl.training.runtime.draws import TorchDraws
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.threads import one_thread
from symicl.training.studies.panel_study import Findings
from symicl.training.study import Curve, Level, Measurement, Panel, StudyProgress

REACHED = 1e-6
"""Largest relative excess loss at the end of a run that has arrived."""
ROUNDING = 1e-9
DIAGONAL = "diagonal weights"


@dataclass(frozen=True, kw_only=True)
class AugmentedProblem:
    """What is trained, and what was derived for it.

    Attributes
    ----------
    task, model
    u, loss : expressions
        The derived u* and ℓ*.
    wrong_u : dict of expressions
        Other values of u*, which the trained weights must tell apart from it.
    symmetric_loss : callable
        From exact values and digits to the least loss of full weights that permutations leave alone.
    steps : int
        Of Adam on the exact loss.
    lr : float
    haar : HaarExperiment
    """

    task: AutoregressiveTask
    model: CausalLinearAttention
    u: sympy.Expr
    loss: sympy.Expr
    wrong_u: Mapping[str, sympy.Expr]
    symmetric_loss: Callable[[Values, int], Any]
    steps: int = 500
    lr: float = 0.05
    haar: HaarExperiment = field(default_factory=HaarExperiment)


class AugmentedRuns:
    """All runs at numbers."""

    def __init__(self, problem: AugmentedProblem, values: Values, steps: int, progress: StudyProgress | None):
        self.problem, self.values, self.steps, self.progress = problem, values, steps, progress
        self.d, self.length = (int(evaluate(x, values)) for x in (problem.task.d, problem.task.T))
        self.u, self.best = (float(evaluate(x, values)) for x in (problem.u, problem.loss))
        self.runs: list[Measurement] = []
        self.panels: list[Panel] = []
        self.extra: dict[str, Any] = {"u": self.u}

    def _relay(self, seed: int) -> Callable[[int, int, float], None] | None:
        progress = self.progress
        return None if progress is None else lambda step, total, value: progress(seed, step, total, value)

    def measure(self, seeds: list[int]) -> None:
        """Diagonal weights, full weights where all phases can be gone through, and layers on Haar sequences."""
        # The exponents of λ in ‖ŝ − s‖² are below 3 T_max.
        x = roots_of_unity(self.d, self.length, 3 * (self.length - 1) + 1)
        with one_thread():
            self._diagonal(seeds, x)
            if x is not None and self.d > 1:
                self._full(seeds[:2], x)
            self._layers(seeds[:1])

    def findings(self) -> Findings:
        """All runs, the pictures, and u*."""
        return Findings(self.runs, self.panels, self.extra)

    def _diagonal(self, seeds: list[int], x: np.ndarray | None) -> None:
        torch = load_torch()
        problem, names = self.problem, ("a", "b")
        loss = autoregressive_loss(
            problem.model, problem.task, problem.model.active(*[DiagonalMatrix(name) for name in names])
        ).at(**{name: self.values[symbol] for name, symbol in problem.task.symbols().items()})
        draws = [np.random.default_rng(seed).standard_normal((2, self.d)) * self.u**0.5 for seed in seeds]
        start = {name: np.stack([draw[k] for draw in draws]) for k, name in enumerate(names)}
        path = descend_exactly(
            compile_diagonal(loss), start, self.steps, problem.lr, adam=True, progress=self._relay(seeds[0])
        )
        curves = []
        for k, seed in enumerate(seeds):
            a, b = (path.weights[name][k] for name in names)
            final = float(path.losses[-1][k])
            if x is not None:
                pair = [torch.tensor(np.diag(v)) for v in (a, b)]
                by_forward_pass = float(
                    mean_squared_error(problem.model, problem.model.active(*pair), torch.tensor(x))
                )
            else:
                by_forward_pass = final
            verdict, reason = self._judge_diagonal(a, b, final, by_forward_pass)
            self._keep(DIAGONAL, seed, verdict, reason, self.best, final, float(abs(a * b - self.u).max()))
            curves.append(Curve(f"seed {seed}", path.steps, [float(x[k]) for x in path.losses]))
        self.panels.append(
            Panel(
                "diagonal weights on the exact loss",
                "steps of Adam",
                "loss",
                tuple(curves),
                (Level("derived minimum", self.best),),
                log_y=True,
            )
        )
        products = path.weights["a"] * path.weights["b"]
        self.panels.append(
            Panel(
                "products of the trained weights",
                "coordinate",
                "a_j b_j",
                tuple(
                    Curve(f"seed {seed}", range(1, self.d + 1), products[k].tolist())
                    for k, seed in enumerate(seeds)
                ),
                (
                    Level("derived: u*", self.u),
                    *(
                        Level(f"wrong: {name}", float(evaluate(value, self.values)), group=k + 1)
                        for k, (name, value) in enumerate(self.problem.wrong_u.items())
                    ),
                ),
            )
        )

    def _judge_diagonal(self, a: np.ndarray, b: np.ndarray, final: float, forward: float) -> tuple[str, str]:
        distance = float(abs(a * b - self.u).max())
        signs = np.sign(a)
        shape = float(abs(signs * a - np.mean(signs * a)).max() / np.mean(signs * a))
        if abs(final - forward) > ROUNDING * max(1.0, final):
            return "contradicted", f"the forward pass gives {forward:.9g}, its closed form {final:.9g}"
        if final < self.best * (1 - ROUNDING):
            return "contradicted", f"the loss is below the derived minimum by {self.best - final:.3g}"
        if final > self.best * (1 + REACHED):
            return "unfinished", f"the excess loss is still {final / self.best - 1:.2g} of the minimum"
        if self.length > 3 and (distance > 0.01 * self.u or shape > 0.01):
            return "contradicted", f"the minimum is reached with a_j b_j = {a * b}, |a_j| = {abs(a)}"
        for name, value in self.problem.wrong_u.items():
            if 2 * distance >= abs(float(evaluate(value, self.values)) - self.u) > 0:
                return "unfinished", f"the products are too far from u* to rule out {name}"
        kinds = "all signs equal" if abs(signs.sum()) == self.d else "signs of both kinds"
        return "reached", f"u* = {self.u:.6g} within {distance / self.u:.1g} of it, {kinds}"

    def _full(self, seeds: list[int], x: np.ndarray) -> None:
        """Full A and B on the mean over all phases, by the forward pass of the real model."""
        torch = load_torch()
        problem, below = self.problem, float(self.problem.symmetric_loss(self.values, 20))
        data = torch.tensor(x)
        curves = []
        for seed in seeds:
            draws = TorchDraws(seed, "float64")
            near = [torch.eye(self.d, dtype=torch.float64) * self.u**0.5 for _ in range(2)]
            pair = [(w + 0.01 * draws.normal(self.d, self.d)).requires_grad_() for w in near]
            optimiser = torch.optim.LBFGS(
                pair, max_iter=300, tolerance_grad=1e-9, tolerance_change=1e-14, line_search_fn="strong_wolfe"
            )
            losses: list[float] = []

            def closure():  # type: ignore[no-untyped-def]
                optimiser.zero_grad()  # noqa: B023
                value = mean_squared_error(problem.model, problem.model.active(*pair), data)  # noqa: B023
                value.backward()
                losses.append(float(value.detach()))  # noqa: B023
                return value

            optimiser.step(closure)
            final = min(losses)
            if final >= self.best * (1 - 1e-3):
                verdict, reason = "unfinished", "the loss does not fall below that of diagonal weights"
            else:
                verdict = "reached"
                reason = f"{final:.6f}, below {self.best:.6g} of diagonal weights"
                if abs(final - below) < 1e-5 * below:
                    reason += "; it is the derived minimum of symmetric ones"
            self._keep("full weights from nearby", seed, verdict, reason, below, final, None, len(losses))
            curves.append(Curve(f"seed {seed}", range(1, len(losses) + 1), losses))
        self.panels.append(
            Panel(
                "full A, B from near the diagonal optimum",
                "evaluations (L-BFGS)",
                "loss",
                tuple(curves),
                (Level("diagonal weights", self.best), Level("symmetric weights", below, group=1)),
            )
        )

    def _layers(self, seeds: list[int]) -> None:
        haar = self.problem.haar
        test = haar.sequences(TEST_SEQUENCES, TorchDraws(10_000, "float64"))
        curves, levels = [], []
        for depth in (1, 2):
            eta, level = best_descent(test, depth)
            levels.append(Level(f"{depth} step{'s' * (depth > 1)} of descent", level, group=depth))
            for seed in seeds:
                found = train_layers(haar, depth, seed, test, self._relay(seed))
                slack = 3 * found.standard_error
                if found.test_error <= level + slack:
                    verdict = "reached"
                    reason = (
                        f"error {found.test_error:.4f}, {depth} best steps (η = {eta:.2g}) have {level:.4f}"
                    )
                else:
                    verdict = "unfinished"
                    reason = f"error {found.test_error:.4f} is above {level:.4f} of {depth} steps"
                name = f"{depth} layer{'s' * (depth > 1)}, Haar W"
                self._keep(name, seed, verdict, reason, level, found.test_error, None, haar.steps)
                steps, errors = zip(*found.trajectory, strict=True)
                curves.append(Curve(name, steps, errors, group=depth))
        self.panels.append(
            Panel(
                "stacked layers on Haar-orthogonal W (sampled)",
                "steps of Adam on fresh sequences",
                "mean squared error",
                tuple(curves),
                tuple(levels),
                log_y=True,
            )
        )

    def _keep(
        self,
        name: str,
        seed: int,
        verdict: str,
        reason: str,
        level: float,
        found: float,
        distance: float | None,
        steps: int | None = None,
    ) -> None:
        excess = found - level
        relative = excess / level if level else excess
        self.runs.append(
            Measurement(
                name,
                seed,
                self.steps if steps is None else steps,
                verdict,
                reason,
                level,
                excess,
                relative,
                distance,
            )
        )

    def judge(self) -> tuple[Any, str]:
        """Confirmed if each kind of run has arrived at least once, and none contradicts."""
        for run in self.runs:
            if run.verdict == "contradicted":
                return "contradicted", f"{run.name}, seed {run.seed}: {run.reason}"
        reached = {run.name for run in self.runs if run.verdict == "reached"}
        for run in self.runs:
            if run.name not in reached:
                return "inconclusive", f"{run.name}, seed {run.seed}: {run.reason}"
        count = sum(run.verdict == "reached" for run in self.runs if run.name == DIAGONAL)
        return (
            "confirmed",
            f"{count} runs of diagonal weights end at u* = {self.u:.6g} and the derived minimum",
        )
