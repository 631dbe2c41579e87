"""A shipped theorem as files that stand on their own: the modules that it needs, with their imports renamed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from symicl.errors import InputError
from symicl.statements.theorem import Theorem

PROOFS, CHECKS = "symicl.proofs", "symicl.numeric_checks"


def ejected(theorem: Theorem, to_run: str = "") -> dict[str, str]:
    """The texts by path below the folder: the theorem first, then its experiment and its parts.

    Parameters
    ----------
    theorem : Theorem
    to_run : str
        What runs the experiment, to be put at the end of its file.

    Raises
    ------
    InputError
        For a theorem of another package, or one whose files were moved or renamed.
    """
    if theorem.origin:
        raise InputError(f"{theorem.id} comes from {theorem.origin}; copy it from there")
    paper, _, result = theorem.id.partition(".")
    proof, check = f"{PROOFS}.{theorem.id}", f"{CHECKS}.{theorem.id}"
    names = {proof: result, check: f"{result}_experiment"}
    modules = dict.fromkeys([proof])
    if _file(check) is not None:
        modules[check] = None
    # Grows while it is walked through.
    sources: dict[str, str] = {}
    while waiting := [module for module in modules if module not in sources]:
        for module in waiting:
            file = _file(module)
            if file is None:
                raise InputError(f"the source of {module} is not installed, so {theorem.id} cannot be copied")
            sources[module] = file.read_text(encoding="utf-8")
            modules |= dict.fromkeys(_needed(sources[module]))
    for module in modules:
        if module not in names:
            names[module] = f"{result}_parts.{_inside(module, paper)}"
    texts = {}
    for module, source in sources.items():
        texts[names[module].replace(".", "/") + ".py"] = _renamed(source, names)
    texts[f"{result}.py"] = _headed(_with_own_id(texts[f"{result}.py"], theorem.id, result), theorem.id)
    if check in sources:
        texts[f"{result}_experiment.py"] = texts[f"{result}_experiment.py"].rstrip("\n") + "\n\n" + to_run
    return texts


def _inside(module: str, paper: str) -> str:
    """The name of a part below the folder of parts; one of another paper keeps the name of that."""
    for room, folder in ((PROOFS, ""), (CHECKS, "experiments.")):
        if module.startswith(f"{room}."):
            return folder + module.removeprefix(f"{room}.").removeprefix(f"{paper}.")
    return module


def _file(module: str) -> Path | None:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    return Path(spec.origin)


def _needed(source: str) -> Iterator[str]:
    """The modules of proofs and numeric checks that a source imports from."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and _ours(node.module):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if _file(inner) is not None else node.module


def _ours(module: str) -> bool:
    return module.startswith((f"{PROOFS}.", f"{CHECKS}."))


def _renamed(source: str, names: dict[str, str]) -> str:
    """The source with its imports renamed; nothing else is touched."""

    def line(match: re.Match[str]) -> str:
        module, rest = match["module"], match["rest"]
        if module in names:
            return f"from {names[module]} import{rest}"
        # A module out of its package: from symicl.proofs.PAPER.parts import flow
        package = {names[f"{module}.{name.strip()}"].rpartition(".")[0] for name in rest.split(",")}
        return f"from {package.pop()} import{rest}"

    pattern = r"^from (?P<module>symicl\.(?:proofs|numeric_checks)\.[\w.]+) import(?P<rest>[^\n]*)"
    return re.sub(pattern, line, source, flags=re.MULTILINE)


def _with_own_id(source: str, theorem_id: str, result: str) -> str:
    return source.replace(f'id="{theorem_id}"', f'id="mine.{result}"')


def _headed(source: str, theorem_id: str) -> str:
    from symicl import __version__

    return f"# A copy of {theorem_id}, made by symicl {__version__}; change it into your own.\n{source}"
