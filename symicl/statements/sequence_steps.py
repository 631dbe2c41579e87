"""The steps of a derivation about sequences; `symicl.statements.steps` has those about prompts, and calls these."""

from __future__ import annotations

from symicl.algebra import MEANING, ClosedForm, closed_form
from symicl.errors import DerivationError
from symicl.expectation import Places
from symicl.statements.derivation import Recorder
from symicl.theory import AutoregressiveLoss, SequenceCertificate, SequenceOptimum, minimise_sequences
from symicl.typeset import Equation, formula_latex


def derive_sequence_loss(step: Recorder, loss: AutoregressiveLoss) -> None:
    """The loss, summed over all times."""
    summand = loss.total.summand
    step(
        "The expected loss, summed over all times at which $x_{t+1}$ is predicted; the sizes are symbolic",
        Equation("L", loss.closed_form),
        name="loss",
    )
    step.require(
        f"the closed form holds for all lengths of the sequence from {loss.valid_from} on",
        Places((summand,), frozenset(summand.exceptions)),
        rule="the equations between times, case by case",
    )


def solve_sequence(step: Recorder, loss: AutoregressiveLoss) -> SequenceOptimum:
    """Lift to products of weights, and solve the normal equations."""
    optimum = minimise_sequences(loss)
    problem = optimum.problem
    where = {
        formula_latex(ClosedForm.of(u)): f"$={formula_latex(problem.product(u))}$"
        for u in problem.products
        if problem.product(u) != ClosedForm.of(u)
    }
    step(
        "The prediction is linear in products of weights, so the loss is a quadratic in them",
        Equation("L", problem.lifted.closed_form),
        where=where,
        name="quadratic",
    )
    step.check(
        "with the products written out this is the loss",
        problem.lifted.closed_form.substitute({u: problem.product(u) for u in problem.products}),
        loss.closed_form,
    )
    names = [formula_latex(ClosedForm.of(u)) for u in problem.products]
    step(
        "The zero of its gradient",
        *(
            Equation(f"{name}^{{*}}", value)
            for name, value in zip(names, optimum.solution.values(), strict=True)
        ),
        name="solution",
    )
    for u, name in zip(problem.products, names, strict=True):
        slope = problem.slope(problem.lifted.closed_form, u)
        step.check(
            f"the derivative by ${name}$ vanishes there", slope.substitute(optimum.solution), closed_form(0)
        )
    return optimum


def certify_sequence(step: Recorder, optimum: SequenceOptimum) -> SequenceCertificate:
    """The excess loss is a sum of mean squares, for all weights.

    Raises
    ------
    DerivationError
        If no weights are known that attain the value.
    """
    refuse_bound(optimum)
    certificate, problem = optimum.certificate, optimum.problem
    loss = problem.lifted.closed_form
    others = {v: optimum.solution[u] for u, v in certificate.other.items()}
    distance = certificate.distance.substitute(others)
    step(
        "For all weights the excess loss is a sum of mean squares, so the optimum is global",
        r"L-L^{*}=\sum_{t}\mathbb{E}\lVert\hat{y}_t-\hat{y}^{*}_t\rVert^{2}\ge 0",
        where={r"\hat{y}^{*}_t": "is the prediction at the optimum", "L^{*}": "is the loss at the optimum"},
        name="excess",
    )
    step.check(
        "the loss less that at the optimum is the sum of mean square distances of the predictions",
        loss - loss.substitute(optimum.solution),
        distance,
        rule="the distance is averaged by itself; closed forms are equal term by term",
    )
    weights = {a: optimum.parameters[str(MEANING[a])] for key in problem.products.values() for a in key}
    step.check(
        "weights exist that attain it",
        optimum.loss.closed_form.substitute(weights),
        optimum.closed_form,
        rule="substitution of the weights into the loss",
    )
    return certificate


def refuse_bound(optimum: SequenceOptimum) -> None:
    """Refuse a value that no weights are known to attain.

    Raises
    ------
    DerivationError
    """
    if optimum.attained == "lower bound":
        raise DerivationError(
            "the value is a lower bound for the loss, not its minimum: no weights are known to attain it"
        )
