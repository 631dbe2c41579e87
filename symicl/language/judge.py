"""The verdict on a claim: proved by algebra with all symbols free, refuted by exact numbers, else undecided."""

from __future__ import annotations

from dataclasses import replace

from symicl.algebra import ClosedForm, GaussianMatrix, same_form
from symicl.errors import DerivationError, InputError, SymiclError, UnsupportedError
from symicl.language import tree as t
from symicl.language import value as v
from symicl.language.at_sizes import at_sizes
from symicl.language.blocks import has_blocks, relations
from symicl.language.conventions import explain, is_loss
from symicl.language.diagonal_sums import SUMS, WHY_UNWRITTEN, as_traces
from symicl.language.failures import failure_of
from symicl.language.fractions import equal_fractions
from symicl.language.inequalities import judge_inequality
from symicl.language.instances import instances
from symicl.language.joint_laws import JOINT
from symicl.language.laws import HALF_SPACES, INVERSE_WISHART, axioms_of_laws
from symicl.language.library import has_opaque_moments
from symicl.language.limits import Diverges
from symicl.language.mending import mending_assumption
from symicl.language.minimisers import judge_minimiser
from symicl.language.numbers import at_numbers, same, symbols_in
from symicl.language.proof import BlockByBlock, SameForm
from symicl.language.randomness import random_symbols
from symicl.language.reading import OutsideCalculus, Reader
from symicl.language.result import ClaimResult, Counterexample
from symicl.language.vacuous import said
from symicl.language.value import Value
from symicl.verdicts import PROVED, REFUTED, UNDECIDED

STEIN = "Stein's identity for centred Gaussians; different Gaussians are independent"
LIBRARY = "the law of the task and the forward pass of the model are those of the library"

SAME = "both sides are the same rational function of all symbols, wherever the denominators do not vanish"
NO_PROOF = (
    "equal on all instances tried, but no proof was found: exact algebra with all symbols free, in which inverses of "
    "sums cancel with these sums, does not bring the sides to one form; claims of steps between them could decide it"
)
CANCELLED = (
    "both sides are the same rational function of all symbols once inverses of sums have cancelled with these sums, "
    "wherever the inverses exist and the denominators do not vanish"
)


def judge(claim: t.Claim, reader: Reader) -> ClaimResult:
    """The verdict on one claim.

    Raises
    ------
    ClaimError
        If the claim cannot be meant.
    DerivationError
        If algebra and numbers contradict each other, which is a defect.
    """
    body = claim.body
    line, _ = reader.source.place(claim.span.start)
    blank = ClaimResult(
        UNDECIDED, claim.title, reader.source.piece(body.span), line, names=reader.scope.names()
    )
    try:
        if isinstance(body, t.Minimiser):
            axioms = axioms_of((body.value, body.objective), reader)
            return judge_minimiser(body, reader, replace(blank, axioms=axioms))
        sides = (body.left, body.right)
        if body.sizes:
            return at_sizes(body, reader, replace(blank, axioms=axioms_of(sides, reader)))
        if any(has_blocks(side, reader) for side in sides):
            return _blocks(claim, reader, replace(blank, axioms=axioms_of(sides, reader)))
        return said(_relation(body, reader, replace(blank, axioms=axioms_of(sides, reader))), sides, reader)
    except OutsideCalculus as problem:
        return _too_large(body, reader, replace(blank, reason=str(problem)))


def axioms_of(nodes: tuple[t.Expr, ...], reader: Reader) -> tuple[str, ...]:
    """The axioms that the sides of a claim rest on."""
    inside = [inner for node in nodes for inner in reader.scope.inside(node)]
    kinds = {type(inner) for inner in inside}
    stein: tuple[str, ...] = (STEIN,) if kinds & {t.Expectation, t.Library} else ()
    names = {inner.name for inner in inside if isinstance(inner, t.Name)}
    if any(isinstance(inner, t.Inverse) and _is_random(inner, reader) for inner in inside):
        stein += (INVERSE_WISHART,)
    if t.Relu in kinds:
        stein += (HALF_SPACES,)
    stein += axioms_of_laws(reader.scope.entries[name].symbol for name in names & reader.scope.entries.keys())
    if any(reader.scope.entries[name].joint for name in names & reader.scope.entries.keys()):
        stein += (JOINT,)
    return (*stein, LIBRARY) if t.Library in kinds else stein


def _is_random(node: t.Expr, reader: Reader) -> bool:
    names = [inner.name for inner in reader.scope.inside(node) if isinstance(inner, t.Name)]
    return any(name in reader.scope.entries and reader.scope.entries[name].kind == "random" for name in names)


def _relation(body: t.Relation, reader: Reader, blank: ClaimResult) -> ClaimResult:
    values = []
    for node, side in ((body.left, "left"), (body.right, "right")):
        try:
            values.append(reader.value(node))
        except Diverges as problem:
            return replace(blank, verdict=REFUTED, reason=f"on the {side} side {problem}")
    _refuse_joint(values, body, reader)
    left, right = _fit(body, values[0], values[1], reader)
    drawn = {
        z.name for side in (left, right) for z in random_symbols(side) if not isinstance(z, GaussianMatrix)
    }
    if drawn:
        # Not every value of the letter is one that its law can have.
        reason = f"{', '.join(sorted(drawn))} stands outside of E[…], and only expectations over its law are judged"
        return replace(blank, reason=reason)
    if body.sign == "=":
        return _equality(body, left, right, reader, blank)
    return judge_inequality(body, left, right, reader, blank)


def _refuse_joint(values: list[Value], body: t.Relation, reader: Reader) -> None:
    """A vector with a joint law is not free outside of E[…], as it is made of others.

    Raises
    ------
    ClaimError
    """
    drawn = set().union(*map(random_symbols, values))
    for law in reader.scope.joint_laws():
        if drawn.intersection(law.letters):
            raise reader.source.error(
                body.span,
                f"{' and '.join(law.names)} are random and stand outside of E[…]; average over them",
            )


def _fit(body: t.Relation, left: Value, right: Value, reader: Reader) -> tuple[Value, Value]:
    """The two sides in one shape; 0 and multiples of I take that of the other side.

    Raises
    ------
    ClaimError
        If the shapes differ.
    """

    left, right = v.fitted(left, right), v.fitted(right, left)
    if not v.same_shape(left, right):
        words = f"the left side is {v.kind_of(left)}, but the right side is {v.kind_of(right)}"
        raise reader.source.error(body.right.span, words)
    return left, right


def _blocks(claim: t.Claim, reader: Reader, blank: ClaimResult) -> ClaimResult:
    """Matrices of blocks, one block after the other: the first that is wrong, or not decided, is shown."""
    assert isinstance(claim.body, t.Relation)
    body = claim.body
    parts = reader.at(body.span, lambda: relations(body, reader))
    if len(parts) > 1 and body.sign != "=":
        raise reader.source.error(body.span, "matrices of blocks are compared by =")
    judged = [(place, judge(replace(claim, body=part), reader)) for place, part in parts]
    for verdict in (REFUTED, UNDECIDED):
        for place, found in judged:
            if found.verdict == verdict:
                reason = ": ".join(filter(None, (place and f"in {place}", found.reason)))
                return replace(found, reason=reason)
    proofs = tuple((place, found.proof) for place, found in judged if isinstance(found.proof, SameForm))
    proof = (
        BlockByBlock(proofs)
        if len(proofs) == len(judged) > 1
        else judged[0][1].proof
        if len(judged) == 1
        else None
    )
    formulas = tuple(node for _, found in judged for node in found.formulas)
    return replace(blank, verdict=PROVED, rule=judged[0][1].rule, proof=proof, formulas=formulas)


# --- equalities ------------------------------------------------------------------------------------------


def _equality(body: t.Relation, left: Value, right: Value, reader: Reader, blank: ClaimResult) -> ClaimResult:
    rule = _proof(left, right, body, reader)
    if rule:
        _cross_check(body, reader)
        proof = SameForm(v.form_of(left), v.form_of(right))
        return replace(blank, verdict=PROVED, rule=rule, proof=proof, formulas=(body.left, body.right))
    failure = failure_of(body, reader, lambda a, b: not same(a, b))
    if failure is None:
        return replace(blank, reason=NO_PROOF)
    # The side that has to be worked out is the question; the other one is what is stated.
    swapped = asks(body.right, reader) and not asks(body.left, reader)
    question, stated = (body.right, body.left) if swapped else (body.left, body.right)
    truth, claimed = (right, left) if swapped else (left, right)

    def holds(new_question: t.Expr, new_stated: t.Expr) -> bool:
        new = replace(body, left=new_question, right=new_stated)
        a, b = _fit(new, reader.value(new.left), reader.value(new.right), reader)
        return bool(_proof(a, b, new, reader))

    return replace(
        blank,
        verdict=REFUTED,
        truth=v.shown(truth),
        truth_is="the true left-hand side" if swapped else "the true right-hand side",
        difference=_difference(claimed, truth),
        counterexample=failure,
        convention=explain(question, stated, reader, holds, of_a_loss=is_loss(question)),
        assumption=mending_assumption(body, reader, _is_proved),
        reason=_forgotten_expectation(left, right)
        or (
            "the moments of the task are free numbers here"
            if has_opaque_moments(failure.values, reader.scope)
            else ""
        ),
    )


def _is_proved(body: t.Relation, reader: Reader) -> bool:
    """True for an equality that algebra proves."""
    left, right = _fit(body, reader.value(body.left), reader.value(body.right), reader)
    return bool(_proof(left, right, body, reader))


def _difference(claimed: Value, truth: Value) -> ClosedForm | None:
    """The stated side minus the true one, unless that is too large."""
    try:
        return v.shown(v.add(claimed, v.negate(truth)))
    except UnsupportedError:
        return None


def _proof(left: Value, right: Value, body: t.Relation, reader: Reader) -> str:
    """The rule by which the sides are equal, or nothing."""
    one, other = v.form_of(left), v.form_of(right)
    if not reader.at(body.span, lambda: one == other):
        if reader.at(body.span, lambda: as_traces(one) == as_traces(other)):
            reader.unwritten[body.left] = WHY_UNWRITTEN
            return SAME + SUMS
        return ""
    return SAME if same_form(one, other) else CANCELLED


def asks(node: t.Expr, reader: Reader) -> bool:
    """True if there is something to be worked out: an expectation, a limit, something of the library."""
    return any(isinstance(inner, t.Expectation | t.Library | t.Limit) for inner in reader.scope.inside(node))


def _too_large(body: t.Relation | t.Minimiser, reader: Reader, blank: ClaimResult) -> ClaimResult:
    """An equality whose sides cannot be expanded: by fractions in factors, or refuted at numbers."""
    if not isinstance(body, t.Relation) or body.sign != "=":
        return blank
    axioms = axioms_of((body.left, body.right), reader)
    try:
        if equal_fractions(body.left, body.right, reader):
            _cross_check(body, reader)
            return replace(blank, verdict=PROVED, rule=SAME, axioms=axioms, reason="")
        failure = failure_of(body, reader, lambda a, b: not same(a, b))
    except DerivationError:
        raise
    except SymiclError:
        return blank
    if failure is None:
        return blank
    return replace(blank, verdict=REFUTED, axioms=axioms, counterexample=failure, reason="")


def _forgotten_expectation(left: Value, right: Value) -> str:
    names = sorted(z.name for z in random_symbols(left) | random_symbols(right))
    if not names:
        return ""
    return f"{' and '.join(names)} is random here and stands outside of E[…]; was an expectation meant?"


def _cross_check(body: t.Relation, reader: Reader) -> None:
    """Check at exact numbers, read off the text in another way, that what algebra has proved holds.

    Raises
    ------
    DerivationError
        If it does not.
    """
    checked = 0
    for values in instances(symbols_in((body.left, body.right), reader), reader.scope):
        try:
            left, right = (at_numbers(node, values, reader) for node in (body.left, body.right))
        except (InputError, ZeroDivisionError):
            continue
        except SymiclError:
            return
        if not same(left, right):
            raise DerivationError(
                f"algebra and numbers disagree on {reader.source.piece(body.span)}, "
                f"{Counterexample(values, left, right)}; this is a defect"
            )
        checked += 1
        if checked == 12:
            return
