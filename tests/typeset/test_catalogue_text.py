"""Everything that the catalogue prints: formulas mean what they say, and no LaTeX is lost in sentences."""

import pytest
import sympy

from proved import derivation_of
from symicl.statements import all_theorems, find
from symicl.typeset import Equation, formula_latex, formula_text, plain
from typeset.readable import Readable, closed_forms


def derived(theorem_id):
    return find(theorem_id), derivation_of(theorem_id)


THEOREMS = [t for t in all_theorems() if not t.origin]


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_text_and_latex_of_every_closed_form_read_back_are_what_was_meant(theorem):
    count = 0
    for formula in closed_forms(*derived(theorem.id)):
        if _written_in_other_words(formula):
            continue
        readable = Readable(formula)
        text, latex = formula_text(readable.formula), formula_latex(readable.formula)
        values = readable.numbers()
        wanted = readable.value_meant(values)
        assert readable.value_read(text, values) == wanted, text
        assert readable.value_read(f"${latex}$", values) == wanted, latex
        count += 1
    assert count


def _written_in_other_words(formula) -> bool:
    """sin, max, and powers whose exponent is a symbol are not in the language of claims."""
    expression = getattr(formula, "expr", formula)
    return isinstance(expression, sympy.Basic) and (
        expression.has(sympy.sin, sympy.Max, sympy.pi)
        or "PositivePart" in sympy.srepr(expression)
        or any(power.exp.free_symbols for power in expression.atoms(sympy.Pow))
    )


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_no_latex_is_lost_in_sentences(theorem):
    derivation = derived(theorem.id)[1]
    sentences = [theorem.title, theorem.statement, theorem.source, *theorem.assumptions, *derivation.axioms]
    formulas = [*derivation.found.values()]
    for step in derivation.steps:
        sentences += [step.title, step.note, *(t for check in step.checks for t in (check.claim, check.rule))]
        sentences += [f"${name}$ {meaning}" for name, meaning in step.where.items()]
        formulas += step.formulas
    for formula in formulas:
        if isinstance(formula, str):
            sentences.append(f"${formula}$")
        elif isinstance(formula, Equation):
            sentences.append(f"${formula.left}$")
            sentences += [f"${formula.right}$"] if isinstance(formula.right, str) else []
    for sentence in sentences:
        text = plain(sentence, strict=True)
        assert "\\" not in text and "$" not in text, text
        assert text.count("(") == text.count(")"), text
