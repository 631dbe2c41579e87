"""Certificates of claims of one's own: accepted by the checker, rejected when corrupted."""

import json
from pathlib import Path

import pytest

import symicl as si
from checker.conftest import checker  # noqa: F401
from checker.corruption import Certificate
from checker.test_corpus import outcomes
from symicl.cli.app import run

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.claim"))
HEAD = "dims n, d\nSigma : covariance(d)\nA : matrix(d, d)\nX ~ gaussian(n, d, col_cov = Sigma)\n"
SECOND = (
    HEAD
    + "claim \"second moment\": E[X' X A X' X] = n^2 Sigma A Sigma + n Sigma A' Sigma + n tr(A Sigma) Sigma\n"
)


def checked(text, **keywords):
    return si.check(text, certificate=True, **keywords)


def test_without_being_asked_for_there_is_none():
    assert si.check(SECOND).certificate is None


def test_they_do_not_depend_on_what_was_checked_before():
    texts = [file.read_text() for file in EXAMPLES if "optimum" in file.stem or "minimiser" in file.stem]
    for text in texts:
        si.check(text)
    first = [checked(text).certificate for text in texts]
    assert any(first)
    assert [checked(text).certificate for text in reversed(texts)] == first[::-1]


def rechecked(checker, result):  # noqa: F811
    """What the standalone checker makes of a certificate."""
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
    return running


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples(checker, file):  # noqa: F811
    """Every proved claim of an example is rechecked, and nothing of it is asserted."""
    result = checked(file.read_text(), name=file.stem)
    proved = [claim for claim in result if claim.verdict == "proved"]
    if not proved:
        assert result.certificate is None
        return
    running = rechecked(checker, result)
    assert len(running.stated) == len(proved)
    assert running.asserted == []
    assert running.header_fields["theorem"] == file.stem


def test_only_what_is_proved_is_in_it(checker):  # noqa: F811
    result = checked(SECOND + "claim E[X' X] = d Sigma\nclaim n + d >= 2\n")
    assert [claim.verdict for claim in result] == ["proved", "refuted", "proved"]
    running = rechecked(checker, result)
    assert list(running.stated) == ["line 5, second moment", "line 7"]
    assert len(running.steps) > 0
    assert running.asserted == []


def test_every_corrupted_one_is_rejected(checker):  # noqa: F811
    real = Certificate(checked(SECOND).certificate)
    cases = list(real.corruptions(per_kind=2))
    assert len(cases) > 300
    assert [name for name, text in outcomes(checker, real, cases).items() if text == "accepted"] == []


def test_the_command(capfd, tmp_path):
    def symicl(*arguments):
        capfd.readouterr()
        return run(list(arguments)), capfd.readouterr().err

    file = tmp_path / "lemma.claim"
    file.write_text(SECOND)
    assert symicl("check", str(file), "--certificate", str(tmp_path / "out"))[0] == 0
    written = tmp_path / "out" / "lemma.certificate.jsonl"
    assert json.loads(written.read_text().splitlines()[0])["theorem"] == "lemma.claim"
    assert symicl("check-certificate", str(written))[0] == 0
    file.write_text(HEAD + "claim E[X' X] = d Sigma\n")
    code, err = symicl("check", str(file), "--certificate", str(tmp_path / "out"))
    assert code == 1
    assert "no certificate is written" in err
    assert not written.exists()
