"""Where the result cannot be written: a full disk, a closed stream, a folder that is not there or not ours."""

import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
SHORT = [
    ["--version"],
    ["--help"],
    ["list"],
    ["cite"],
    ["eval", "mahankali2023.isotropic", "n=2", "d=3", "sigma2=1"],
]


def shell(line):
    """A command line in a shell, standing for the reader of its streams."""
    command = line.replace("symicl", f"{sys.executable} -m symicl", 1)
    return subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", SHORT, ids=" ".join)
def test_a_full_disk_is_one_sentence(arguments):
    outcome = shell(f"symicl {' '.join(arguments)} > /dev/full")
    assert outcome.returncode == 2
    assert outcome.stderr == (
        "symicl: the result cannot be written to standard output (No space left on device); send it elsewhere\n"
    )


def test_a_closed_output_is_one_sentence():
    outcome = shell("symicl list >&-")
    assert outcome.returncode == 2
    assert outcome.stderr == "symicl: standard output is closed; send it to a file, or to /dev/null\n"


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full"])
def test_without_standard_error_the_exit_code_speaks(stream):
    if "full" in stream and not FULL.exists():
        pytest.skip("there is no /dev/full here")
    assert shell(f"symicl prove nonesuch {stream}").returncode == 2
    assert shell(f"symicl eval mahankali2023.isotropic n=2 d=3 sigma2=1 {stream}").returncode == 0


def test_a_reader_that_leaves_is_no_defect():
    assert shell("symicl list | head -n 1").stderr == ""


@pytest.mark.parametrize(
    "arguments",
    [["latex", "mahankali2023.isotropic", "-o"], ["export", "mahankali2023.isotropic", "--to", "coq", "-o"]],
    ids=["latex", "export"],
)
def test_a_mistyped_folder_is_not_made(complaint, tmp_path, arguments):
    file = tmp_path / "apers" / "isotropic.tex"
    assert complaint(*arguments, file).startswith(f"there is no folder {file.parent} for isotropic.tex")
    assert not file.parent.exists()


@pytest.mark.parametrize("name", ["index.html", "summary.json"])
def test_files_of_somebody_else_stay(complaint, tmp_path, name):
    (tmp_path / name).write_text("mine")
    said = complaint("verify", "mahankali2023.isotropic", "--out", tmp_path, "--no-records")
    assert f"holds {name} that this version of symicl did not write" in said
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(name, "mine")]
