"""Runs of attention on augmented tokens on sampled sequences, measured by its exact loss; and of stacked layers on
sequences that do not commute."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy

from symicl.expectation import DiagonalMatrix, FullMatrix
from symicl.models import CausalLinearAttention
from symicl.numeric import evaluate
from symicl.studies.augmented.haar import TEST_SEQUENCES, HaarExperiment, best_descent, layers, test_error
from symicl.studies.augmented.panels import haar_panel, loss_panel, products_panel
from symicl.studies.causal.entry_loss import EntryLoss
from symicl.studies.curves import Panel
from symicl.studies.evidence import Evidence, summary
from symicl.studies.kinds.fresh_descent import FreshSchedule, Part, Path
from symicl.studies.kinds.judging import Grounds, sentence
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.settle import LossWithSlopes, settle
from symicl.studies.runtime.threads import one_thread
from symicl.studies.sequences.descent import fitting_batch, fresh_loss, mismatch, on_sequences
from symicl.tasks import AutoregressiveTask, TaskAt, Values
from symicl.theory import autoregressive_loss

MAX_EXCESS = 0.02
"""Largest exact excess loss of trained weights, relative to the loss of zero weights."""
DESCENT_TOLERANCE = 1e-6
"""Relative difference of exact losses that is attributed to the end of the descent; products differ by its root."""
FRESH_SEQUENCES = 2000
DIAGONAL_WEIGHTS, FULL_WEIGHTS = "diagonal weights", "full weights from nearby"


@dataclass(frozen=True, kw_only=True)
class AugmentedProblem:
    """The training problem, and the closed forms derived for it.

    Attributes
    ----------
    task, model
    u, loss : expressions
        The stated u* and ℓ*.
    wrong_u : dict of expressions
        Other values of u*, which the runs must tell apart from it.
    symmetric_loss : callable
        From exact values and digits to the least loss of full weights that permutations leave alone.
    steps, batch : int
        Of Adam on fresh sequences.
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
    batch: int = 64
    lr: float = 0.05
    haar: HaarExperiment = field(default_factory=HaarExperiment)

    def schedule(self, length: int, steps: int) -> FreshSchedule:
        """How the model is trained on sequences with targets up to T_max = length."""
        return FreshSchedule(fitting_batch(self.batch, length), (Part("Adam", steps, self.lr),))


class AugmentedRuns(PanelWork):
    """All runs at numbers."""

    def __init__(self, problem: AugmentedProblem, at: TaskAt[AutoregressiveTask], steps: int):
        self.problem, self.at, self.values = problem, at, at.values
        self.d, self.length = (int(evaluate(x, at.values)) for x in (problem.task.d, problem.task.T))
        self.u, self.best = (float(evaluate(x, at.values)) for x in (problem.u, problem.loss))
        self.unit = self.d * (self.length - 2)
        self.schedule = problem.schedule(self.length, steps)
        self.runs: list[Measurement] = []
        self.panels: list[Panel] = []
        wrong = {name: float(evaluate(value, at.values)) for name, value in problem.wrong_u.items()}
        self.wrong = {name: value for name, value in wrong.items() if not math.isclose(value, self.u)}
        self.dropped = [name for name in wrong if name not in self.wrong]
        self.extra: dict[str, Any] = {"u": self.u, "dropped": self.dropped}

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """Diagonal weights, full weights, and layers on Haar sequences."""
        self._diagonal(runner, seeds)
        if self.d > 1:
            self._full(runner, seeds[:2])
        with one_thread():
            self._layers(runner, seeds[:1])

    def findings(self) -> Findings:
        """All runs, the pictures, and u*."""
        return Findings(self.runs, self.panels, self.extra, main=DIAGONAL_WEIGHTS)

    def _train(
        self, runner: Runner, A: np.ndarray, B: np.ndarray, mask: np.ndarray, seed: int
    ) -> tuple[Path, Any, Any]:
        """Adam on the masked entries of the blocks A and B, all other blocks zero, on fresh sequences."""
        model = self.problem.model
        masks, start = model.active(mask, mask), model.active(A, B)
        path = runner.train(
            on_sequences(model, self.at, start, seed, self.schedule, level=self.best, masks=masks)
        ).path
        d = self.d
        return path, path.average["W_KQ"][2 * d :, d : 2 * d], path.average["W_PV"][:d, d : 2 * d]

    def _closed_form(self, kind: type) -> Any:
        problem = self.problem
        pair = problem.model.active(*[kind(name) for name in "AB"])
        numbers = {name: self.values[symbol] for name, symbol in problem.task.symbols().items()}
        return autoregressive_loss(problem.model, problem.task, pair).at(**numbers)

    # --- diagonal weights ------------------------------------------------------------------------------

    def _diagonal(self, runner: Runner, seeds: list[int]) -> None:
        exact = EntryLoss(self._closed_form(DiagonalMatrix))
        paths, products = {}, {}
        for seed in seeds:
            start = np.random.default_rng(seed).standard_normal((2, self.d)) * self.u**0.5
            path, A, B = self._train(runner, np.diag(start[0]), np.diag(start[1]), np.eye(self.d), seed)
            weights = {"A": np.diag(A).copy(), "B": np.diag(B).copy()}
            verdict, reason, final, distance = self._judge_diagonal(path, weights, exact, seed)
            self._keep(
                DIAGONAL_WEIGHTS, seed, verdict, reason, self.best, final, distance, self.schedule.evidence
            )
            paths[seed], products[seed] = path, weights["A"] * weights["B"]
        shows = tuple([self.schedule.evidence] * len(paths))
        self.panels.append(loss_panel(DIAGONAL_WEIGHTS, paths, {"stated minimum": self.best}, shows))
        self.panels.append(products_panel(products, self.u, self.wrong, shows))

    def _judge_diagonal(
        self, path: Path, weights: dict[str, np.ndarray], exact: LossWithSlopes, seed: int
    ) -> tuple[str, str, float, float]:
        """Verdict and reason, the exact loss of the trained weights, and their largest |a_j b_j − u*|."""
        if not path.is_finite:
            return "unfinished", "the steps are too large, the weights grow", math.inf, math.inf
        final, distance = exact(weights)[0], float(abs(weights["A"] * weights["B"] - self.u).max())
        fresh = fresh_loss(self.problem.model, self.at, path.average, FRESH_SEQUENCES, seed + 1_000_003)
        end = settle(exact, weights, self.unit)
        a, products = end.weights["A"], end.weights["A"] * end.weights["B"]
        off, tolerance = float(abs(products - self.u).max()), math.sqrt(DESCENT_TOLERANCE) * self.u
        even = float(np.ptp(abs(a)) / abs(a).max()) if abs(a).max() else 0.0
        verdict, reason = "reached", ""
        if wrong := mismatch(fresh, final, 1e-9 * self.unit):
            verdict, reason = "contradicted", wrong
        elif not end.is_stationary(self.unit):
            verdict, reason = "unfinished", "the exact loss leads to no stationary point from its weights"
        elif end.loss < self.best - DESCENT_TOLERANCE * self.unit:
            verdict = "contradicted"
            reason = (
                f"from its weights the exact loss leads to {end.loss:.8g}, below the stated {self.best:.8g}"
            )
        elif end.loss > self.best + DESCENT_TOLERANCE * self.unit:
            verdict = "unfinished"
            reason = (
                f"from its weights the exact loss leads to {end.loss:.8g}, above the stated {self.best:.8g}"
            )
        elif self.length > 3 and (off > tolerance or even > math.sqrt(DESCENT_TOLERANCE)):
            verdict = "contradicted"
            reason = f"the minimum is at a_j b_j = {products}, |a_j| = {abs(a)}, stated u* = {self.u:.6g}"
        elif final > self.best + MAX_EXCESS * self.unit:
            verdict, reason = "unfinished", f"the exact loss {final:.5g} is still above {self.best:.5g}"
        for name, value in self.wrong.items():
            if (
                verdict == "reached"
                and self.length > 3
                and abs(value - self.u) < 10 * max(off, tolerance / 10)
            ):
                verdict, reason = "unfinished", f"the products are too far from u* to rule out {name}"
        if verdict == "reached":
            signs = "all signs equal" if abs(np.sign(a).sum()) == self.d else "signs of both kinds"
            reason = (
                f"a_j b_j within {100 * distance / self.u:.1g} % of u* = {self.u:.6g}, {signs}; "
                f"exact loss {final:.5g}, "
                f"and from these weights it leads to {end.loss:.6g}, stated {self.best:.6g}"
            )
        return verdict, reason, final, distance

    # --- full weights ----------------------------------------------------------------------------------

    def _full(self, runner: Runner, seeds: list[int]) -> None:
        """Full A and B: below the minimum of diagonal ones."""
        below = float(self.problem.symmetric_loss(self.values, 20))
        closed = EntryLoss(self._closed_form(FullMatrix))
        paths = {}
        for seed in seeds:
            draws = np.random.default_rng(seed)
            near = [
                np.eye(self.d) * self.u**0.5 + 0.01 * draws.standard_normal((self.d, self.d))
                for _ in range(2)
            ]
            path, A, B = self._train(runner, near[0], near[1], np.ones((self.d, self.d)), seed)
            pair = {"A": A, "B": B}
            final, verdict = math.inf, "unfinished"
            reason = "the steps are too large, the weights grow"
            if path.is_finite:
                final = float(closed.loss(pair))
                end = settle(closed, pair, self.unit)
                reason = f"exact loss {final:.5g}; from its weights it leads to {end.loss:.6g}"
                if min(final, end.loss) < self.best - 1e-3 * self.unit:
                    verdict = "reached"
                    reason += f", below {self.best:.6g} of diagonal weights"
                    if abs(end.loss - below) < 1e-5 * below:
                        reason += "; it is the derived minimum of symmetric ones"
                else:
                    reason += f", not below {self.best:.6g} of diagonal weights"
            self._keep(FULL_WEIGHTS, seed, verdict, reason, below, final, None, self.schedule.evidence)
            paths[seed] = path
        levels = {"diagonal weights": self.best, "symmetric weights": below}
        self.panels.append(
            loss_panel(FULL_WEIGHTS, paths, levels, tuple([self.schedule.evidence] * len(paths)))
        )

    # --- layers ----------------------------------------------------------------------------------------

    def _layers(self, runner: Runner, seeds: list[int]) -> None:
        """Stacked layers on Haar-orthogonal W, of which the statement does not speak."""
        haar = self.problem.haar
        test = haar.sequences(TEST_SEQUENCES, TorchDraws(10_000, "float64"))
        shows: list[Evidence] = []
        found, levels = {}, {}
        for depth in (1, 2):
            eta, level = best_descent(test, depth)
            levels[depth] = level
            for seed in seeds:
                run = runner.train(layers(haar, depth, seed))
                shows.append(run.evidence)
                error, deviation = test_error(run.path.average, test)
                text = f"error {error:.4f}, {depth} best steps of descent (η = {eta:.2g}) have {level:.4f}"
                verdict = "reached" if error <= level + 3 * deviation else "unfinished"
                name = f"{depth} layer{'s' * (depth > 1)}, Haar W"
                self._keep(
                    name, seed, verdict, text, level, error, None, shows[-1], haar.steps, claimed=False
                )
                found[name, depth] = run.path
        self.panels.append(haar_panel(found, levels, tuple(shows)))

    def _keep(
        self,
        name: str,
        seed: int,
        verdict: str,
        reason: str,
        level: float,
        found: float,
        distance: float | None,
        evidence: Evidence,
        steps: int | None = None,
        *,
        claimed: bool = True,
    ) -> None:
        excess = found - level
        self.runs.append(
            Measurement(
                name,
                seed,
                self.schedule.steps if steps is None else steps,
                verdict,
                reason,
                level,
                excess,
                excess / level if level else excess / self.unit,
                distance,
                evidence,
                claimed,
            )
        )

    def grounds(self) -> Grounds:
        """Each kind of run that the statement speaks about has arrived."""
        claimed = [run for run in self.runs if run.is_claimed]
        reached = {run.name for run in claimed if run.verdict == "reached"}
        lacking = [sentence(run) for run in claimed if run.name not in reached]
        return Grounds(self.runs, self._confirmed, lacking)

    def _confirmed(self) -> str:
        diagonal, full = (
            [run for run in self.runs if run.name == name] for name in (DIAGONAL_WEIGHTS, FULL_WEIGHTS)
        )
        arrived = [run for run in diagonal if run.verdict == "reached"]
        others = "" if len(arrived) == len(diagonal) else f" ({len(diagonal) - len(arrived)} did not arrive)"
        below = f"; full weights go below, in {summary(run.evidence for run in full)}" if full else ""
        note = (
            f"; wrong values that coincide here are left out: {', '.join(self.dropped)}"
            if self.dropped
            else ""
        )
        return (
            f"diagonal weights of the real model end at u* = {self.u:.6g} and the stated minimum in "
            f"{summary(run.evidence for run in arrived)}{others}{below}{note}"
        )
