"""Real certificates, and the checkers as they are run."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from checker.corruption import Certificate
from proved import verdict_of
from symicl.certificates import checkers
from symicl.certificates.checkers import proof

FOLDER = Path(checkers.__file__).parent

SMALL = ("zhang2024.bayes", "zhang2024.gd_beta", "zhang2024.gradient_flow", "sander2024.unitary")
"""Certificates with every rule that are checked in a fraction of a second."""


@cache
def certificate_of(theorem_id):
    """The certificate of a theorem, taken apart; a folder with finished ones saves the derivations."""
    if folder := os.environ.get("SYMICL_CERTIFICATES"):
        return Certificate(Path(folder, f"{theorem_id}.certificate.jsonl").read_text())
    return Certificate(verdict_of(theorem_id).proof_log)


def alone(folder, *arguments, program=()):
    """Run a copy of the checkers in an isolated interpreter, where symicl is not installed."""
    copy = folder / "copied"
    if not copy.is_dir():
        shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-I", "-S", *(program or [copy]), *arguments]
    return subprocess.run(
        command, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True
    )


@pytest.fixture(scope="session")
def checker():
    """The first checker."""
    return proof


@pytest.fixture(params=SMALL)
def certificate(request):
    """One of the small certificates."""
    return certificate_of(request.param)
