"""Earlier names of rooms and modules, for theorem files that were written with them; symicl itself uses none.

Those are left out whose names functions have today, which an import of the module would hide:
`symicl.algebra.closed_form`, `symicl.algebra.harmonic`, `symicl.certificates.recording`, `symicl.expectation.expect`,
`symicl.records.fingerprint`, `symicl.theory.autoregressive_loss`, `symicl.theory.depth` and `symicl.theory.query_row`.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MOVED = {
    "symicl.algebra.balls": "symicl.numeric.balls",
    "symicl.algebra.evaluate": "symicl.numeric.exact",
    "symicl.algebra.spectrum": "symicl.numeric.spectrum",
    "symicl.checkers": "symicl.certificates.checkers",
    "symicl.claims": "symicl.language",
    "symicl.claims.check": "symicl.language.checking",
    "symicl.entrywise": "symicl.certificates.coordinates",
    "symicl.entrywise.recheck": "symicl.certificates.coordinates.agreement",
    "symicl.export": "symicl.certificates.export",
    "symicl.export.coq": "symicl.certificates.export.coq_file",
    "symicl.export.lean": "symicl.certificates.export.lean_file",
    "symicl.export.translate": "symicl.certificates.export.translation",
    "symicl.report": "symicl.views",
    "symicl.theorems": "symicl.statements",
    "symicl.theorems.compare": "symicl.statements.comparison",
    "symicl.theorems.opening": "symicl.statements.opening_lines",
    "symicl.theorems.prove": "symicl.statements.proving",
    "symicl.theory.backends": "symicl.numeric.backends",
    "symicl.theory.compile": "symicl.numeric.closed_form_program",
    "symicl.theory.gradient": "symicl.numeric.gradient",
    "symicl.theory.rational_minimum": "symicl.numeric.rational_minimum",
    "symicl.theory.reverse_mode": "symicl.numeric.reverse_mode",
    "symicl.training": "symicl.studies",
    "symicl.training.studies": "symicl.studies.kinds",
    "symicl.training.train": "symicl.studies.training",
}


def present_name(name: str) -> str | None:
    """The present name of a module; None if it never had another one."""
    old, rest = name, ""
    while old:
        if old in MOVED:
            return MOVED[old] + rest
        old, _, last = old.rpartition(".")
        rest = f".{last}{rest}"
    return None


class _Earlier:
    """Finds modules by earlier names, after everything else has failed to find them."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        loader: Any = _Earlier
        return ModuleSpec(name, loader, is_package=True) if present_name(name) else None

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        return None

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        present = import_module(str(present_name(module.__name__)))
        vars(module)["__getattr__"] = partial(getattr, present)


def install() -> None:
    """Let imports by earlier names work."""
    finder: Any = _Earlier
    if finder not in sys.meta_path:
        sys.meta_path.append(finder)
