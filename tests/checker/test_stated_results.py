"""Of a recursion and of a depth the stated form is held against the derived one."""

import pytest

from proved import verdict_of
from symicl.statements.certificate import Stated, write_certificate
from symicl.statements.mutate import mutants

CASES = [
    ("deltanet.delta_rule", "excess"),
    ("deltanet.gated", "excess"),
    ("jiang2025.decay", "any_decay"),
    ("gatmiry2024.looped", "untied"),
    ("huang2025.steps", "two_steps"),
    ("ahn2023.depth", "two_layers"),
]


@pytest.mark.parametrize(("theorem_id", "quantity"), CASES)
def test_a_wrong_form_is_not_what_was_derived(checker, theorem_id, quantity):
    verdict = verdict_of(theorem_id)
    mutant = next(mutant for mutant in mutants(verdict.theorem) if mutant.quantity == quantity)
    theorem, found = mutant.applied(verdict.theorem), verdict.derivation.found
    stated = {name: Stated(found[name], str(claim)) for name, claim in theorem.claims.items()}
    log = write_certificate(theorem, verdict.derivation.axioms, stated, "proved", verdict.recording)
    with pytest.raises(checker.Rejected, match=f"stated: {quantity} is not what was derived"):
        checker.Checker().check([(line + "\n").encode() for line in log.splitlines()])
