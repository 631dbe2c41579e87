"""`doctor` and `cite`."""

import re
from pathlib import Path

import pytest

import symicl as si
from symicl.cli.commands import doctor
from symicl.statements import Paper
from symicl.views import of_paper

ROOT = Path(__file__).parents[2]


def test_doctor(symicl):
    code, out, err = symicl("doctor")
    assert (code, err) == (0, "")
    assert out.startswith(f"symicl {si.__version__}, Python 3")
    for part in doctor.PARTS:
        assert re.search(rf"^{re.escape(part.name)} ", out, re.MULTILINE), part.name


def test_doctor_as_json(symicl, monkeypatch, tmp_path):
    """What is missing is named with its purpose and its remedy."""
    program = tmp_path / "coqc"
    program.write_text("#!/bin/sh\necho The Coq Proof Assistant, version 8.99.1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(doctor, "PARTS", (*doctor.PARTS, doctor.Part("no-such", "package", "x", "get it")))
    monkeypatch.delenv("SYMICL_KATEX", raising=False)
    outcome = symicl("doctor", "--json")
    assert outcome.code == 0
    parts = {part["name"]: part for part in outcome.json["parts"]}
    assert parts["sympy"]["installed"] and parts["sympy"]["required"]
    assert parts["sympy"]["version"].startswith("1.")
    assert parts["sympy"]["remedy"] is None
    assert parts["coqc"]["version"] == "8.99.1"
    assert parts["pdflatex"] | {"for": ""} == {
        "name": "pdflatex",
        "required": False,
        "installed": False,
        "version": None,
        "for": "",
        "remedy": "apt-get install texlive-latex-base",
    }
    assert not parts["KaTeX"]["installed"]
    assert parts["no-such"]["remedy"] == "get it"


def test_required_packages_are_those_of_the_project():
    project = (ROOT / "pyproject.toml").read_text()
    dependencies = re.search(r"^dependencies = \[(.*?)\]", project, re.DOTALL | re.MULTILINE)[1]
    assert re.findall(r'"([\w-]+)', dependencies) == list(doctor.REQUIRED)


def test_cite_symicl(symicl):
    code, out, err = symicl("cite")
    assert (code, err) == (0, "")
    assert out.startswith("@software{symicl,\n")
    assert f"version       = {{{si.__version__}}}" in out
    assert "author        = {{the symicl developers}}" in out
    assert symicl("cite", "-f", "cff").out == (ROOT / "CITATION.cff").read_text()
    assert f"version: {si.__version__}\n" in (ROOT / "CITATION.cff").read_text()


def test_cite_papers(symicl):
    out = symicl("cite", "zhang2024.ltb", "mahankali2023.isotropic", "zhang2024.bayes").out
    assert re.findall(r"^@misc{(\w+),$", out, re.MULTILINE) == ["zhang2024", "mahankali2023"]
    assert "  author        = {Zhang and Wu and Bartlett}," in out
    assert "  eprint        = {2402.14951}," in out
    [entry] = symicl("cite", "sander2024.unitary", "--json").json
    assert entry["authors"][-1] == "Peyré"
    assert entry["year"] == "2024"
    text = symicl("cite", "zheng2024.limit", "--format", "text").out
    assert text.startswith("Zheng, Huang, Wang, Wu, Zhu, Li (2024): On Mesa-Optimization")
    assert text.endswith(". arXiv:2405.16845.\n")


def test_every_paper_is_in_the_citation_file():
    listed = (ROOT / "CITATION.cff").read_text()
    papers = {theorem.paper.arxiv for theorem in si.all_theorems()}
    assert all(f'"arXiv:{arxiv}"' in listed for arxiv in papers)
    assert len(papers) == listed.count("arXiv:")


def test_cite_refuses(complaint):
    assert "did you mean" in complaint("cite", "zhang2024.ltp")
    assert "leave out" in complaint("cite", "zhang2024.ltb", "--format", "cff")
    assert "ris" in complaint("cite", "--format", "ris")


@pytest.mark.parametrize("authors", ["A, B et al.", "A and B et al.", "A, and B, et al."])
def test_odd_lists_of_authors(authors):
    citation = of_paper(Paper("k", authors, "On 50 % & more", 1999, "none"))
    assert citation.authors == ("A", "B", "others")
    assert citation.text() == "A, B et al. (1999): On 50 % & more."
    assert r"{{On 50 \% \& more}}" in citation.bibtex()
    assert "eprint" not in citation.bibtex()
