"""Each optional package that is missing is named with the remedy, in an environment that lacks just this one."""

from importlib.util import find_spec

import pytest

from cli.lacking import environment_without, symicl

ID = "sander2024.unitary"
LOSS = "mahankali2023.isotropic"
GRID = ("n=4,8", "d=2", "sigma2=1", "--eval")
WITHOUT_IT = (("eval", LOSS, "n=2", "d=3", "sigma2=1"), ("prove", ID))
"""Commands that need no optional package."""


@pytest.fixture
def without(tmp_path):
    """Commands, one after the other in one process, in an environment without a package."""

    def run(package, *commands):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not here either")
        (tmp_path / "work").mkdir()
        python = environment_without(package, tmp_path / "environment")
        return symicl(python, commands, cwd=tmp_path / "work")

    return run


@pytest.mark.parametrize(("package", "name"), [("torch", "PyTorch"), ("scipy", "SciPy")])
def test_training(without, package, name):
    training = [("train", LOSS, "--no-records"), ("verify", LOSS, "--no-records"), ("sweep", LOSS, "n=4,8")]
    *refused, evaluated, proved = without(package, *training, *WITHOUT_IT)
    for outcome in refused:
        assert outcome.err == (
            f"symicl: training needs {name}, which cannot be imported here; install it with: "
            "pip install 'symicl[train]' [SYM-M004]\n"
        )
        assert (outcome.code, outcome.out) == (2, "")
    assert (evaluated.code, proved.code) == (0, 0)


@pytest.mark.parametrize("package", ["jinja2", "latex2mathml"])
def test_what_does_not_need_it_works(without, package):
    assert [outcome.code for outcome in without(package, *WITHOUT_IT)] == [0, 0]


def test_pictures(without):
    outcome, *others = without("matplotlib", ("sweep", LOSS, *GRID, "--out", "out"), *WITHOUT_IT)
    assert [outcome.code, *(other.code for other in others)] == [0, 0, 0]
    assert "no pictures: pictures need matplotlib; install it with: pip install 'symicl[plot]'" in outcome.err


def test_tables(without):
    evaluated, outcome = without("pyarrow", ("sweep", LOSS, *GRID), ("runs", "--parquet", "runs.parquet"))
    assert evaluated.code == 0  # something to export
    assert (outcome.code, outcome.out) == (2, "")
    assert "install it with: pip install 'symicl[parquet]'" in outcome.err


def test_clusters(without):
    (outcome,) = without("distributed", ("sweep", LOSS, *GRID, "--scheduler", "tcp://127.0.0.1:9"))
    assert (outcome.code, outcome.out) == (2, "")
    assert "install it with: pip install 'symicl[cluster]'" in outcome.err


@pytest.mark.parametrize("package", ["pylatexenc", "lark"])
def test_required_packages(without, tmp_path, package):
    claim, names = tmp_path / "one.claim", tmp_path / "names.toml"
    claim.write_text("dims d\nx ~ N(0, I_d)\nclaim E[x' x] = d\n")
    names.write_text("n = 'N'\n")
    arguments = ("latex", LOSS, "--notation", names) if package == "pylatexenc" else ("check", claim)
    (outcome,) = without(package, arguments)
    assert outcome.err == (
        f"symicl: the package {package} cannot be imported; install what symicl needs with: pip install symicl\n"
    )
    assert (outcome.code, outcome.out) == (2, "")
