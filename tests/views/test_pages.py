"""The HTML report: complete, self-contained, escaped; nothing is claimed that the files do not say."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from proved import derivation_of, verdict_of
from symicl.cli.reporting import read_summary, write_record, write_report
from symicl.errors import InputError, UnsupportedError
from symicl.statements import all_theorems, find
from symicl.views import write_json, write_text
from symicl.views.mathml import block, mathml, prose

ISOTROPIC = "mahankali2023.isotropic"


class Outline(HTMLParser):
    """Tags with their attributes, and whether they are closed in order."""

    VOID = {"meta", "link", "img", "br", "input"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    verdict = verdict_of(ISOTROPIC)
    write_record(folder, verdict.theorem, verdict.derivation)
    write_text(folder / f"{ISOTROPIC}.certificate.jsonl", verdict.proof_log)
    training = {
        "id": ISOTROPIC, "verdict": "confirmed", "reason": "2 of 2 runs", "seconds": 1.5, "at": {"n": "20"},
        "runs": [{"seed": 7, "verdict": "reached", "excess_loss": 1e-4, "relative_excess": 2e-4}],
    }  # fmt: skip
    write_json(folder / f"{ISOTROPIC}.training.json", training)
    (folder / f"{ISOTROPIC}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    proof = {
        "verdict": "proved",
        "reason": "",
        "seconds": 0.25,
        "engines": {"second": {"verdict": "undecided"}},
    }
    write_json(folder / "summary.json", {"versions": {}, "theorems": [{"id": ISOTROPIC, "proof": proof}]})
    write_report(folder, read_summary(folder))
    return folder


def test_pages_are_complete(folder):
    index, page = ((folder / f"{name}.html").read_text() for name in ("index", ISOTROPIC))
    entries = (folder / f"{ISOTROPIC}.certificate.jsonl").read_text().count("\n") - 1
    assert f"{entries} rechecked, 0 asserted" in index
    assert "In the certificates that were accepted: 0 steps asserted and recomputed by no checker." in index
    for text in ("proved", "undecided", "second", "confirmed", "1.8 s", f'href="{ISOTROPIC}.html"'):
        assert text in index, text
    for text in (
        "Statement", "Assumptions", "Derivation", "Certificate", "Accepted by the independent checker", "@article{",
        "Stein&#x27;s identity", "symicl verify mahankali2023.isotropic", "Seeds: 7", "data:image/png;base64,",
        r"\frac{1}{n + d + 1 + \sigma^{2}}",
    ):  # fmt: skip
        assert text in page, text
    record = json.loads((folder / f"{ISOTROPIC}.derivation.json").read_text())
    assert page.count('class="step"') == len(record["steps"])
    shown = sum(len(step["formulas"]) for step in record["steps"]) + len(record["stated"])
    assert page.count('class="formula"') >= shown


@pytest.mark.parametrize("name", ["index", ISOTROPIC])
def test_pages_are_self_contained_and_accessible(folder, name):
    text = (folder / f"{name}.html").read_text()
    outline = Outline(text)
    assert outline.open == []
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//|@import|url\(", text)
    tags = [tag for tag, _ in outline.tags]
    for landmark in ("header", "main", "footer", "h1"):
        assert tags.count(landmark) == 1, landmark
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    identifiers = [attrs["id"] for _, attrs in outline.tags if attrs.get("id")]
    assert len(identifiers) == len(set(identifiers))
    for tag, attrs in outline.tags:
        assert tag != "img" or attrs["alt"]
        assert tag != "th" or attrs["scope"]
        if attrs.get("href", "").startswith("#"):
            assert attrs["href"][1:] in identifiers


def test_a_damaged_certificate_is_not_called_rechecked(folder, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    certificate = tmp_path / f"{ISOTROPIC}.certificate.jsonl"
    text = certificate.read_text()
    certificate.write_text(text.replace('"print":', '"print":1', 1))
    write_report(tmp_path, read_summary(tmp_path))
    page = (tmp_path / f"{ISOTROPIC}.html").read_text()
    assert "<strong>not</strong> accept" in page
    assert "Accepted by" not in page
    index = (tmp_path / "index.html").read_text()
    assert "rejected" in index
    assert "steps asserted" not in index  # nothing was accepted, so nothing is counted


def test_without_a_certificate_nothing_is_said_of_one(folder, tmp_path):
    for file in folder.iterdir():
        if "certificate" not in file.name:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    write_report(tmp_path, read_summary(tmp_path))
    index, page = ((tmp_path / f"{name}.html").read_text() for name in ("index", ISOTROPIC))
    assert "steps asserted" not in index
    assert "There is no certificate." in page
    assert "check-certificate" not in page


def test_a_users_text_is_escaped(tmp_path):
    nasty = '<script>alert(1)</script> & "$x<y$" $<img src=x onerror=alert(1)>$ $\\nonsense{$'
    theorem = replace(find(ISOTROPIC), title=nasty, wording=nasty, assumptions=(nasty,), source=nasty)
    write_record(tmp_path, theorem, None)
    entry = {"id": ISOTROPIC, "proof": {"verdict": "undecided", "reason": nasty}}
    write_json(tmp_path / "summary.json", {"versions": {}, "theorems": [entry]})
    write_report(tmp_path, read_summary(tmp_path))
    for name in ("index", ISOTROPIC):
        tags = Outline((tmp_path / f"{name}.html").read_text()).tags
        assert sum(tag == "script" for tag, _ in tags) <= 1
        assert not any("onerror" in attrs for _, attrs in tags)
        assert not any(tag == "img" for tag, _ in tags)


def test_folders_that_are_no_results_are_refused(symicl_complaint, tmp_path):
    assert "holds no finished run" in symicl_complaint("report", tmp_path)
    write_json(
        tmp_path / "summary.json",
        {"versions": {}, "theorems": [{"id": ISOTROPIC, "proof": {"verdict": "proved"}}]},
    )
    assert "no readable" in symicl_complaint("report", tmp_path)
    write_text(tmp_path / "summary.json", "[]")
    with pytest.raises(InputError):
        read_summary(tmp_path)


@pytest.fixture
def symicl_complaint(capfd):
    from symicl.cli.app import run

    def call(*arguments):
        assert run([str(a) for a in arguments]) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        return err

    return call


def test_report_again_in_another_notation(folder, tmp_path):
    from symicl.cli.app import run

    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "mine.toml").write_text("n = 'N'\nsigma2 = '\\lambda'\n")
    arguments = [
        "report",
        str(tmp_path),
        "--notation",
        str(tmp_path / "mine.toml"),
        "--style",
        "normalised",
        "--quiet",
    ]
    assert run(arguments) == 0
    page = (tmp_path / f"{ISOTROPIC}.html").read_text()
    assert r"\frac{1}{N \left(1 + \frac{d + 1 + \lambda}{N}\right)}" in page
    assert r"\sigma" not in page


@pytest.mark.parametrize("theorem", all_theorems(), ids=lambda t: t.id)
def test_all_formulas_of_the_catalogue_become_mathml(theorem):
    from symicl.views import record_of

    record = record_of(theorem, derivation_of(theorem.id))
    for entry in [*record["stated"], *record["found"]]:
        assert block(entry["latex"]).startswith("<math")
    texts = [record["title"], record["statement"], *record["assumptions"], *record["axioms"]]
    for step in record["steps"]:
        texts += [step["title"], step["note"], *(t for check in step["checks"] for t in check.values())]
        for latex in step["formulas"]:
            assert "<mi>&</mi>" not in block(latex)
    for text in texts:
        assert "<code>" not in prose(text)


def test_mathml_can_say_no():
    for latex in (r"\undefinedcommand x", r"\frac{1}", r"\begin{tabular}a&b\end{tabular}"):
        with pytest.raises(UnsupportedError):
            mathml(latex)


def test_long_sums_have_rows():
    element = block("\\begin{align*}\nL = {}&a \\\\\n&\\quad + b\n\\end{align*}")
    assert element.count("<mtr>") == 2
    assert element.count("<mtd") == 4
