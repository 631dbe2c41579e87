"""Gates of a recursion over tokens: the risk at given ones, and the least risk, which trained ones must reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import sympy

from symicl.errors import InputError
from symicl.numeric import evaluate
from symicl.statements import Theorem
from symicl.studies.curves import Curve, Panel
from symicl.studies.evidence import Evidence
from symicl.studies.kinds.defaults import shown, values_for
from symicl.studies.kinds.estimate import MAX_SIGMAS, Estimate
from symicl.studies.kinds.fresh_descent import FreshDescent, FreshSchedule, Part
from symicl.studies.kinds.judging import Grounds, not_told_apart, too_few
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.recursions.forward import TokenPass
from symicl.studies.regression.yardstick import real
from symicl.studies.runtime import cost
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.study import Study
from symicl.tasks import Values
from symicl.theory import AfterTokens

SCHEDULE = FreshSchedule(batch=1024, parts=(Part("Adam", 400, 0.02),))
ROUNDING = 1e-12
"""Of the minimum: what an excess may be below zero."""
SEQUENCES, PIECES = 20_000, 10
"""Fresh sequences in one piece, and pieces, on which a mean is measured."""
MAX_ENTRIES = 100_000_000
"""Entries of all tokens of a batch, beyond which no training is begun."""
DRAWN = 50
"""Points of a curve of training."""
MAX_SHOWN = 50
"""Tokens after which the risk is drawn."""
Number = Callable[[Values], Any]
"""From exact values of the inputs to an exact number, or one with at least 30 proven digits."""


@dataclass(frozen=True)
class Learner:
    """A recursion some of whose scalars are trained, and the least risk that was derived for it.

    Attributes
    ----------
    name : str
    risk : AfterTokens
        The risk after all tokens. Its recursion is run as it is written.
    start : dict
        From the name of each trained scalar to its value before training, a function of the inputs.
    minimum : callable
        The derived least risk.
    wrong : dict of callables
        Other least risks, by name, from which trained gates must tell the derived one apart.
    per_token : bool
        True if each token has its own.
    """

    name: str
    risk: AfterTokens
    start: Mapping[str, Number]
    minimum: Number
    wrong: Mapping[str, Number] = field(default_factory=dict)
    per_token: bool = False


@dataclass(frozen=True)
class RecursionStudy(Study):
    """The risk of a recursion at given gates on fresh tokens, and gates that are trained.

    Attributes
    ----------
    id : str
    theorem : Theorem
        Its inputs are those of `evaluate`, the gates among them.
    risk : AfterTokens
        The risk at the gates of the inputs.
    learners : tuple of Learner
    defaults : dict
    stated : str
        The stated quantity that is this risk.
    wrong : dict
        Wrong closed forms of it, by name, which the fresh tokens must tell apart.
    further : dict
        Values of symbols of the recursion that are no inputs, each a function of these.
    beside : dict
        Formulas in the inputs that are drawn beside the risk after each token.
    schedule : FreshSchedule
    tolerance : float
        Largest relative excess of a trained learner over its derived least risk.
    seeds : tuple of int
    """

    id: str
    theorem: Theorem
    risk: AfterTokens
    learners: tuple[Learner, ...]
    defaults: Mapping[str, Any]
    stated: str = "excess"
    wrong: Mapping[str, sympy.Expr] = field(default_factory=dict)
    further: Mapping[sympy.Symbol, Number] = field(default_factory=dict)
    beside: Mapping[str, sympy.Expr] = field(default_factory=dict)
    schedule: FreshSchedule = SCHEDULE
    tolerance: float = 0.01
    seeds: tuple[int, ...] = (0, 1)

    def at(self, given: Mapping[str, Any]) -> Values:
        """Exact values of the inputs.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        """
        values = values_for(self.theorem, self.id, self.defaults, None, given)
        return values | {symbol: value(values) for symbol, value in self.further.items()}

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        return shown(self.theorem, self.at(given))

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "learners": [learner.name for learner in self.learners],
            "wrong": {name: str(form) for name, form in self.wrong.items()},
            "schedule": repr(self.schedule),
            "tolerance": self.tolerance,
        }

    def expected_seconds(
        self, given: Mapping[str, Any], *, seeds: Sequence[int] | None = None, steps: int | None = None
    ) -> float:
        """By one step of each learner, and one piece of fresh sequences."""
        work = self.begin(given, steps)
        count = len(self.seeds if seeds is None else seeds)

        def parts() -> Iterator[cost.Part]:
            for bench in work.benches:
                bench.descent(0).advance()  # the first step of all is slower
                yield partial(bench.descent(0).advance), bench.schedule.steps * count
                yield partial(bench.fresh, bench.first, 0, 1), PIECES * (count + 1)

        return cost.expected_seconds(parts())

    def begin(self, given: Mapping[str, Any], steps: int | None) -> RecursionWork:
        load_torch()
        return RecursionWork(self, self.at(given), steps)


class Bench:
    """A learner at numbers.

    Raises
    ------
    InputError
        If its least risk is not known there, or a step would take too many numbers.
    """

    def __init__(self, learner: Learner, values: Values, schedule: FreshSchedule):
        self.learner, self.values, self.schedule = learner, values, schedule
        symbols = learner.risk.symbols
        self.numbers = {name: values[s] for name, s in symbols.items() if name not in learner.start}
        self.passes = TokenPass(learner.risk, values)
        tokens = self.passes.tokens
        sizes = {name: int(value) for name, value in self.numbers.items() if symbols[name].is_integer}
        if tokens * max(sizes.values()) * schedule.batch > MAX_ENTRIES:
            said = ", ".join(f"{name}={size}" for name, size in sizes.items())
            raise InputError(f"{said} are too many numbers to train on; give fewer (symicl eval takes them)")
        self.minimum = real(learner.minimum(values))
        self.first = {
            name: np.full(tokens if learner.per_token else 1, float(start(values)))
            for name, start in learner.start.items()
        }
        self.wrong = {
            name: abs(float(real(number(values)) - self.minimum)) for name, number in learner.wrong.items()
        }

    def descent(self, seed: int) -> FreshDescent:
        """A run from the start, on fresh sequences of this seed."""
        return FreshDescent(
            lambda gates, draws, size: self.passes(gates, draws, size).mean(),
            self.first,
            seed,
            self.schedule,
            f"{self.learner.risk}; {self.learner.name}; {sorted((str(k), str(v)) for k, v in self.numbers.items())}",
            level=float(self.minimum),
            watch=lambda gates: {name: gate.detach().numpy().copy() for name, gate in gates.items()},
            always=False,
        )

    def exact(self, gates: Mapping[str, np.ndarray]) -> Fraction:
        """The risk at gates, by the closed form: 30 digits of it."""
        given = {
            name: [Fraction(float(g)) for g in gate] if self.learner.per_token else Fraction(float(gate[0]))
            for name, gate in gates.items()
        }
        return real(self.learner.risk.at(digits=30, **self.numbers, **given))

    def curve(self, run: FreshDescent, group: int) -> Curve:
        """How far the exact risk of the gates is above the least one while they are trained."""
        every = max(1, len(run.path.seen) // DRAWN)
        seen = [(k, gates) for k, gates in enumerate(run.path.seen, 1) if k % every == 0]
        finite = [(k, gates) for k, gates in seen if all(np.isfinite(gate).all() for gate in gates.values())]
        steps = [0, *(k * run.record_every for k, _ in finite)]
        excess = [float(self.exact(gates) - self.minimum) for gates in (self.first, *(g for _, g in finite))]
        return Curve(f"{self.learner.name}, seed {run.seed}", steps, excess, group=group)

    def fresh(self, gates: Mapping[str, np.ndarray], seed: int, pieces: int = PIECES) -> Estimate:
        """The mean on sequences that no training of this seed has seen."""
        torch = load_torch()
        draws = TorchDraws(seed + 1_000_003, "float64")
        tensors = {name: torch.tensor(gate, dtype=torch.float64) for name, gate in gates.items()}
        with torch.no_grad():
            found = [self.passes(tensors, draws, SEQUENCES).numpy() for _ in range(pieces)]
        return Estimate.of(np.concatenate(found))


class RecursionWork(PanelWork):
    """The learners of a study at numbers, and their runs."""

    def __init__(self, study: RecursionStudy, values: Values, steps: int | None):
        self.study, self.values = study, values
        schedule = study.schedule
        if steps is not None:
            schedule = replace(schedule, parts=(replace(schedule.parts[0], steps=steps),))
        self.benches = [Bench(learner, values, schedule) for learner in study.learners]
        own = Learner("", study.risk, {}, lambda values: 0)
        self.given = Bench(own, values, schedule)
        self.measured: list[Measurement] = []
        self.curves: list[Curve] = []
        self.clear: dict[str, float] = {}

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """The risk at the given gates on fresh tokens, then each learner from each seed."""
        self.measured.append(self._at_given(seeds[0] if seeds else 0))
        for group, bench in enumerate(self.benches):
            for seed in seeds:
                run = bench.descent(seed)
                try:
                    runner.train(run)
                finally:
                    if run.step:
                        self.measured.append(self._trained(bench, run))
                        self.curves.append(bench.curve(run, group))

    def _at_given(self, seed: int) -> Measurement:
        study, values = self.study, self.values
        exact = real(study.risk.at(**self.given.numbers))
        sampled = self.given.fresh({}, seed)
        off = abs(sampled.below(float(exact)))
        for name, form in study.wrong.items():
            try:
                wrong = real(evaluate(form, values))
            except (InputError, ZeroDivisionError):
                continue
            if abs(wrong - exact) > Fraction(1, 10**9) * abs(exact):
                self.clear[name] = abs(sampled.below(float(wrong))) / MAX_SIGMAS
        verdict, reason = "reached", f"{sampled.mean:.5g} ± {sampled.error:.1g} on fresh tokens"
        stated = self._stated()
        if stated is not None and stated != exact:
            verdict = "contradicted"
            reason = f"the stated {study.stated} is {float(stated):.6g}, the derived one {float(exact):.6g}"
        elif off > MAX_SIGMAS:
            verdict = "contradicted"
            reason += f", but the closed form gives {float(exact):.6g}"
        return Measurement(
            f"{study.stated} at the given gates",
            seed,
            0,
            verdict,
            reason,
            float(exact),
            sampled.mean - float(exact),
            (sampled.mean - float(exact)) / float(exact) if exact else 0.0,
            evidence=Evidence("tokens", "", sampled.samples, "sequences"),
        )

    def _stated(self) -> Fraction | None:
        """The stated closed form at the inputs; None where it divides by zero."""
        try:
            return real(evaluate(self.study.theorem.claims[self.study.stated], self.values))
        except (InputError, ZeroDivisionError):
            return None

    def _trained(self, bench: Bench, run: FreshDescent) -> Measurement:
        gates, minimum = run.path.average, float(bench.minimum)
        finite = bool(gates) and all(np.isfinite(gate).all() for gate in gates.values())
        excess = float(bench.exact(gates) - bench.minimum) if finite else float("inf")
        relative = excess / minimum if minimum else excess
        near = [name for name, distance in bench.wrong.items() if 0 < distance <= 2 * excess]
        verdict, reason = "reached", f"least risk {minimum:.6g} reached within {relative:.2g} of it"
        if excess < -ROUNDING * minimum:
            verdict, reason = "contradicted", f"the risk is below the derived least one by {-excess:.3g}"
        elif not finite or relative > self.study.tolerance:
            verdict, reason = "unfinished", f"the risk is still {relative:.2g} above the derived least one"
        elif near:
            verdict, reason = "unfinished", f"the excess is too large to rule out {', '.join(near)}"
        else:
            sampled = bench.fresh(gates, run.seed)
            if abs(sampled.below(minimum + excess)) > MAX_SIGMAS:
                verdict = "contradicted"
                reason = (
                    f"on fresh tokens the risk is {sampled.mean:.5g} ± {sampled.error:.1g}, but its closed form gives "
                    f"{minimum + excess:.5g}"
                )
        return Measurement(
            bench.learner.name,
            run.seed,
            run.step,
            verdict,
            reason,
            minimum,
            excess,
            relative,
            evidence=run.evidence,
        )

    def grounds(self) -> Grounds:
        """Every learner has arrived from all its seeds, and no wrong statement is left."""
        trained = [run for run in self.measured if run.steps]

        def lacking() -> Iterator[str]:
            for bench in self.benches:
                own = [run for run in trained if run.name == bench.learner.name]
                yield from too_few(own, f"runs of {bench.learner.name}")
            yield from not_told_apart(self.clear)

        def confirmed() -> str:
            worst = max((run.relative_excess for run in trained), default=0.0)
            names = ", ".join(bench.learner.name for bench in self.benches)
            told = f"; told apart: {', '.join(self.clear)}" if self.clear else ""
            return (
                f"{len(trained)} runs on fresh tokens reach the derived least risks within {worst:.2g} of them "
                f"({names}), and {self.measured[0].name} it is {self.measured[0].reason}{told}"
            )

        return Grounds(self.measured, confirmed, lacking())

    def findings(self) -> Findings:
        """All runs, how their risks fall, and the risk token by token."""
        shows = tuple(run.evidence for run in self.measured if run.steps and run.evidence is not None)
        panel = Panel(
            "Gates while they are trained",
            shows[0].axis if shows else "",
            "exact risk above the derived least one",
            tuple(self.curves),
            log_y=True,
            shows=shows,
        )
        panels = [panel, self._token_by_token()] if self.curves else []
        return Findings(self.measured, panels, main=self.benches[0].learner.name)

    def _token_by_token(self) -> Panel:
        """The risk at the given gates after each of the first tokens: derived, on fresh ones, and beside others."""
        count = min(self.given.passes.tokens, MAX_SHOWN)
        tokens, symbol = range(1, count + 1), self.study.risk.tokens
        exact = [float(self.study.risk.at(**self.given.numbers | {str(symbol): k})) for k in tokens]
        with load_torch().no_grad():
            passes = self.given.passes.after_each({}, TorchDraws(0, "float64"), SEQUENCES)
            means = [Estimate.of(found.numpy()) for found, _ in zip(passes, tokens, strict=False)]
        curves = [
            Curve(f"{self.study.stated}, derived", tokens, exact, theory=True),
            Curve("on fresh tokens", tokens, [m.mean for m in means], [m.error for m in means], group=0),
        ]
        for group, (name, form) in enumerate(self.study.beside.items(), 1):
            values = [float(evaluate(form, {**self.values, symbol: sympy.Integer(k)})) for k in tokens]
            curves.append(Curve(name, tokens, values, group=group))
        sampled = Evidence("tokens", "", SEQUENCES, "sequences")
        return Panel("At the given gates", "tokens", "risk", tuple(curves), log_y=True, shows=(sampled,))
