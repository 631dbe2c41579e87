"""A document as a Coq file, for Coq 8.16 with its standard library of the reals."""

from __future__ import annotations

from collections.abc import Iterator

from symicl.certificates.export.document import Document, Lemma, Minimum, Nonzero, Sign, formulas_of
from symicl.certificates.export.formulas import Definition, Fraction_, Number, subformulas
from symicl.certificates.export.names import comment
from symicl.certificates.export.text import TIGHT
from symicl.certificates.export.text import text as _text

TACTICS = """Require Import Reals Lra.
Open Scope R_scope.

Ltac nonnegative :=
  match goal with
  | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; nonnegative
  | |- 0 <= _ * _ => apply Rmult_le_pos; nonnegative
  | |- 0 <= _ / _ => apply Rmult_le_pos; nonnegative
  | |- 0 <= _ ^ _ => apply pow_le; nonnegative
  | |- _ => lra
  end.
Ltac positive :=
  match goal with
  | |- 0 < _ + _ => apply Rplus_le_lt_0_compat; [nonnegative | positive]
  | |- _ => lra
  end.
Ltac from_assumption :=
  first [ assumption
        | solve [intro zero; lra]
        | match goal with H : _ <> 0 |- _ <> 0 => solve [intro zero; apply H; lra] end
        | match goal with |- _ * _ <> 0 => apply Rmult_integral_contrapositive_currified; from_assumption end
        | match goal with |- _ ^ _ <> 0 => apply pow_nonzero; from_assumption end
        | match goal with H1 : _ <> 0, H2 : _ <> 0 |- _ <> 0 =>
            solve [intro zero; apply (Rmult_integral_contrapositive_currified _ _ H1 H2); lra] end
        | match goal with H1 : _ <> 0 |- _ <> 0 =>
            solve [intro zero; apply (Rmult_integral_contrapositive_currified _ _ H1 H1); lra] end
        | lra ].
Ltac by_field := field; repeat split; from_assumption."""


def coq(document: Document) -> str:
    """A document as the text of a Coq file."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield from _header(document)
    yield TACTICS
    yield "\nSection Theorem_."
    for item in document.items:
        match item:
            case str(title):
                yield f"\n(* ** {comment(title)} *)"
            case Definition():
                yield from _definition(item)
            case Lemma():
                yield from _lemma(item)
    yield "\nEnd Theorem_."


def _header(document: Document) -> Iterator[str]:
    yield f"(* {comment(document.theorem)}: the algebra after the expectation, for Coq 8.16. *)"
    for line in document.head():
        yield f"(* {comment(line)} *)"


def _definition(definition: Definition) -> Iterator[str]:
    names = [x.name for x in definition.parameters]
    yield f"(* {comment(definition.remark)} *)"
    if definition.given:
        kind = " -> ".join(["R"] * (len(names) + 1))
        quantified = f"forall {' '.join(names)} : R, " if names else ""
        left = " ".join([definition.name, *names])
        yield f"Variable {definition.name} : {kind}."
        yield f"Hypothesis {definition.name}_is : {quantified}{left} = {_text(definition.body)}."
    else:
        parameters = f" ({' '.join(names)} : R)" if names else ""
        yield f"Definition {definition.name}{parameters} : R := {_text(definition.body)}."


def _lemma(lemma: Lemma) -> Iterator[str]:
    kind = "Theorem" if lemma.quantity else "Lemma"
    yield f"(* {comment(lemma.remark)} *)"
    yield f"{kind} {lemma.name} :"
    if lemma.variables:
        yield f"  forall {' '.join(x.name for x in lemma.variables)} : R,"
    for bound in lemma.bounds:
        yield f"  {bound.least} <= {bound.variable.name} ->"
    for one in lemma.assumed:
        yield f"  {_text(one.polynomial)} <> 0 ->"
    yield from _conclusion(lemma)
    yield "Proof."
    yield "  intros."
    for k, one in enumerate(lemma.nonzero, 1):
        yield from _positive(k, one)
    yield from _proof(lemma)
    yield "Qed."


def _conclusion(lemma: Lemma) -> Iterator[str]:
    match lemma.conclusion:
        case Sign(formula, strict, _):
            yield f"  0 {'<' if strict else '<='} {_text(formula)}."
        case Minimum(loss, value, square, relations):
            for k, r in enumerate(relations, 1):
                yield f"  forall inverse_{k} : {_text(r.equation.left)} = {_text(r.equation.right)},"
            yield f"  0 <= {_text(square)} ->"
            yield f"  {_text(value)} <= {_text(loss)}."
        case equations:
            yield "  " + " /\\\n  ".join(f"{_text(e.left)} = {_text(e.right)}" for e in equations) + "."


def _positive(k: int, one: Nonzero) -> Iterator[str]:
    if one.shifted is not None:
        name, text = f"nonzero_{k}", _text(one.polynomial)
        relation, side = ("Rlt_not_eq", f"- ({text})") if one.negative else ("Rgt_not_eq", text)
        yield f"  assert ({name} : {text} <> 0)."
        yield f"  {{ assert (0 < {side}) by (replace ({side}) with ({_text(one.shifted)}) by ring; positive)."
        yield f"    apply {relation}; lra. }}"


def _proof(lemma: Lemma) -> Iterator[str]:
    for step in lemma.steps:
        yield f"  assert ({step.name} : {_text(step.left)} = {_text(step.right)})."
        start = (
            f"rewrite {step.unfold}_is; " if step.given else f"unfold {step.unfold}; " if step.unfold else ""
        )
        rewrites = "".join(f"rewrite ?{name}; " for name in step.rewrites)
        yield f"  {{ {start}{rewrites}{_compute(lemma)}by_field. }}"
    close = "by_field" if _divides(lemma) else "ring"
    compute = "".join(f"rewrite ?{name}; " for name in lemma.step_names) + _compute(lemma)
    match lemma.conclusion:
        case Sign(formula, strict, shifted):
            yield f"  replace ({_text(formula)}) with ({_text(shifted)})"
            yield f"    by ({compute}{close})."
            yield f"  {'positive' if strict else 'nonnegative'}."
        case Minimum(loss, value, square, relations):
            parts = [f"{_text(value)} + {_text(square)}"]
            for r in relations:
                parts.append(
                    f"{_text(r.times, TIGHT)} * ({_text(r.equation.left)} - {_text(r.equation.right, TIGHT)})"
                )
            yield f"  assert (sum : {_text(loss)} = {' + '.join(parts)})"
            yield f"    by ({compute}{close})."
            yield (
                "  rewrite sum; "
                + "".join(f"rewrite inverse_{k}; " for k in range(1, len(relations) + 1))
                + "lra."
            )
        case _:
            yield f"  repeat split; {compute}{close}."


def _divides(lemma: Lemma) -> bool:
    """True if a fraction occurs anywhere in what a lemma computes."""
    return bool(lemma.nonzero) or any(
        isinstance(part, Fraction_) or (isinstance(part, Number) and part.value.denominator > 1)
        for formula in [*formulas_of(lemma.conclusion), *(d.body for d in lemma.definitions)]
        for part in subformulas(formula)
    )


def _compute(lemma: Lemma) -> str:
    own = [d.name for d in lemma.definitions if not d.given]
    means = [d.name for d in lemma.definitions if d.given]
    text = f"cbv beta delta [{' '.join(own)}]; " if own else ""
    return text + "".join(f"rewrite ?{name}_is; " for name in means)
