"""`symicl check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symicl.cli.codes import BAD_INPUT, worst
from symicl.cli.output import coded, complain, note, print_json, print_text, print_verdict
from symicl.cli.parameters import Json
from symicl.cli.progress import working
from symicl.errors import ClaimError, InputError

if TYPE_CHECKING:
    from symicl.language import CheckResult


def command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A claim file, or - for standard input.")],
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is not proved.")] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a certificate of what is proved into this folder."),
    ] = None,
) -> int:
    """Prove or refute the claims of a file of your own.

    A refuted claim comes with the side that would be true, the difference, the smallest counterexample in exact
    numbers and, where one of the usual conventions explains the difference, which one. The language is described in
    docs/claims.md.

    \b
    A claim file:
      dims n, d
      Sigma : covariance(d)
      A : matrix(d, d)
      X ~ gaussian(n, d, col_cov = Sigma)
      claim E[X' X A X' X] = n^2 Sigma A Sigma + n Sigma A' Sigma + n tr(A Sigma) Sigma
    """
    folder = None
    if certificate is not None:
        from symicl.views import prepare_folder

        folder = prepare_folder(certificate)
    try:
        with working(f"checking {file}", quiet=quiet or file == "-"):
            result = _checked(file, certificate=folder is not None)
    except ClaimError as error:
        complain(error.sentence, error.code)
        note(error.pointer)
        return BAD_INPUT
    if folder is not None:
        _write(result, folder / f"{'claims' if file == '-' else Path(file).stem}.certificate.jsonl")
    if json:
        print_json({"file": file, **result.document})
    else:
        for claim in result:
            if quiet and claim.verdict == "proved":
                continue
            title = f"{claim.title}: " if claim.title else ""
            print_verdict(claim.verdict, f"line {claim.line}: {title}{claim.text}")
            for heading, text in claim.details():
                print_text(f"{'':13}{heading}: {coded(text) if heading == 'reason' else text}")
    return worst(claim.verdict for claim in result)


def _write(result: CheckResult, file: Path) -> None:
    from symicl.views import write_text

    if result.certificate is None:
        file.unlink(missing_ok=True)
        note("no certificate is written, for nothing is proved that it could hold")
    else:
        write_text(file, result.certificate)


def _checked(file: str, *, certificate: bool) -> CheckResult:
    from symicl.language import check, check_file

    if file != "-":
        return check_file(file, certificate=certificate)
    from symicl.language import MAX_CHARACTERS

    try:
        text = sys.stdin.read(MAX_CHARACTERS + 1)
    except UnicodeDecodeError:
        raise InputError("standard input is not a text in UTF-8") from None
    return check(text, certificate=certificate)
