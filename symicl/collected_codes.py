"""The sentences of refusals and of verdicts, read off the code, and the codes that they keep.

`make texts` calls `write`: a sentence that is new gets the next number, one that is put in other words keeps its own,
and the number of one that is gone is not used again.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from symicl.codes import FILE, GAP, KINDS, SHORTEST

ROOT = Path(__file__).parents[1]
ALIKE = 0.6
"""From here on a sentence that is new is an old one in other words."""

LETTERS = {
    "InputError": "E",
    "UnsupportedError": "U",
    "DerivationError": "D",
    "EnginesDisagreeError": "D",
    "SymiclError": "D",
    "MissingDependencyError": "M",
}
VERDICTS = {
    "undecided",
    "inconclusive",
    "contradicted",
    "confirmed",
    "unfinished",
    "local minimum",
    "reached",
}
REASONS = {"reason", "problem", "why"}


class Site(NamedTuple):
    """A place in the code that says why."""

    letter: str
    sentence: str
    file: str
    line: int


SPOKEN = re.compile(r"\braise\b|reason|\bproblem =|inconclusive|Error\)")
"""In a file without any of these nothing is refused or judged."""


@lru_cache(maxsize=1)
def _trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (path.relative_to(ROOT).as_posix(), ast.parse(text))
        for folder in ("symicl", "proofs", "numeric_checks")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "checkers" not in path.parts and SPOKEN.search(text := path.read_text(encoding="utf-8"))
    )


def sentences(node: ast.expr, scope: ast.AST, module: ast.Module, depth: int = 3) -> Iterator[str]:
    """The texts of an expression, with gaps: names and calls are followed within their file."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(v.value) if isinstance(v, ast.Constant) else GAP for v in node.values)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for left in list(sentences(node.left, scope, module, depth)) or [GAP]:
            for right in list(sentences(node.right, scope, module, depth)) or [GAP]:
                yield left + right
    elif isinstance(node, ast.IfExp):
        yield from sentences(node.body, scope, module, depth)
        yield from sentences(node.orelse, scope, module, depth)
    elif depth and isinstance(node, ast.Name):
        for place in (scope, module):
            for made in ast.walk(place):
                if isinstance(made, ast.Assign) and any(
                    isinstance(t, ast.Name) and t.id == node.id for t in made.targets
                ):
                    yield from sentences(made.value, scope, module, depth - 1)
    elif depth and isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef) and function.name == node.func.id:
                for returned in ast.walk(function):
                    if isinstance(returned, ast.Return) and returned.value is not None:
                        yield from sentences(returned.value, function, module, depth - 1)


def _kinds() -> dict[str, str]:
    """Each class of an error of the project, with its letter."""
    found = dict(LETTERS)
    classes = [node for _, tree in _trees() for node in tree.body if isinstance(node, ast.ClassDef)]
    while True:
        more = {
            node.name: found[base.id]
            for node in classes
            if node.name not in found
            for base in node.bases
            if isinstance(base, ast.Name) and base.id in found
        }
        if not more:
            return found
        found |= more


def raises() -> Iterator[tuple[str, str, int, list[str]]]:
    """Each place that raises an error of the project: its letter, file and line, and the sentences of it."""
    kinds = _kinds()
    for file, tree in _trees():
        for scope in _scopes(tree):
            for node in _own(scope):
                if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args):
                    continue
                function = node.exc.func
                name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
                if name == "error":  # of a claim file, with the place in front
                    said = node.exc.args[-1]
                    yield "E", file, node.lineno, list(sentences(said, scope, tree))
                elif name in kinds:
                    yield kinds[name], file, node.lineno, list(sentences(node.exc.args[0], scope, tree))


def _reasons() -> Iterator[tuple[str, str, int, list[str]]]:
    for file, tree in _trees():
        for scope in _scopes(tree):
            for node in _own(scope):
                for said in _said(node):
                    yield "V", file, said.lineno, list(sentences(said, scope, tree, 0))


def _said(node: ast.AST) -> Iterator[ast.expr]:
    """The reasons of verdicts that a piece of code gives."""
    if isinstance(node, ast.Call):
        yield from (k.value for k in node.keywords if k.arg == "reason")
    if isinstance(node, ast.Assign) and any(
        isinstance(t, ast.Name) and t.id in REASONS for t in node.targets
    ):
        yield node.value
    if isinstance(node, ast.Tuple) and node.elts:
        first = node.elts[0]
        if (isinstance(first, ast.Constant) and first.value in VERDICTS) or (
            isinstance(first, ast.Name) and first.id == "UNDECIDED"
        ):
            yield from node.elts[1:]


@cache
def _scopes(tree: ast.Module) -> tuple[ast.AST, ...]:
    return (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)))


@cache
def _own(scope: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes of a scope that say something, without those of the functions in it."""
    found: list[ast.AST] = []
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef):
            if isinstance(node, (ast.Raise, ast.Call, ast.Assign, ast.Tuple)):
                found.append(node)
            waiting.extend(ast.iter_child_nodes(node))
    return tuple(sorted(found, key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))))


def sites() -> list[Site]:
    """All of them that can be told by their words, without repetition."""
    found: dict[tuple[str, str], Site] = {}
    for letter, file, line, said in (*raises(), *_reasons()):
        for sentence in said:
            text = " ".join(sentence.partition("\n")[0].split())
            if len(text.replace(GAP, "").strip()) >= SHORTEST:
                found.setdefault((letter, text), Site(letter, text, file, line))
    return list(found.values())


def renewed(old: dict[str, dict[str, str]], now: list[Site]) -> dict[str, dict[str, str]]:
    """The table for these sentences: each keeps its code, also in other words."""
    known = {(code[4], text): code for code, text in old["codes"].items()}
    codes = {known[key]: key[1] for key in ((s.letter, s.sentence) for s in now) if key in known}
    gone = {code: text for code, text in old["codes"].items() if code not in codes}
    last = dict.fromkeys(KINDS, 0)
    for code in (*old["codes"], *old["retired"]):
        last[code[4]] = max(last[code[4]], int(code[5:]))
    for site in now:
        if (site.letter, site.sentence) in known:
            continue
        alike = [
            (SequenceMatcher(None, text, site.sentence).ratio(), code)
            for code, text in gone.items()
            if code[4] == site.letter
        ]
        ratio, code = max(alike, default=(0, ""))
        if ratio >= ALIKE:
            del gone[code]
        else:
            last[site.letter] += 1
            code = f"SYM-{site.letter}{last[site.letter]:03}"
        codes[code] = site.sentence
    return {"codes": dict(sorted(codes.items())), "retired": dict(sorted((old["retired"] | gone).items()))}


def made_anew() -> str:
    """The content that `codes.json` should have."""
    old = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"codes": {}, "retired": {}}
    return json.dumps(renewed(old, sites()), ensure_ascii=False, indent=0) + "\n"


def write() -> None:
    """Bring `codes.json` in step with the code."""
    FILE.write_text(made_anew(), encoding="utf-8")
