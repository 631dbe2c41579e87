"""What people expect of any command line: help, completion, colours, progress, hints."""

import inspect
import os
import pty
import re
import subprocess
import sys

import pytest

from symicl.cli.app import app
from symicl.cli.codes import FAILURE, GENERAL, UNDECIDED

COMMANDS = [command.name for command in app.registered_commands]
ISOTROPIC = "mahankali2023.isotropic"
QUICK = "sander2024.unitary"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_has_examples_and_exit_codes(symicl, command):
    code, out, err = symicl(command, "--help")
    assert (code, err) == (0, "")
    assert re.search(r"(Examples?|A claim file):\n", out)
    assert re.search(r"exit codes?\b", out, re.IGNORECASE), out


def test_a_help_does_not_hide_an_exit_code():
    """Commands that can end undecided or with a failure say so, and not only what all commands share."""
    for command in app.registered_commands:
        source = inspect.getsource(inspect.getmodule(command.callback))
        verdicts = re.search(r"\b(?:UNDECIDED|FAILURE|DerivationError|worst|OF_VERDICT)\b", source)
        assert not verdicts or command.epilog != GENERAL, command.name
        for name, code in (("UNDECIDED", UNDECIDED), ("FAILURE", FAILURE)):
            if re.search(rf"\breturn {name}\b|\b{name} if\b|else {name}\b", source):
                text = command.epilog or command.callback.__doc__
                assert re.search(rf"\b{code}\b", text), (command.name, code)


def test_completion_is_offered(symicl):
    assert "--install-completion" in symicl("--help").out
    environment = os.environ | {"_SYMICL_COMPLETE": "source_bash"}
    shown = subprocess.run([sys.executable, "-m", "symicl"], env=environment, capture_output=True, text=True)
    assert "_SYMICL_COMPLETE=complete_bash" in shown.stdout


@pytest.mark.parametrize("command", ["derive", "eval", "latex", "train", "eject", "cite", "verify"])
def test_ids_are_completed_everywhere(command):
    environment = os.environ | {
        "_SYMICL_COMPLETE": "complete_bash",
        "COMP_WORDS": f"symicl {command} zhang2024.bay",
        "COMP_CWORD": "2",
    }
    done = subprocess.run([sys.executable, "-m", "symicl"], env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["zhang2024.bayes"]


def test_near_misses(complaint):
    assert "'doctor'" in complaint("docter")
    assert "--certificate" in complaint("prove", ISOTROPIC, "--certifcate", "x")
    assert f"did you mean {ISOTROPIC}" in complaint("prove", "mahankali2023.isotropc")


def on_a_terminal(*arguments, out=True, **variables):
    """Standard error, and standard output if wanted, of a process that has a terminal there; and its other output."""
    mine, theirs = pty.openpty()
    environment = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "symicl", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs if out else subprocess.PIPE,
        stderr=theirs,
        env=environment | {"TERM": "xterm-256color", "COLUMNS": "100"} | variables,
    )
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(mine, 65536):
            seen += part
    except OSError:  # the other end is closed
        pass
    os.close(mine)
    piped = b"" if out else process.stdout.read()
    process.communicate()
    return process.returncode, seen.decode(), piped.decode()


GREEN = "\x1b[32mproved"


def test_colours_only_on_a_terminal_and_not_under_no_color(symicl):
    code, seen, _ = on_a_terminal("prove", QUICK)
    assert code == 0
    assert GREEN in seen
    _, seen, _ = on_a_terminal("prove", QUICK, NO_COLOR="1")
    assert f"proved       {QUICK}" in seen
    assert "\x1b[3" not in seen
    assert "\x1b" not in symicl("prove", QUICK).out


def test_progress_shows_on_a_terminal_and_leaves_the_result_alone():
    ids = [QUICK, "sander2024.orthogonal", "sander2024.augmented"]
    code, seen, piped = on_a_terminal("prove", *ids, out=False)
    assert code == 0
    assert "left" in seen and "/3" in seen
    assert [line.split()[:2] for line in piped.splitlines() if line[0] != " "] == [["proved", i] for i in ids]
    assert "\x1b" not in piped
    _, seen, _ = on_a_terminal("prove", *ids, "--quiet", out=False)
    assert seen == ""
    _, seen, piped = on_a_terminal("derive", QUICK, "--format", "json", out=False)
    assert f"deriving {QUICK}" in seen
    assert piped.startswith("{") and "\x1b" not in piped
