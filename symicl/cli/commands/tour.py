"""`symicl tour`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from symicl.cli.output import print_text

CLAIMS = """\
dims n, d
X ~ gaussian(n, d)
claim E[X' X X' X] = n (n + d + 1) I_d
claim E[X' X X' X] = n (n + d) I_d
"""


class Stop(NamedTuple):
    """A command and what it is for."""

    text: str
    arguments: tuple[str, ...]
    needs: str = ""


STOPS = (
    Stop(
        "A theorem is a statement as data, and a derivation. `prove` runs the derivation now and compares: the\n"
        "loss of the forward pass over all weights, its minimum, and each formula that the paper states.",
        ("prove", "zhang2023.optimum"),
    ),
    Stop(
        "Its formulas hold for all sizes. At numbers they are exact.",
        ("eval", "zhang2023.optimum", "n=8", "Lambda=[[2,1],[1,3]]"),
    ),
    Stop(
        "A lemma of your own is a line of text: here the same mean, once right and once with a term forgotten. What\n"
        "is wrong comes with the right side and the smallest numbers at which it fails.",
        ("check", "lemma.claim"),
    ),
    Stop("How a theorem is found, step by step.", ("derive", "mahankali2023.isotropic")),
    Stop(
        "The same forward pass is trained in torch on sampled prompts. `confirmed` means that its exact loss gets\n"
        "closer to the derived minimum than any wrong theorem beside it.",
        ("train", "mahankali2023.isotropic", "--quiet", "--no-records"),
        "torch",
    ),
)
NEXT = """\
Next: `symicl list` names all theorems, `symicl new my_theorem` writes one of your own that runs as it is,
`symicl COMMAND --help` has examples. Exit codes: 0 proved or confirmed, 1 refuted or contradicted, 3 undecided.
"""


def command() -> None:
    """Five commands, explained, in under a minute.

    They run as they are printed, in a folder that is removed afterwards.

    \b
    Examples:
      symicl tour
    """
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "lemma.claim").write_text(CLAIMS)
        for number, stop in enumerate(STOPS, 1):
            print_text(f"{number}/{len(STOPS)}  {stop.text}\n")
            if "lemma.claim" in stop.arguments:
                _show("cat lemma.claim", CLAIMS)
            print_text(f"$ symicl {' '.join(map(_quoted, stop.arguments))}")
            sys.stdout.flush()
            if stop.needs and find_spec(stop.needs) is None:
                print_text(f"left out: {stop.needs} is not installed; pip install 'symicl[train]'\n")
                continue
            # As a process of its own: what a visitor sees is the command itself, its exit code included.
            done = subprocess.run([sys.executable, "-m", "symicl", *stop.arguments], cwd=folder, check=False)
            print_text(f"(exit code {done.returncode})\n")
    print_text(f"{NEXT}The tour took {time.monotonic() - start:.0f} s.")


def _show(command: str, text: str) -> None:
    print_text(f"$ {command}\n{text}")


def _quoted(argument: str) -> str:
    return f"'{argument}'" if "[" in argument else argument
