"""Special cases: the relations of the map hold, and a wrong one does not."""

from dataclasses import replace

import pytest
import sympy

from symicl.errors import InputError
from symicl.proofs.relations import letter, relations, special

RELATIONS = list(relations())


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda r: f"{r.special} of {r.general}")
def test_the_relation_holds(relation):
    assert relation.holds()


@pytest.mark.parametrize(
    "relation", [r for r in RELATIONS if r.at], ids=lambda r: f"{r.special} of {r.general}"
)
def test_other_values_make_it_false(relation):
    symbol, value = next(iter(relation.at.items()))
    assert not replace(relation, at={**relation.at, symbol: value + value + _one(value)}).holds()


def _one(value):
    return sympy.Identity(value.shape[0]) if getattr(value, "is_Matrix", False) else sympy.Integer(1)


def test_no_circle():
    order = {}
    for relation in RELATIONS:
        order.setdefault(relation.special, set()).add(relation.general)

    def reaches(start, seen=()):
        assert start not in seen, f"{start} is a special case of itself"
        for general in order.get(start, ()):
            reaches(general, (*seen, start))

    for name in order:
        reaches(name)


def test_what_is_not_stated_is_named():
    with pytest.raises(InputError, match=r"isotropic states no risk"):
        special("mahankali2023.isotropic", "zhang2024.gd_beta", {"risk": "risk"}).holds()
    wrong = special("tokens.sphere", "tokens.elliptical", {"eta": "eta"})
    with pytest.raises(InputError, match=r"elliptical has no H"):
        replace(wrong, at={letter("zhang2024.gd_beta", "H"): sympy.Integer(1)}).holds()
