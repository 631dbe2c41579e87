"""Parts of SymPy that few need, such as random variables: they are extended when somebody loads them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def once_loaded(module: str, extend: Callable[[], object]) -> None:
    """Extend a module as soon as it is loaded; now, if it is."""
    if module in sys.modules:
        extend()
    else:
        sys.meta_path.insert(0, _Waiting(module, extend))


class _Waiting:
    """Finds no module itself, and sees to it that one of them is extended after its own code has run."""

    def __init__(self, module: str, extend: Callable[[], object]):
        self._module, self._extend = module, extend

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as others find it, with what is to follow."""
        if fullname != self._module:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        loader: Any = None if spec is None else spec.loader
        if loader is not None:
            run = loader.exec_module

            def run_and_extend(module: ModuleType) -> None:
                run(module)
                self._extend()

            loader.exec_module = run_and_extend
        return spec
