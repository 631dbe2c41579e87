"""How long equalities of rational functions take: `python benchmarks/closed_forms.py`.

Each is timed in a process of its own, imports not included; the best of three is printed as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import islice
from pathlib import Path

import sympy

from measure import measure

SIX = sympy.symbols("a b c e f g", positive=True)
FIVE = (
    "a/(1 + a + 2 b + 3 c)^3",
    "b/(b + c + 1)^3",
    "c/(a + c + 2 b + 5)^3",
    "a b/(a + 2 b + 1)^3",
    "1/(2 + a + b + c)^3",
)


def squares(count: int, symbols: tuple[sympy.Symbol, ...], pairs: bool) -> list[sympy.Expr]:
    """((linear)/(linear))² with different denominators: all symbols in each, or two neighbours."""
    found = []
    for k in range(count):
        weights = [(k * 5 + 3 * i) % 7 + 1 for i in range(len(symbols))]
        chosen = [symbols[k % len(symbols)], symbols[(k + 1 + k // len(symbols)) % len(symbols)]]
        inside = chosen if pairs else symbols
        below = sum((w * x for w, x in zip(weights, inside, strict=False)), sympy.Integer(k + 1))
        above = sum((x for x in islice(symbols, k % len(symbols), None)), sympy.Integer(1))
        found.append((above / below) ** 2)
    return found


def compare(terms: list[sympy.Expr]) -> int:
    """Whether a sum is the same in the other order, and not the same with a little more; the number of terms."""
    from symicl.algebra.closed_form import ClosedForm
    from symicl.algebra.form_reader import read_form

    forms = [read_form(term) for term in terms]
    left, right = sum(forms, ClosedForm.number(0)), sum(reversed(forms), ClosedForm.number(0))
    if left != right or left == right + ClosedForm.number(1):
        raise SystemExit("the equality is not decided rightly")
    return len(left)


def check() -> int:
    """Five fractions in another order, by the language of claims."""
    import symicl as si

    text = f"a, b, c : scalar(positive)\nclaim {' + '.join(FIVE)} = {' + '.join(reversed(FIVE))}"
    if not si.check(text)[0].proved:
        raise SystemExit("the claim is not proved")
    return len(FIVE)


TASKS = {
    "equality of a sum of six squared quotients in four symbols": lambda: compare(squares(6, SIX[:4], False)),
    "five reordered fractions, by symicl check": check,
    "equality of a sum of twelve squared quotients with linear denominators in six symbols": lambda: compare(
        squares(12, SIX, True)
    ),
}


def main() -> None:
    if sys.argv[1:]:
        import symicl as si
        import symicl.algebra.form_reader

        si.check("a : scalar\nclaim a = a")  # neither imports nor the making of the parser are measured
        start = time.perf_counter()
        terms = TASKS[sys.argv[1]]()
        print(json.dumps({"seconds": time.perf_counter() - start, "terms": terms}))
        return
    for name, found in (
        (task, measure([sys.executable, str(Path(__file__)), task], 3, 300)) for task in TASKS
    ):
        print(
            json.dumps({"task": name, "status": found.status, "seconds": found.seconds, "terms": found.terms})
        )


if __name__ == "__main__":
    main()
