"""Propositions in other words than those of the catalogue: what is written of them is accepted, decided or argued."""

import json
from dataclasses import replace

import pytest

from symicl.certificates.checkers import phases, proof
from symicl.statements import MinimalAtEntries, MinimalExactlyWhere, VanishesIff, find, prove

G, U, C = "zhang2024.gd_beta", "sander2024.unitary", "zheng2024.capability"


def equations(change):
    def changed(said):
        (beta, star), gamma = said.equations.items()
        return replace(said, equations=dict([change(beta, star), gamma]))

    return changed


CASES = {
    "transposed": (G, MinimalExactlyWhere, equations(lambda one, other: (one.T, other.T)), 0),
    "the sides exchanged": (G, MinimalExactlyWhere, equations(lambda one, other: (other, one)), 1),
    "twice each side": (G, MinimalExactlyWhere, equations(lambda one, other: (2 * one, 2 * other)), 1),
    "one condition more": (G, MinimalExactlyWhere, lambda said: replace(said, given=(*said.given, said.given[1])), 0),
    "for longer sequences": (U, MinimalAtEntries, lambda said: replace(said, least=((said.least[0][0], 5),)), 0),
    "multiples of another number": (C, VanishesIff, lambda said: replace(said, values=(3 * said.values[1], 0)), 0),
    "one direction": (C, VanishesIff, lambda said: replace(said, relation="only if"), 1),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_written(name):
    theorem_id, kind, change, argued = CASES[name]
    theorem = find(theorem_id)
    said = tuple([change(p) if type(p) is kind else p for p in theorem.propositions])
    assert said != theorem.propositions
    verdict = prove(replace(theorem, propositions=said), record=True)
    assert verdict.status == "proved"
    lines = verdict.proof_log.encode().splitlines()
    proof.Checker().check(lines)
    phases.Checker().check(lines)
    rules = [json.loads(line).get("rule") for line in lines]
    assert rules.count("proposition") == argued
