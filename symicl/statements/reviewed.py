"""Derivations that were read by the people who keep the catalogue: those of symicl, and copies of them.

`prove` cannot know what a number is that an optimum does not have, such as a bound or a rate. Which number it is, the
derivation argues, and somebody has to have read that.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from symicl.errors import InputError
from symicl.statements.catalogue import find
from symicl.statements.ejection import PROOFS, ejected
from symicl.statements.theorem import Theorem

COPY = "# A copy of "
"""How the first line of a copy by `symicl eject` begins."""


def is_reviewed(theorem: Theorem) -> bool:
    """True if a derivation ships with symicl, or is a copy by `symicl eject` that differs in the statement alone."""
    return bool(theorem.derivations) and all(map(_is_read, theorem.derivations))


def _is_read(function: Callable[..., Any]) -> bool:
    return function.__module__.startswith(f"{PROOFS}.") or _is_copied(function.__code__)


def _is_copied(code: CodeType) -> bool:
    """True if code is that of a function in an unchanged copy."""
    file = Path(code.co_filename)
    try:
        source = file.read_text(encoding="utf-8")
        first = source.partition("\n")[0]
        if not first.startswith(COPY):
            return False
        original = first.removeprefix(COPY).partition(",")[0]
        texts = ejected(find(original))
        proof = f"{original.partition('.')[2]}.py"
        copied, kept = (_without_statement(text) for text in (source, texts[proof]))
        for name, text in texts.items():
            if "_parts/" in name and (file.parent / name).read_text(encoding="utf-8") != text:
                return False
    except (InputError, OSError, ValueError, SyntaxError):
        return False
    inside = any(
        isinstance(node, ast.FunctionDef)
        and code.co_name == node.name
        and _begins(node) == code.co_firstlineno
        for node in copied
    )
    return file.name == proof and inside and [*map(ast.dump, copied)] == [*map(ast.dump, kept)]


def _begins(node: ast.FunctionDef) -> int:
    return (
        min(node.lineno, *(decorator.lineno for decorator in node.decorator_list))
        if node.decorator_list
        else 0
    )


def _without_statement(source: str) -> list[ast.stmt]:
    """The code of a proof without its docstring, its one statement, and what the statement alone uses."""
    body = ast.parse(source).body
    if isinstance(body[0], ast.Expr):
        body = body[1:]
    statements = [node for node in body if _name(node) == "theorem"]
    kept = [node for node in body if node not in statements[:1]]
    while True:
        loads = (n for node in kept for n in ast.walk(node) if isinstance(n, ast.Name))
        used = {n.id for n in loads if isinstance(n.ctx, ast.Load)}
        needed = [node for node in kept if _name(node) in used | {None, "theorem"}]
        if len(needed) == len(kept):
            return kept
        kept = needed


def _name(node: ast.stmt) -> str | None:
    """The one name that a statement assigns."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None
