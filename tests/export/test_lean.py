"""The text for Lean: what stands in it. Lean itself is not run."""

import re

import pytest

from proved import verdict_of
from symicl.certificates.export import coq, lean, translate
from symicl.certificates.export.names import RESERVED


@pytest.fixture(scope="module", params=["sander2024.unitary", "zhang2024.gd_beta"])
def proved(request):
    return verdict_of(request.param)


def without_comments(text):
    return re.sub(r"/-.*?-/", "", text, flags=re.DOTALL)


def test_nothing_is_left_open_and_each_quantity_has_its_theorem(proved):
    text = lean(translate(proved.proof_log))
    assert not re.search(r"\b(sorry|axiom|admit|native_decide)\b", without_comments(text))
    prefix = proved.theorem.id.replace(".", "_")
    for name in proved.theorem.claims:
        assert len(re.findall(rf"^theorem {prefix}_{name}$", text, re.MULTILINE)) == 1
    document = translate(proved.proof_log)
    assert len(re.findall(r"^theorem ", text, re.MULTILINE)) == len(document.lemmas)


def test_the_text_says_that_it_is_not_checked(proved):
    assert "NOT CHECKED" in lean(translate(proved.proof_log)).splitlines()[1]


def test_the_same_log_gives_the_same_text(proved):
    assert lean(translate(proved.proof_log)) == lean(translate(proved.proof_log))


def test_names_are_legal_and_new(proved):
    text = without_comments(lean(translate(proved.proof_log)))
    names = re.findall(r"^(?:theorem|def|class) (\S+)", text, re.MULTILINE)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in names)
    assert not RESERVED & set(names)


def test_both_languages_define_and_state_the_same(proved):
    document = translate(proved.proof_log)
    in_coq = re.findall(r"^(?:Theorem|Lemma) (\w+)|^Definition (\w+)", coq(document), re.MULTILINE)
    in_lean = re.findall(r"^theorem (\w+)|^def (\w+)", lean(document), re.MULTILINE)
    assert in_coq == in_lean


def test_parentheses_close(proved):
    text = without_comments(lean(translate(proved.proof_log)))
    for opening, closing in ("()", "[]", "⟨⟩"):
        assert text.count(opening) == text.count(closing)
