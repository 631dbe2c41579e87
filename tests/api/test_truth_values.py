"""No result with a verdict has a truth value, since `assert si.check(wrong)` would pass."""

import importlib
import inspect
import pkgutil

import pytest
import sympy

import symicl as si
from symicl.algebra import read_form
from symicl.statements import compare, prove
from symicl.verdicts import Judged

WRONG = "dims n, d\nX ~ gaussian(n, d)\nclaim E[X' X] = d I"
RIGHT = "dims n, d\nX ~ gaussian(n, d)\nclaim E[X' X] = n I"


@pytest.mark.parametrize("text, proved", [(WRONG, False), (RIGHT, True)])
def test_a_check_is_asked_in_words(text, proved):
    result = si.check(text)
    assert result.proved is proved and result[0].proved is proved
    assert result.verdict == result[0].verdict == ("proved" if proved else "refuted")
    for judged in (result, result[0]):
        with pytest.raises(TypeError, match=r"\.proved or its \.verdict"):
            bool(judged)
    with pytest.raises(TypeError):
        assert result
    with pytest.raises(TypeError):
        all(result)


def test_a_file_is_proved_only_if_all_of_it_is():
    assert not si.check(RIGHT + "\nclaim E[X X'] = n I_n").proved


def test_an_unknown_title_is_named():
    with pytest.raises(si.InputError, match="no claim has the title 'mine'"):
        si.check(RIGHT)["mine"]


def test_a_verdict_is_asked_in_words():
    verdict = prove(si.find("zhang2024.bayes"))
    assert verdict.proved is True and verdict.verdict == verdict.status == "proved"
    with pytest.raises(TypeError, match="Verdict"):
        bool(verdict)


def test_a_comparison_is_asked_in_words():
    n = si.dims("n")
    outcome = compare(read_form(n + 1), n + 2)
    assert outcome.proved is False and outcome.verdict == "refuted"
    with pytest.raises(TypeError):
        bool(outcome)
    assert compare(read_form(n + 1), sympy.sympify(n + 1)).proved


def _classes():
    for module in pkgutil.walk_packages(si.__path__, "symicl."):
        if any(part in module.name for part in (".proofs", ".numeric_checks", "__main__", ".templates")):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            own = isinstance(value, type) and value.__module__ == module.name
            if own and not getattr(value, "_is_protocol", False):
                yield value


NO_RESULTS = {"symicl.records.records.Outcome", "symicl.records.select.Choice"}
"""A row to be written, and a filter of rows."""


def test_every_class_with_a_verdict_refuses():
    loose = {
        f"{c.__module__}.{c.__qualname__}"
        for c in _classes()
        if ("verdict" in inspect.get_annotations(c) or isinstance(vars(c).get("verdict"), property))
        and not issubclass(c, Judged)
    }
    assert loose == NO_RESULTS
