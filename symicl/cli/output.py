"""Output: results on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from symicl.verdicts import PROVED_AT

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

STYLES = {
    "proved": "green",
    "confirmed": "green",
    "refuted": "bold red",
    "contradicted": "bold red",
    "undecided": "yellow",
    "inconclusive": "yellow",
}

SUCCESSES = ("proved", "confirmed", "reached")

# Of a table that goes into a file or a pipe, where no terminal says how wide it is.
WIDTH_OF_A_PIPE = 160


def console(*, error: bool = False) -> Console:
    """A rich console: colours only on a terminal and not under NO_COLOR, no markup in the texts."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    return Console(
        file=stream,
        width=None if stream.isatty() else WIDTH_OF_A_PIPE,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
    )


def print_table(table: Table) -> None:
    """A rich table, without blanks at the ends of its lines."""
    target = console()
    with target.capture() as capture:
        target.print(table)
    sys.stdout.write("".join(line.rstrip() + "\n" for line in capture.get().splitlines()))


def print_text(text: str, *, wrap: bool = False) -> None:
    """A result as plain text; ``wrap`` breaks long lines at the width of a terminal, and nowhere else."""
    if wrap and sys.stdout.isatty():
        from symicl.typeset import wrapped

        text = wrapped(text, console().width)
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def print_pages(text: str, styles: Mapping[str, str]) -> None:
    """A long result: on a terminal in colour, wrapped, and by a pager if it is longer than the screen.

    Parameters
    ----------
    text : str
    styles : dict
        Regular expressions with the style of what they match.
    """
    if not sys.stdout.isatty():
        print_text(text)
        return
    from rich.text import Text

    from symicl.typeset import wrapped

    target = console()
    shown = Text(wrapped(text, target.width))
    for pattern, style in styles.items():
        for match in re.finditer(pattern, shown.plain, re.M):
            shown.stylize(style, *match.span())
    if shown.plain.count("\n") < target.height or os.environ.get("TERM") == "dumb":
        target.print(shown, soft_wrap=True)
        return
    os.environ.setdefault("LESS", "-RFX")
    with target.pager(styles=target.color_system is not None):
        target.print(shown, soft_wrap=True)


def coded(reason: str, letters: str = "V") -> str:
    """A sentence with its code behind it."""
    from symicl.codes import code_of

    return f"{reason} [{code_of(reason, letters)}]"


def with_codes(document: Any) -> Any:
    """A JSON document in which the reason of what is no success has its code beside it."""
    from symicl.codes import code_of

    if isinstance(document, dict):
        found = {name: with_codes(value) for name, value in document.items()}
        reason, verdict = document.get("reason"), str(document.get("verdict", "undecided"))
        if isinstance(reason, str) and reason and not verdict.startswith(SUCCESSES):
            found["code"] = code_of(reason)
        return found
    return [with_codes(value) for value in document] if isinstance(document, list | tuple) else document


def print_json(document: Any) -> None:
    """A result as one JSON document."""
    from symicl.views import json_text

    sys.stdout.write(
        json_text(
            with_codes(document), ascii_only=(sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")
        )
    )


def print_verdict(verdict: str, rest: str) -> None:
    """A line that starts with a verdict in its colour."""
    from rich.text import Text

    style = STYLES["proved" if verdict.startswith(PROVED_AT) else verdict]
    line = Text(f"{verdict:<12} ", style=style)
    console().print(line.append(rest, style="not bold default"), soft_wrap=True)


def note(text: str, *, quiet: bool = False) -> None:
    """A remark on standard error."""
    if not quiet:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def complain(text: str, code: str = "") -> None:
    """One sentence on standard error, on one line; where that cannot be written, the exit code speaks alone."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"symicl: {' '.join(text.split())}{f' [{code}]' if code else ''}\n")
        sys.stderr.flush()


@contextlib.contextmanager
def results_only() -> Iterator[None]:
    """Keep standard output for the result: what other code prints meanwhile goes to standard error."""
    with contextlib.redirect_stdout(sys.stderr):
        yield
