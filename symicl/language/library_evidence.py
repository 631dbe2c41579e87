"""Claims about models and tasks of the library, as entries of a certificate: the optimum is a global one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from symicl.errors import SymiclError
from symicl.language import tree as t
from symicl.language.claim_writer import ClaimWriter
from symicl.language.library import loss_of, things_of
from symicl.language.reading import Reader
from symicl.statements import Recorder, certify, solve
from symicl.theory import Optimum, minimise_over_features


@dataclass
class Optima:
    """The optima that claims name, each derived step by step.

    Attributes
    ----------
    axioms : list of str
        What the steps rest on without proving it.
    """

    axioms: list[str] = field(default_factory=list)
    _seen: list[tuple[Any, Any]] = field(default_factory=list)
    _zero: list[Optimum] = field(default_factory=list)
    _failed: list[tuple[str, str]] = field(default_factory=list)

    def derive(self, parts: tuple[t.Expr, ...], reader: Reader) -> None:
        """Derive those that formulas name; while a recording runs."""
        for node in (inner for part in parts for inner in reader.scope.inside(part)):
            if not isinstance(node, t.Library):
                continue
            things = things_of(node, reader.scope)
            if node.function == "loss" or things in self._seen:
                continue
            self._seen.append(things)
            what = f"the optimum of {node.model.name} on {node.task.name}"
            recorder = Recorder()
            loss = loss_of(*things)
            optimum = minimise_over_features(loss)
            if optimum.solution is None:
                self._zero.append(optimum)
                continue
            try:
                optimum = solve(recorder, loss)
            except SymiclError as problem:
                self._failed.append((f"{what} is attained", str(problem)))
            try:
                certify(recorder, optimum)
            except SymiclError as problem:
                self._failed.append((f"{what} is a global one", str(problem)))
            self.axioms += recorder.axioms

    def write(self, writer: ClaimWriter) -> None:
        """Write the steps."""
        writer.write_facts()
        for optimum in self._zero:
            writer.at_least(
                "the loss is at least that of the prediction 0 up to an offset",
                writer.node(optimum.loss.closed_form),
                writer.node(optimum.target_power),
                writer.node(optimum.certificate.distance),
            )
        for claim, why in self._failed:
            writer.emit("asserted", claim=claim, why=why)
