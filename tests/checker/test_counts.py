"""One count of what is asserted: in the command, the report, the README and the page on trust."""

import re
from pathlib import Path

import pytest

from checker.conftest import certificate_of
from symicl.certificates.checkers import phases, proof, samples
from symicl.cli.commands import check_certificate
from symicl.cli.reporting import _certificate
from symicl.statements import all_theorems
from symicl.views import Asserted, asserted_in

ROOT = Path(__file__).parents[2]
IDS = [theorem.id for theorem in all_theorems()]


@pytest.fixture(scope="module")
def counted():
    """What is asserted in the certificates of the catalogue, as they are written now."""
    return {id: asserted_in(certificate_of(id).lines) for id in IDS}


def in_all(counted):
    return sum(counted.values(), Asserted())


def words(text):
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("theorem_id", ["mahankali2023.nonlinear", "sander2024.unitary", "zheng2024.not_gd"])
def test_the_checkers_count_the_same(counted, theorem_id):
    lines = certificate_of(theorem_id).lines
    first, *others = proof.Checker(), phases.Checker(), samples.Checker()
    for reader in (first, *others):
        reader.check(lines)
    assert len(first.asserted) == len(counted[theorem_id].facts)
    assert len(first.averages) == sum(reader.checked for reader in others) == counted[theorem_id].recomputed


def test_readme(counted):
    found = in_all(counted)
    text = words((ROOT / "README.md").read_text())
    assert f"{len(found.facts)} steps are asserted and recomputed by no checker" in text
    assert f"{found.recomputed} averages are recomputed" in text


def test_page_on_trust(counted):
    found = in_all(counted)
    text = (ROOT / "docs" / "trust.md").read_text()
    assert f"{len(found.facts)} steps asserted and recomputed by no checker" in text
    assert f"{found.recomputed} averages recomputed by the other two checkers" in text
    for id, of_it in counted.items():
        cells = next(line for line in text.splitlines() if line.startswith(f"| `{id}`")).split(" | ")
        assert cells[5:7] == [str(of_it.recomputed), str(len(of_it.facts))], id


def test_page_on_certificates(counted):
    text = (ROOT / "docs" / "certificates.md").read_text()
    for id, of_it in counted.items():
        row = next((line for line in text.splitlines() if re.match(rf"\| `{id}` \| \d+ \|", line)), None)
        number, recomputed = map(int, row.split(" | ")[1:3]) if row else (0, 0)
        assert (number - recomputed, recomputed) == (len(of_it.facts), of_it.recomputed), id


def test_command_and_report(counted, tmp_path, capsys):
    ids = ["mahankali2023.nonlinear", "sander2024.unitary"]
    files = [tmp_path / f"{id}.certificate.jsonl" for id in ids]
    for id, file in zip(ids, files, strict=True):
        file.write_text(certificate_of(id).text)
    sentence = str(counted[ids[0]] + counted[ids[1]])
    assert sentence == (
        "0 steps asserted and recomputed by no checker; 27 averages recomputed by checkers.phases and checkers.samples"
    )
    assert check_certificate.command([str(file) for file in files]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"2 accepted: {sentence}"
    assert [_certificate(tmp_path, id).asserted for id in ids] == [counted[id] for id in ids]


def test_a_rejected_average_is_not_counted_as_recomputed(tmp_path, capsys):
    text = certificate_of("sander2024.unitary").text
    wrong = re.sub(r'"powers":\[\[0,\[\[(\d+)', lambda m: f'"powers":[[0,[[{int(m[1]) + 1}', text, count=1)
    assert wrong != text
    file = tmp_path / "sander2024.unitary.certificate.jsonl"
    file.write_text(wrong)
    assert check_certificate.command([str(file)]) == 1
    assert "no checker" not in capsys.readouterr().out.splitlines()[-1]
    assert not _certificate(tmp_path, "sander2024.unitary").accepted
