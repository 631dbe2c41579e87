"""Random cases for both engines, and those that are kept: each is JSON, so that a file can hold it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import sympy
from hypothesis import strategies as st
from sympy.matrices.expressions import MatrixSymbol

import symicl as si
from oracle.expressions import (
    Alphabet,
    alphabet,
    entrywise_alphabet,
    expressions,
    haar_alphabet,
    inverses_alphabet,
    laws_alphabet,
    structured_alphabet,
    tokens_alphabet,
)
from oracle.gaussian import all_symbols, disagreement, disagreement_at
from oracle.phase_models import descriptions, phase_disagreement
from oracle.trees import from_tree, to_tree
from symicl.errors import UnsupportedError

KEPT = Path(__file__).with_name("disagreements.jsonl")
"""Every disagreement ever found, and some hard cases."""

Case = dict[str, Any]

n, d = si.dims("n d")
ALPHABETS: dict[str, Alphabet] = {
    "symbols": alphabet(n, d),
    "square": alphabet(d, d),
    "integers": alphabet(2, 3),
    "mixed": alphabet(n, 2),
    "column": alphabet(n, 1),
    "row": alphabet(1, d),
    "scalar": alphabet(1, 1),
    "equations": structured_alphabet(n, d),
    "laws": laws_alphabet(n, d),
    "entrywise": entrywise_alphabet(n, d),
    "haar": haar_alphabet(n, d),
    "inverses": inverses_alphabet(n, d),
    "tokens": tokens_alphabet(n, d),
}
SIZES = [{"n": 2, "d": 3}, {"n": 3, "d": 2}, {"n": 1, "d": 2}, {"n": 2, "d": 1}]
SIZES_OF = {
    "equations": [{"n": 1, "d": 2}, {"n": 2, "d": 3}, {"n": 1, "d": 3}, {"n": 2, "d": 2}],
    "haar": [{"n": 1, "d": 3}, {"n": 2, "d": 3}, {"n": 2, "d": 4}, {"n": 1, "d": 4}],
    "inverses": [{"n": 1, "d": 2}, {"n": 2, "d": 1}, {"n": 3, "d": 2}, {"n": 1, "d": 3}],
}
"""Those at which letters of an alphabet exist, if that is not everywhere."""
DEGREES = {"entrywise": 4, "tokens": 4, "haar": 4, "inverses": 3}
"""The number of random factors, where more of them, or sums of sums of them, take long entry by entry."""
KINDS = (*ALPHABETS, "phases")


@st.composite
def cases(draw: st.DrawFn, kind: str, degree: int = 6, depth: int = 2) -> Case:
    """An expression over an alphabet with sizes and a seed for the numbers, or a causal model on random phases."""
    if kind in DEGREES:
        degree, depth = DEGREES[kind], 2
    if kind == "phases":
        return {"kind": kind, "model": draw(descriptions())}
    return {
        "kind": kind,
        "expression": to_tree(draw(expressions(ALPHABETS[kind], degree=degree, depth=depth))),
        "sizes": draw(st.sampled_from(SIZES_OF.get(kind, SIZES))),
        "seed": draw(st.integers(0, 5)),
    }


@cache
def letters(kind: str) -> dict[str, sympy.Basic]:
    """The letters of an alphabet by name."""
    found: dict[str, sympy.Basic] = {}
    letters_ = ALPHABETS[kind]
    pools = [pool for table in (letters_.constants, letters_.gaussians) for pool in table.values()]
    for expression in [*(x for pool in pools for x in pool), *letters_.scalars]:
        for atom in expression.atoms(sympy.Symbol, MatrixSymbol):
            found[atom.name] = atom
    return found


class Outcome(str):
    """Why two engines differ; empty if they agree."""

    trivial = False
    """Whether the expectation is zero or a number."""


def outcome(case: Case) -> Outcome | None:
    """What the two engines say to a case; None if the first one refuses it."""
    if case["kind"] == "phases":
        try:
            return Outcome(phase_disagreement(case["model"]) or "")
        except UnsupportedError:
            return None
    expression = from_tree(case["expression"], letters(case["kind"]))
    sizes = {symbol: case["sizes"][symbol.name] for symbol in (n, d)}
    if case["kind"] == "tokens":
        return tokens_outcome(expression, case["sizes"])
    at: str | None = None
    if case["kind"] == "entrywise":
        at = disagreement_at(expression, sizes, case["seed"])
        if at:
            return Outcome(at)
    try:
        with si.assuming(d > 2):
            found = si.expect(expression)
    except UnsupportedError:
        if case["kind"] in ("laws", "entrywise", "haar", "inverses"):
            return None if at is None else Outcome(at)
        raise
    result = Outcome(disagreement(expression, found, sizes, case["seed"]) or "")
    result.trivial = not found.free_symbols
    return result


def tokens_outcome(expression: sympy.Basic, sizes: dict[str, int]) -> Outcome | None:
    """Rows from a finite set have no coordinates; they are averaged over entry by entry, row by row."""
    try:
        found = si.expect(expression)
        names = {symbol.name for symbol in all_symbols(expression)}
        at = si.expect_at(expression, **{name: size for name, size in sizes.items() if name in names})
    except UnsupportedError:
        return None
    judged = at.judge(found)
    result = Outcome("" if judged.verdict.startswith("proved at") else f"E[{expression}] = {found}: {judged}")
    result.trivial = not found.free_symbols
    return result


def kept() -> list[Case]:
    """The cases of the file."""
    return [json.loads(line) for line in KEPT.read_text("utf-8").splitlines()]


def keep(case: Case, why: str) -> None:
    """Add a case to the file, unless it is there."""
    if case not in [{k: v for k, v in old.items() if k != "why"} for old in kept()]:
        with KEPT.open("a", encoding="utf-8") as file:
            file.write(json.dumps(case | {"why": why}, ensure_ascii=False) + "\n")
