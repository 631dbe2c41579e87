"""Each optional package that is missing is named with the remedy, in an environment that lacks just this one."""

from importlib.util import find_spec

import pytest

from cli.lacking import environment_without, symicl

ID = "mahankali2023.isotropic"
GRID = ("n=4,8", "d=2", "sigma2=1", "--eval")


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """Commands in an environment without a package; each environment is made once."""
    made = {}

    def run(package, *arguments):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not here either")
        if package not in made:
            made[package] = environment_without(package, tmp_path_factory.mktemp(package) / "environment")
        return symicl(made[package], *arguments, cwd=tmp_path_factory.mktemp("work"))

    return run


@pytest.mark.parametrize(("package", "name"), [("torch", "PyTorch"), ("scipy", "SciPy")])
@pytest.mark.parametrize(
    "arguments",
    [("train", ID, "--no-records"), ("verify", ID, "--no-records"), ("sweep", ID, "n=4,8")],
    ids=lambda arguments: arguments[0],
)
def test_training(without, package, name, arguments):
    outcome = without(package, *arguments)
    assert outcome.stderr == (
        f"symicl: training needs {name}, which cannot be imported here; install it with: "
        "pip install 'symicl[train]'\n"
    )
    assert (outcome.returncode, outcome.stdout) == (2, "")


@pytest.mark.parametrize("package", ["torch", "scipy", "matplotlib", "jinja2", "latex2mathml"])
def test_what_does_not_need_it_works(without, package):
    assert without(package, "eval", ID, "n=2", "d=3", "sigma2=1").returncode == 0
    assert without(package, "prove", ID).returncode == 0


def test_pictures(without):
    outcome = without("matplotlib", "sweep", ID, *GRID, "--out", "out")
    assert outcome.returncode == 0
    assert (
        "no pictures: pictures need matplotlib; install it with: pip install 'symicl[plot]'" in outcome.stderr
    )


def test_tables(without):
    assert without("pyarrow", "sweep", ID, *GRID).returncode == 0  # something to export
    outcome = without("pyarrow", "runs", "--parquet", "runs.parquet")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "install it with: pip install 'symicl[parquet]'" in outcome.stderr


def test_clusters(without):
    outcome = without("distributed", "sweep", ID, *GRID, "--scheduler", "tcp://127.0.0.1:9")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "install it with: pip install 'symicl[cluster]'" in outcome.stderr


def test_required_packages(without, tmp_path):
    claim = tmp_path / "one.claim"
    claim.write_text("dims d\nx ~ N(0, I_d)\nclaim E[x' x] = d\n")
    names = tmp_path / "names.toml"
    names.write_text("n = 'N'\n")
    commands = (("pylatexenc", ("latex", ID, "--notation", names)), ("lark", ("check", claim)))
    for package, arguments in commands:
        outcome = without(package, *map(str, arguments))
        assert outcome.stderr == (
            f"symicl: the package {package} cannot be imported; install what symicl needs with: pip install symicl\n"
        )
        assert (outcome.returncode, outcome.stdout) == (2, "")
