"""An HTML report from what `symicl verify` has left in a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symicl.errors import InputError, MissingDependencyError
from symicl.views import read_json, write_json, write_text

if TYPE_CHECKING:
    from symicl.statements import Derivation, Theorem
    from symicl.views import CertificateSummary, Page, Typesetting

RECORD = "{}.derivation.json"
CERTIFICATE = "{}.certificate.jsonl"
SUMMARY, INDEX = "summary.json", "index.html"
GENERATOR = '<meta name="generator" content="symicl '


def write_record(
    folder: Path, theorem: Theorem, derivation: Derivation | None, setting: Typesetting | None = None
) -> None:
    """Keep what the report shows of a theorem, as ``ID.derivation.json``."""
    from symicl.views import record_of

    write_json(folder / RECORD.format(theorem.id), record_of(theorem, derivation, setting))


def refuse_foreign(folder: Path) -> None:
    """Leave alone a folder whose front page or summary somebody else has written.

    Raises
    ------
    InputError
        Names the file that would be overwritten.
    """
    foreign = []
    index = folder / INDEX
    if index.exists() and GENERATOR not in _text_of(index):
        foreign.append(INDEX)
    summary = read_json(folder / SUMMARY)
    if (folder / SUMMARY).exists() and not (
        isinstance(summary, dict) and {"versions", "theorems"} <= summary.keys()
    ):
        foreign.append(SUMMARY)
    if foreign:
        raise InputError(
            f"{folder} holds {' and '.join(foreign)} that this version of symicl did not write; give another "
            "folder, or move it away"
        )


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def write_report(folder: Path, summary: dict[str, Any]) -> Path:
    """Write ``index.html`` and one page per theorem from the files of the folder.

    Parameters
    ----------
    folder : Path
    summary : dict
        The document of ``summary.json``.

    Returns
    -------
    Path
        Of ``index.html``.

    Raises
    ------
    InputError
        If the files in the folder are not those of a run, or ``index.html`` is somebody else's.
    MissingDependencyError
        Without jinja2 or latex2mathml.
    """
    from symicl import __version__
    from symicl.views import render

    refuse_foreign(folder)
    pages = [_page(folder, entry) for entry in summary["theorems"]]
    documents = render(pages, version=__version__)
    index = documents.pop(INDEX)
    for name, text in documents.items():
        write_text(folder / name, text)
    write_text(folder / INDEX, index)  # last: it links to the others
    return folder / INDEX


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a finished run.

    Raises
    ------
    InputError
        If there is none.
    """
    summary = read_json(folder / SUMMARY)
    try:
        entries = summary["theorems"]
        if not entries or not all(isinstance(e["id"], str) and e["proof"]["verdict"] for e in entries):
            raise TypeError
    except (TypeError, KeyError):
        raise InputError(
            f"{folder} holds no finished run (no summary.json of symicl verify); make one with: "
            f"symicl verify --out {folder}"
        ) from None
    return dict(summary)


def _page(folder: Path, entry: dict[str, Any]) -> Page:
    from symicl.views import Page, is_record

    name = entry["id"]
    record = read_json(folder / RECORD.format(name))
    if not is_record(record, name):
        raise InputError(
            f"{folder} has no readable {RECORD.format(name)}; run: symicl verify {name} --out {folder}"
        )
    training = read_json(folder / f"{name}.training.json")
    experiment = training if isinstance(training, dict) and "verdict" in training else entry.get("experiment")
    picture = folder / f"{name}.png"
    proof, out = entry["proof"], folder.name or "results"
    certificate = _certificate(folder, name)
    recheck = f"\nsymicl check-certificate {out}/{CERTIFICATE.format(name)}" if certificate else ""
    links = {"derivation as LaTeX": f"{name}.tex", "training": f"{name}.training.json"}
    seconds = proof.get("seconds", 0.0) + (experiment or {}).get("seconds", 0.0)
    return Page(
        record=record,
        verdicts=_verdicts(proof),
        reason=proof.get("reason", ""),
        experiment=experiment,
        certificate=certificate,
        picture=picture.read_bytes() if picture.is_file() else None,
        seconds=seconds,
        command=f"symicl verify {name} --out {out}{recheck}",
        files={label: file for label, file in links.items() if (folder / file).is_file()},
    )


def _verdicts(proof: dict[str, Any]) -> dict[str, str]:
    """By engine; further engines are listed where a run has used them."""
    verdicts = {"by words": str(proof["verdict"])}
    for engine, outcome in (proof.get("engines") or {}).items():
        name = {"entrywise": "entry by entry"}.get(engine, engine)
        verdicts[name] = str(outcome.get("verdict", "undecided") if isinstance(outcome, dict) else outcome)
    return verdicts


def _certificate(folder: Path, name: str) -> CertificateSummary | None:
    """The content of a certificate, and the verdict of the independent checkers."""
    from symicl.views import Asserted, CertificateSummary, asserted_in

    file = folder / CERTIFICATE.format(name)
    if not file.is_file():
        return None
    lines = file.read_bytes().splitlines()
    try:
        found = asserted_in(lines)
    except ValueError:
        return CertificateSummary(file.name, False, len(lines), 0, Asserted())
    stein = sum(json.loads(line).get("rule") == "stein" for line in lines)
    return CertificateSummary(file.name, _accepted(file), len(lines) - 1, stein, found)


def _accepted(file: Path) -> bool:
    """The verdict of the checkers, which run alone as a folder."""
    spec = find_spec("symicl.certificates.checkers")
    assert spec is not None and spec.submodule_search_locations
    run = [sys.executable, spec.submodule_search_locations[0], str(file)]
    return subprocess.run(run, capture_output=True, check=False).returncode == 0


def report_or_note(folder: Path, summary: dict[str, Any]) -> str:
    """Write the report; a sentence on where it is, or on what is missing for it."""
    try:
        return f"the report is {write_report(folder, summary)}"
    except MissingDependencyError as error:
        return f"no report was written: {error}"
