"""`symicl doctor`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from symicl.cli.output import complain, print_json, print_table, print_text
from symicl.cli.parameters import Json


class Part(NamedTuple):
    """Something that symicl can use, what for, and how to get it."""

    name: str
    kind: str
    purpose: str
    remedy: str


REQUIRED = ("sympy", "mpmath", "numpy", "python-flint", "typer", "rich", "pylatexenc", "lark", "lazy-loader")

PARTS = (
    *(Part(name, "required", "everything", f"pip install {name}") for name in REQUIRED),
    Part("torch", "package", "train, verify", "pip install 'symicl[train]'"),
    Part("scipy", "package", "train, verify: gradient flows", "pip install 'symicl[train]'"),
    Part("matplotlib", "package", "pictures of verify", "pip install 'symicl[plot]'"),
    Part("distributed", "package", "sweeps on a cluster", "pip install distributed"),
    Part("pyarrow", "package", "records of sweeps as Parquet", "pip install pyarrow"),
    Part("pytest", "package", "the test that `symicl new` writes", "pip install pytest"),
    Part("pdflatex", "program", "PDF of a derivation", "apt-get install texlive-latex-base"),
    Part("node", "program", "strict check of LaTeX by KaTeX", "apt-get install nodejs npm"),
    Part("KaTeX", "katex", "the same", "npm install katex, and set SYMICL_KATEX to its folder"),
    Part("coqc", "program", "checking proofs exported to Coq", "apt-get install coq"),
    Part("chromium", "program", "screenshot tests of the report", "apt-get install chromium"),
)

# Other names of the same program.
ALIASES = {"chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")}


def command(json: Json = False) -> None:
    """List what is installed, what is missing for what, and how to get it.

    Nothing is imported or changed; programs are asked for their version.

    \b
    Examples:
      symicl doctor
      symicl doctor --json
    """
    import platform

    from symicl import __version__

    entries = [_entry(part) for part in PARTS]
    problems, plugins = _plugins()
    if json:
        print_json(
            {
                "symicl": __version__,
                "python": platform.python_version(),
                "platform": platform.platform(),
                "parts": entries,
                "plugins": plugins,
                "problems": problems,
            }
        )
        return
    print_text(f"symicl {__version__}, Python {platform.python_version()}, {platform.platform()}")
    from rich.table import Table
    from rich.text import Text

    table = Table("part", "version", "for", "how to get it", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.columns[0].no_wrap = True
    for entry in entries:
        found = entry["version"] is not None
        table.add_row(
            entry["name"],
            Text(entry["version"] or "missing", style="green" if found else "yellow"),
            entry["for"],
            "" if found else entry["remedy"],
        )
    print_table(table)
    for plugin in plugins:
        print_text(f"plug-in: {plugin['origin']}: {', '.join(plugin['theorems'])}")
    for problem in problems:
        complain(problem)


def _entry(part: Part) -> dict[str, Any]:
    version = {"program": _of_program, "katex": _of_katex}.get(part.kind, _of_package)(part.name)
    return {
        "name": part.name,
        "required": part.kind == "required",
        "installed": version is not None,
        "version": version,
        "for": part.purpose,
        "remedy": None if version is not None else part.remedy,
    }


def _of_package(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _of_program(name: str) -> str | None:
    """The first number with a dot that it says about itself, or "found" where it does not tell."""
    import re
    import shutil
    import subprocess

    program = next(filter(None, map(shutil.which, ALIASES.get(name, (name,)))), None)
    if program is None:
        return None
    try:
        said = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return "found"
    number = re.search(r"\d+(\.\d+)+", said.stdout or said.stderr)
    return number[0] if number else "found"


def _of_katex(_: str) -> str | None:
    from symicl.views import read_json

    folder = os.environ.get("SYMICL_KATEX")
    package = read_json(Path(folder) / "package.json") if folder else None
    return str(package.get("version", "found")) if isinstance(package, dict) else None


def _plugins() -> tuple[list[str], list[dict[str, Any]]]:
    from symicl.statements import all_theorems, plugin_problems

    origins: dict[str, list[str]] = {}
    for theorem in all_theorems():
        if theorem.origin:
            origins.setdefault(theorem.origin, []).append(theorem.id)
    return plugin_problems(), [{"origin": origin, "theorems": ids} for origin, ids in origins.items()]
