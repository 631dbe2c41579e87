"""Exported files: what stands in them, what Coq accepts, and what it refuses."""

import json
import re
import shutil
import subprocess

import pytest

from proved import verdict_of
from symicl.certificates.export import coq, translate, translation
from symicl.certificates.export.names import Names, comment, identifier
from symicl.certificates.export.words import Letter, Words
from symicl.cli.app import run as command
from symicl.errors import InputError
from symicl.statements import all_theorems
from symicl.statements.certificate import Stated, write_certificate
from symicl.statements.mutate import mutants

SMALL = "sander2024.unitary"
needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")


@pytest.fixture(scope="module")
def verdict():
    return verdict_of(SMALL)


def mutated(verdict, mutant):
    theorem = mutant.applied(verdict.theorem)
    found = verdict.derivation.found
    proved = {name: Stated(found[name], str(stated)) for name, stated in theorem.claims.items()}
    return write_certificate(theorem, verdict.derivation.axioms, proved, "proved", verdict.recording)


def run(text, folder):
    file = folder / "exported.v"
    file.write_text(text, encoding="utf-8")
    return subprocess.run(
        ["coqc", "-q", file.name], cwd=folder, capture_output=True, text=True, timeout=900, check=False
    )


def statement_of_error(text, error):
    """The last lemma or theorem that begins before the line that coqc names."""
    line = int(re.search(r"line (\d+)", error)[1])
    return re.findall(r"^(?:Lemma|Theorem) (\w+)", "\n".join(text.splitlines()[:line]), re.MULTILINE)[-1]


def test_nothing_is_admitted_and_each_quantity_has_its_theorem(verdict):
    text = coq(translate(verdict.proof_log))
    assert not re.search(r"\b(Admitted|Axiom|admit|Abort|Parameter)\b", re.sub(r"\(\*.*?\*\)", "", text))
    for name in verdict.theorem.claims:
        assert f"Theorem sander2024_unitary_{name} :" in text
    assert text.count("Proof.") == text.count("Qed.") == len(translate(verdict.proof_log).lemmas)


def test_a_long_log_leaves_facts_to_the_checkers_by_name(verdict, monkeypatch):
    whole = coq(translate(verdict.proof_log))
    monkeypatch.setattr(translation, "MAX_ENTRIES", 50)
    part = translate(verdict.proof_log)
    left = [sentence for sentence in part.asserted if "left to the checkers" in sentence]
    assert left and len(part.lemmas) + len(left) >= len(translate(verdict.proof_log).lemmas)
    text = coq(part)
    assert len(text) < len(whole) and left[0].split(":")[0] in text
    for name in verdict.theorem.claims:
        assert f"Theorem sander2024_unitary_{name} :" in text
    assert text.count("Proof.") == text.count("Qed.") == len(part.lemmas)


def test_every_proposition_is_named_or_a_lemma(verdict):
    asserted = " ".join(translate(verdict.proof_log).asserted)
    entries = [json.loads(line) for line in verdict.proof_log.splitlines()]
    assert entries[0]["propositions"]
    assert all(claim in asserted for claim in entries[0]["propositions"])


def test_the_same_log_gives_the_same_text(verdict):
    assert coq(translate(verdict.proof_log)) == coq(translate(verdict.proof_log))


@pytest.mark.parametrize(
    "text", ["(*", "*)", "a *) Axiom x : False. (*", '"', "(*)", "-/", "((**))", "x\n*)"]
)
def test_no_text_leaves_its_comment(text):
    inside = comment(text)
    assert not any(mark in inside for mark in ("(*", "*)", "/-", "-/", '"', "\n"))


def test_names_are_legal_and_new():
    names = Names()
    found = [names.fresh(text) for text in ("a b", "a_b", "T", "entry_3", "μ", "1x", "fun", "x. Axiom y", "")]
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9_]*", name) for name in found)
    assert not {"T", "entry_3", "fun"} & set(found)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]\n", '{"format":"symicl-certificate","version":1}\n', "nonsense"]
)
def test_what_is_no_log_is_refused(text):
    with pytest.raises(InputError, match="not a proof log"):
        translate(text)


@needs_coq
@pytest.mark.coq
def test_coq_accepts_a_theorem(verdict, tmp_path):
    result = run(coq(translate(verdict.proof_log)), tmp_path)
    assert result.returncode == 0, result.stderr


@needs_coq
@pytest.mark.coq
@pytest.mark.parametrize("quantity", ["diagonal_of_C", "conserved_at_balanced_optimum"])
def test_coq_refuses_a_wrong_version_in_the_theorem_that_is_wrong(verdict, quantity, tmp_path):
    mutant = next(m for m in mutants(verdict.theorem) if m.quantity == quantity)
    text = coq(translate(mutated(verdict, mutant)))
    result = run(text, tmp_path)
    assert result.returncode != 0
    assert statement_of_error(text, result.stderr) == f"sander2024_unitary_{quantity}"


def test_a_fact_that_needs_how_an_inverse_cancels_is_named_and_left_to_the_checkers():
    text = coq(translate(verdict_of("zhang2024.ltb").proof_log))
    assert text.count("(it needs how the inverse of a sum cancels)") == 3
    assert "Lemma equal_936 " not in text


TOO_LONG = {"zheng2024.stability"}
"""Coq takes four minutes for its file, and four for a wrong version: hundreds of signs of long polynomials."""

BEYOND = {"saxe2025.dynamics"}
"""What the losses of plateaus are needs how an inverse cancels beside another diagonal letter."""


def words(*letters):
    """Letters (name, rows, columns, symmetric?), and the sizes n and d in front of them."""
    found = Words()
    for k, (name, rows, cols, *symmetric) in enumerate((("n", 1, 1), ("d", 1, 1), *letters), 1):
        found.declare(Letter(k, name, rows, cols, bool(symmetric) or rows == cols == 1, None, False), None)
    return found


def test_words_are_shorter_by_the_equations_of_their_letters():
    w = words(
        ("P", "d", "d", True),
        ("A", "d", "d"),
        ("U", "d", "n"),
        ("e", "n", 1),
        ("D", "d", "d", True),
        ("E", "d", "d", True),
    )
    P, A, U, e, D, E = range(3, 9)
    n, d = w.number_of("n"), w.number_of("d")
    assert w.trace_of((-e, e), 1) != n
    w.equations.enter(P, "projector", n)
    w.equations.enter(U, "orthonormal", n)
    w.equations.enter(e, "ones", n)
    for letter in (D, E):
        w.equations.enter(letter, "diagonal", d)
    assert w.trace_of((-e, e), 1) == n == w.trace_of((P,), "d") == w.trace_of((-U, U), "n")
    assert w.trace_of((-U, P, U), "n") != n
    assert w.reduced((A, P, P, A)) == (A, P, A) and w.trace_of((P, A, P), "d") == w.trace_of((A, P), "d")
    assert w.reduced((-U, U, -U)) == (-U,) and w.reduced((U, -U)) == (U, -U)
    assert w.reduced((E, D)) == w.reduced((D, E)) == (D, E)
    assert w.trace_of((D, A, E), "d") == w.trace_of((A, D, E), "d") != w.trace_of((D, A, E, A), "d")
    w.equations.enter(A, "orthogonal", d)
    assert w.trace_of((A, D, -A), "d") == w.trace_of((D,), "d") and w.trace_of((A, -A), "d") == d


def test_the_equation_of_a_letter_stands_in_the_file():
    text = coq(translate(verdict_of("li2024.retrieval").proof_log))
    assert "each entry is 1" in text


@needs_coq
@pytest.mark.coq
@pytest.mark.slow
@pytest.mark.parametrize(
    "id", [theorem.id for theorem in all_theorems() if theorem.id not in TOO_LONG | BEYOND]
)
def test_coq_accepts_a_theorem_and_refuses_a_wrong_version_of_it(id, tmp_path):
    """The wrong version is refused for the right reason: in the theorem of the quantity that was changed."""
    verdict = verdict_of(id)
    result = run(coq(translate(verdict.proof_log)), tmp_path)
    assert result.returncode == 0, result.stderr
    mutant = next(mutants(verdict.theorem))
    text = coq(translate(mutated(verdict, mutant)))
    result = run(text, tmp_path)
    assert result.returncode != 0
    assert statement_of_error(text, result.stderr) == identifier(f"{id}_{mutant.quantity}")


@pytest.mark.parametrize("id", sorted(BEYOND))
def test_what_coq_would_refuse_is_not_written(id, capsys):
    assert translate(verdict_of(id).proof_log).beyond == ["plateau", "all_learned"]
    assert command(["export", id, "--to", "coq"]) == 2
    said = capsys.readouterr()
    assert "saxe2025.dynamics states plateau, all_learned by how the inverse" in said.err and not said.out


def test_a_mean_after_tokens_is_shown_by_induction():
    """What it is before the first token, and after one more token, are lemmas."""
    document = translate(verdict_of("deltanet.delta_rule").proof_log)
    names = [lemma.name for lemma in document.lemmas]
    for beginning in ("first_", "token_"):
        assert sum(name.startswith(beginning) for name in names) == 2
    assert "deltanet_delta_rule_excess" in names and "deltanet_delta_rule_best_excess" in names
