"""A document as text for Lean 4 with Mathlib. Nothing here runs Lean: the text says that it is unchecked."""

from __future__ import annotations

from collections.abc import Iterator

from symicl.certificates.export.document import Document, Lemma, Minimum, Nonzero, Sign
from symicl.certificates.export.formulas import Definition
from symicl.certificates.export.names import comment
from symicl.certificates.export.text import text as _text

HEAD = """import Mathlib.Data.Real.Basic
import Mathlib.Tactic

set_option maxHeartbeats 4000000
noncomputable section"""


def lean(document: Document) -> str:
    """A document as the text of a Lean file, with the structure of the Coq file."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield f"/- {comment(document.theorem)}: the algebra after the expectation, for Lean 4 with Mathlib. -/"
    yield "/- NOT CHECKED: Lean has not run on this file. The file for Coq is the one that is checked. -/"
    for line in document.head():
        yield f"/- {comment(line)} -/"
    # Mathlib's imports have to come first, but comments may precede them.
    yield HEAD
    for item in document.items:
        match item:
            case str(title):
                yield f"\n/- ## {comment(title)} -/"
            case Definition():
                yield from _definition(item)
            case Lemma():
                yield from _lemma(item)
    yield "\nend"


def _definition(definition: Definition) -> Iterator[str]:
    names, name = [x.name for x in definition.parameters], definition.name
    yield f"/- {comment(definition.remark)} -/"
    if definition.given:
        kind = " → ".join(["ℝ"] * (len(names) + 1))
        quantified = f"∀ {' '.join(names)} : ℝ, " if names else ""
        left = " ".join([name, *names])
        # A class, so that what uses it need not name it among its arguments.
        yield f"class Given_{name} where"
        yield f"  {name} : {kind}"
        yield f"  {name}_is : {quantified}{left} = {_text(definition.body)}"
        yield f"export Given_{name} ({name} {name}_is)"
        yield f"variable [Given_{name}]"
    else:
        parameters = f" ({' '.join(names)} : ℝ)" if names else ""
        yield f"def {name}{parameters} : ℝ := {_text(definition.body)}"


def _lemma(lemma: Lemma) -> Iterator[str]:
    yield f"/- {comment(lemma.remark)} -/"
    yield f"theorem {lemma.name}"
    if lemma.variables:
        yield f"    ({' '.join(x.name for x in lemma.variables)} : ℝ)"
    for k, bound in enumerate(lemma.bounds, 1):
        yield f"    (H_bound_{k} : ({bound.least} : ℝ) ≤ {bound.variable.name})"
    for k, one in enumerate(lemma.assumed, 1):
        yield f"    (H_nonzero_{k} : {_text(one.polynomial)} ≠ 0)"
    yield from _conclusion(lemma)
    for k, one in enumerate(lemma.nonzero, 1):
        yield from _nonzero(k, one)
    yield from _proof(lemma)


def _conclusion(lemma: Lemma) -> Iterator[str]:
    match lemma.conclusion:
        case Sign(formula, strict, _):
            yield f"    : (0 : ℝ) {'<' if strict else '≤'} {_text(formula)} := by"
        case Minimum(loss, value, square, relations):
            for k, r in enumerate(relations, 1):
                yield f"    (inverse_{k} : {_equal(_text(r.equation.left), _text(r.equation.right))})"
            yield f"    (H_square : (0 : ℝ) ≤ {_text(square)})"
            yield f"    : ({_text(value)} : ℝ) ≤ {_text(loss)} := by"
        case equations:
            yield (
                "    : "
                + " ∧\n      ".join(_equal(_text(e.left), _text(e.right)) for e in equations)
                + " := by"
            )


def _equal(left: str, right: str) -> str:
    """An equation of reals, also where both sides are numbers."""
    return f"({left} : ℝ) = {right}"


def _nonzero(k: int, one: Nonzero) -> Iterator[str]:
    if one.shifted is not None:
        side = f"-({_text(one.polynomial)})" if one.negative else _text(one.polynomial)
        yield f"  have nonzero_{k} : {_text(one.polynomial)} ≠ 0 := by"
        yield f"    have H_shifted : {_equal(side, _text(one.shifted))} := by ring"
        yield f"    have H_positive : (0 : ℝ) < {side} := by rw [H_shifted]; first | positivity | nlinarith"
        yield f"    exact {'(neg_pos.mp H_positive).ne' if one.negative else 'H_positive.ne' + chr(39)}"


def _proof(lemma: Lemma) -> Iterator[str]:
    names = [f"{d.name}_is" if d.given else d.name for d in lemma.definitions]
    unfold = f"simp only [{', '.join(names)}]" if names else "skip"
    for step in lemma.steps:
        yield f"  have {step.name} : {_equal(_text(step.left), _text(step.right))} := by"
        own = [f"{step.unfold}_is" if step.given else step.unfold] if step.unfold else []
        yield from _rewritten([*own, *step.rewrites], unfold, "    ")
    match lemma.conclusion:
        case Sign(formula, _, shifted):
            yield f"  have H_shifted : {_equal(_text(formula), _text(shifted))} := by"
            yield from _rewritten(lemma.step_names, unfold, "    ")
            yield "  rw [H_shifted]"
            yield "  first | positivity | nlinarith"
        case Minimum(loss, value, square, relations):
            parts = [_text(value), _text(square)]
            for r in relations:
                difference = f"(({_text(r.equation.left)}) - ({_text(r.equation.right)}))"
                parts.append(f"({_text(r.times)}) * {difference}")
            yield f"  have H_sum : {_equal(_text(loss), ' + '.join(parts))} := by"
            yield from _rewritten(lemma.step_names, unfold, "    ")
            yield f"  rw [{', '.join(['H_sum', *(f'inverse_{k}' for k in range(1, len(relations) + 1))])}]"
            yield "  linarith"
        case equations:
            # One goal after the other: `refine` with as many holes as there are equations.
            if len(equations) > 1:
                yield f"  refine ⟨{', '.join(['?_'] * len(equations))}⟩"
            for _ in equations:
                yield "  ·"
                yield from _rewritten(lemma.step_names, unfold, "    ")


def _rewritten(names: list[str], unfold: str, indent: str) -> Iterator[str]:
    """Rewrite by what can be used of the names, unfold the rest, and compute."""
    for name in names:
        yield f"{indent}try rw [{name}]"
    yield f"{indent}try {unfold}"
    yield f"{indent}try field_simp"
    yield f"{indent}try ring"
