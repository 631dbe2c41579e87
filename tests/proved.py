"""Theorems of the catalogue, each proved once for all the tests of a process that ask for it."""

from functools import cache

from symicl.statements import find, prove


@cache
def verdict_of(theorem_id):
    """The verdict on a theorem, with its certificate."""
    return prove(find(theorem_id), record=True)


def derivation_of(theorem_id):
    """How a theorem is derived."""
    return verdict_of(theorem_id).derivation
