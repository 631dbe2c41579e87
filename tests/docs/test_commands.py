"""The commands of the pages are run by a shell, and what they print is compared."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
PAGES = sorted((ROOT / "docs").rglob("*.md"))


def sessions():
    for page in PAGES:
        text = page.read_text()
        files = dict(re.findall(r"```\{code-block\} \w+\n:name: (\S+)\n\n(.*?)```", text, re.S))
        for block in re.findall(r"^```console\n(.*?)^```", text, re.S | re.M):
            for command, wanted in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
                yield pytest.param(files, command, wanted, id=f"{page.stem}: {command[:40]}")


def run(files, command, folder):
    for name, text in files.items():
        (folder / name).write_text(text)
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "120",
    }
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    return done.stdout


@pytest.mark.parametrize("files, command, wanted", list(sessions()))
def test_prints_what_the_page_says(files, command, wanted, tmp_path):
    found = run(files, command, tmp_path)
    assert doctest.OutputChecker().check_output(wanted, found, OPTIONS), found


def test_a_wrong_output_is_noticed(tmp_path):
    found = run({}, "symicl eval mahankali2023.isotropic n=20 d=5 sigma2=1/4", tmp_path)
    assert not doctest.OutputChecker().check_output(found.replace("105", "106"), found, OPTIONS)
