"""Real certificates, and the checker as it is run: one file, loaded by its path."""

import importlib.util
import os
import sys
from functools import cache
from pathlib import Path

import pytest

import symicl
from checker.corruption import Certificate
from symicl.theorems.catalogue import find
from symicl.theorems.prove import prove

FILE = Path(symicl.__file__).with_name("checker.py")

SMALL = ("zhang2024.bayes", "zhang2024.gd_beta", "zhang2024.gradient_flow", "sander2024.unitary")
"""Certificates with every rule that are checked in a fraction of a second."""


@cache
def certificate_of(theorem_id):
    """The certificate of a theorem, taken apart; a folder with finished ones saves the derivations."""
    if folder := os.environ.get("SYMICL_CERTIFICATES"):
        return Certificate(Path(folder, f"{theorem_id}.certificate.jsonl").read_text())
    return Certificate(prove(find(theorem_id), record=True).proof_log)


def load():
    """The module, without the package around it."""
    spec = importlib.util.spec_from_file_location("symicl.checker", FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CHECKER = load()
"""Loaded once for all processes that are forked from one that has collected the tests."""


@pytest.fixture(scope="session")
def checker():
    """The module, without the package around it."""
    return CHECKER


@pytest.fixture(params=SMALL)
def certificate(request):
    """One of the small certificates."""
    return certificate_of(request.param)
