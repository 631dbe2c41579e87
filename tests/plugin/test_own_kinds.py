"""One law, one model and one theorem of each kind in a package of their own: nothing of symicl knows them by name."""

import ast
import json
import re
import shutil
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "own_kinds"
IDS = ("own.prompts", "own.sequences", "own.pass")


@pytest.fixture(scope="module")
def own(install):
    """The folder in which the wheel is installed."""
    return install(PACKAGE)


def test_they_are_listed(own, with_packages):
    entries = {
        entry["id"]: entry for entry in json.loads(with_packages("list", "--json", folders=[own]).stdout)
    }
    for name in IDS:
        assert entries[name]["origin"] == "package symicl-own-kinds 1.0.3"


def test_they_are_proved_certified_and_computed_by_the_second_engine(own, with_packages, tmp_path):
    done = with_packages("prove", *IDS, "--json", "--certificate", tmp_path, folders=[own])
    assert done.returncode == 0, done.stderr
    documents = {document["id"]: document for document in json.loads(done.stdout)}
    for name, instances in zip(IDS, (4, 5, 4), strict=True):
        assert documents[name]["verdict"] == "proved"
        second = documents[name]["engines"]["entrywise"]
        assert second["verdict"] == "agreed" and second["loss_instances"] == instances
        # Rechecked where the package is not installed.
        certificate = tmp_path / f"{name}.certificate.jsonl"
        assert with_packages("check-certificate", certificate, folders=[]).returncode == 0


@pytest.mark.parametrize("name", IDS)
def test_they_are_typeset_with_all_letters_defined(own, with_packages, name):
    done = with_packages("latex", name, "--standalone", folders=[own])
    assert done.returncode == 0, done.stderr
    assert r"\begin{document}" in done.stdout and "are not defined" not in done.stderr
    setting = {
        "own.prompts": r"x\sim N(0,\Lambda)",
        "own.sequences": r"\hat y_t=\frac{a}{t-1}",
        "own.pass": r"\item $W_{KQ}=W_{K}^{\top} W_{Q}=",
    }
    assert setting[name] in done.stdout
    code = (
        "from symicl.statements import find; from symicl.statements import undefined_letters; "
        f"theorem = find({name!r}); print(undefined_letters(theorem, theorem.derive()))"
    )
    assert with_packages(folders=[own], program=("-c", code)).stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("module", "right", "wrong", "name"),
    [
        ("prompts", "eta = 1 / (n + d + 1 + sigma2)", "eta = 1 / (n + d + 2 + sigma2)", "own.prompts"),
        ("sequences", "(d - 1) * harmonic(T - 2)", "d * harmonic(T - 2)", "own.sequences"),
        ("passes", "eta = 1 / (n + d + 1 + sigma2)", "eta = 1 / (n + d + sigma2)", "own.pass"),
    ],
)
def test_a_slightly_wrong_statement_is_refuted(own, with_packages, tmp_path, module, right, wrong, name):
    shutil.copytree(own, tmp_path / "site")
    file = tmp_path / "site" / "symicl_own_kinds" / f"{module}.py"
    source = file.read_text()
    assert source.count(right) == 1
    file.write_text(source.replace(right, wrong))
    done = with_packages("prove", name, folders=[tmp_path / "site"])
    assert done.returncode == 1 and done.stdout.startswith(f"refuted      {name}"), done.stdout


DISHONEST = {
    "a sampler of another law": (
        "prompts",
        "task, model = ShiftedQuery(), GatedStep()",
        "class Louder(ShiftedQuery):\n"
        "    def sample(self, values, batch, draws):\n"
        "        return super().sample({**values, self.noise: 2 * values[self.noise]}, batch, draws)\n"
        "task, model = Louder(), GatedStep()",
        "own.prompts",
        "",
    ),
    "a pass that asks what it reads": (
        "sequences",
        "        s, now = sequence.context(), sequence.now\n",
        "        s, now = sequence.context(), sequence.now\n"
        "        if hasattr(sequence, 'length'):\n"
        "            return now.x() * weights['a']\n",
        "own.sequences",
        "at d = 1, T = 3 the forward pass of ScaledAttention has the loss",
    ),
    "a pass that tells floats from fractions": (
        "sequences",
        "        s, now = sequence.context(), sequence.now\n",
        "        s, now = sequence.context(), sequence.now\n"
        "        if hasattr(sequence, 'length') and weights['a'].dtype == float:\n"
        "            return now.x() * weights['a']\n",
        "own.sequences",
        "another value on floats than on exact numbers",
    ),
    "an expectation of its own": (
        "sequences",
        "class Doubled(si.AutoregressiveTask):\n",
        "class Doubled(si.AutoregressiveTask):\n"
        "    def expectation(self, expression):\n        return super().expectation(expression)\n",
        "own.sequences",
        "expectation() in code of its own",
    ),
    "moments that are summed in another way": (
        "sequences",
        "    def even_moment(self, k):\n",
        "    def summed(self, exponents, blocks, paired):\n"
        "        return super().summed(exponents, blocks, paired) * 2\n"
        "    def even_moment(self, k):\n",
        "own.sequences",
        "summed() in code of its own",
    ),
}


@pytest.mark.parametrize("case", DISHONEST)
def test_what_is_not_what_it_declares_is_not_proved(own, with_packages, tmp_path, case):
    module, right, wrong, name, words = DISHONEST[case]
    shutil.copytree(own, tmp_path / "site")
    file = tmp_path / "site" / "symicl_own_kinds" / f"{module}.py"
    source = file.read_text()
    assert source.count(right) == 1
    file.write_text(source.replace(right, wrong))
    site = tmp_path / "site"
    if words:  # seen by `prove` itself
        done = with_packages("prove", name, "--engine", "words", folders=[site])
        assert done.returncode == 3 and done.stdout.startswith("undecided") and words in done.stdout
    if case not in ("a pass that tells floats from fractions", "an expectation of its own"):
        done = with_packages("prove", name, folders=[site])
        assert done.returncode == 70 and done.stdout == ""
        assert re.search(
            "the two engines disagree.*does something else in numbers than in symbols", done.stderr
        )


def test_claims_name_them(own, with_packages, tmp_path):
    text = "task T = ShiftedQuery()\nmodel M = GatedStep()\nclaim minimum(M, T) = {}\n"
    right, wrong = tmp_path / "right.sym", tmp_path / "wrong.sym"
    right.write_text(text.format("sigma2 + tr(Lambda) (1 - n/(n + d + 1 + sigma2))"))
    wrong.write_text(text.format("sigma2 + tr(Lambda) (1 - n/(n + d + 2 + sigma2))"))
    assert with_packages("check", right, folders=[own]).returncode == 0
    assert with_packages("check", wrong, folders=[own]).returncode == 1
    unknown = with_packages("check", right, folders=[])
    assert unknown.returncode == 2 and "unknown task ShiftedQuery" in unknown.stderr


def test_nothing_of_symicl_names_a_model_or_a_law_but_those_who_make_them():
    """Where a decision hangs on the class of a task or a model, one of a user's own is left out."""
    root = Path(__file__).resolve().parents[2] / "symicl"
    names = {
        "CausalLinearAttention",
        "LinearSelfAttention",
        "MultiHeadLinearAttention",
        "InitialGuessAttention",
        "OneStepGD",
        "GDBeta",
    }
    names |= {"LinearTransformerBlock", "PositionalAttention", "AutoregressiveTask", "LinearRegression"}
    names |= {"RotationInvariantRegression", "GaussianRegression", "RetrievalRegression"}
    found = []
    for file in root.rglob("*.py"):
        if file.relative_to(root).parts[0] in ("tasks", "models"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            asked = None
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
                asked = node.args[1]
            elif isinstance(node, ast.Compare) and any(
                isinstance(part, ast.Call) and getattr(part.func, "id", "") == "type"
                for part in (node.left, *node.comparators)
            ):
                asked = node
            if asked is not None:
                used = {part.id for part in ast.walk(asked) if isinstance(part, ast.Name)} & names
                if used:
                    found.append(f"{file.relative_to(root)}:{node.lineno} {' '.join(sorted(used))}")
    # What only one law has: the statistic of a context, training that steps over it, and theory of depth and of heads.
    allowed = ("studies/regression/", "theory/layers/gram.py", "theory/heads/head_count.py")
    assert not [place for place in found if not place.startswith(allowed)], found


@pytest.mark.slow
@pytest.mark.parametrize("name", IDS)
def test_their_experiments_confirm_them(own, with_packages, tmp_path, name):
    trained = with_packages("train", name, "--json", folders=[own], SYMICL_RECORDS=str(tmp_path / "runs.db"))
    assert trained.returncode == 0, trained.stderr
    assert json.loads(trained.stdout)["verdict"] == "confirmed"
