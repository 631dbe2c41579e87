"""The HTML report: an index of theorems and one page for each, without network and without scripts to read it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from symicl.errors import MissingDependencyError
from symicl.statements import in_html
from symicl.views.asserted import Asserted
from symicl.views.mathml import block, prose
from symicl.views.record import bibtex


@dataclass(frozen=True)
class CertificateSummary:
    """The content of a certificate and the verdict of the independent checker.

    Attributes
    ----------
    file : str
        Its name, beside the report.
    accepted : bool or None
        None where it was not rechecked.
    entries, stein : int
        Entries altogether, and Stein steps among them.
    asserted : Asserted
        What no checker recomputes, and the averages that the other two recompute.
    """

    file: str
    accepted: bool | None
    entries: int
    stein: int
    asserted: Asserted

    @property
    def rechecked(self) -> int:
        """Entries that the checkers have computed again."""
        return self.entries - len(self.asserted.facts) if self.accepted else 0


@dataclass(frozen=True)
class Page:
    """All that is shown of one theorem.

    Attributes
    ----------
    record : dict
        See `symicl.views.record`.
    verdicts : dict
        By engine: proved, refuted or undecided.
    reason : str
        Why it is not proved.
    experiment : dict or None
        The document of its training.
    certificate : CertificateSummary or None
    picture : bytes or None
        A PNG file.
    seconds : float
        Of proof and training.
    command : str
        What reproduces it.
    """

    record: dict[str, Any]
    verdicts: dict[str, str]
    reason: str = ""
    experiment: dict[str, Any] | None = None
    certificate: CertificateSummary | None = None
    picture: bytes | None = None
    seconds: float = 0.0
    command: str = ""
    files: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.record["id"])

    @property
    def picture_uri(self) -> str | None:
        return (
            None
            if self.picture is None
            else "data:image/png;base64," + base64.b64encode(self.picture).decode()
        )

    @property
    def picture_text(self) -> str:
        """The picture in words, for those who do not see it."""
        return (
            f"Plots of the numeric check of {self.id}: what was measured, in colour, "
            "beside what was derived, in black. "
            f"Outcome: {self.experiment['verdict'] if self.experiment else 'unknown'}."
        )

    @property
    def citation(self) -> str:
        return bibtex(self.record["paper"])


def render(pages: Sequence[Page], *, version: str) -> dict[str, str]:
    """The HTML files of a report by name: ``index.html`` and ``ID.html`` for each theorem.

    Raises
    ------
    MissingDependencyError
        Without jinja2 or latex2mathml.
    """
    try:
        import jinja2
        from markupsafe import Markup
    except ImportError as error:
        raise MissingDependencyError(
            "the HTML report needs jinja2 and latex2mathml; install them with: pip install 'symicl[html]'"
        ) from error
    source = files("symicl.views") / "templates"
    texts = {
        name: (source / name).read_text("utf-8")
        for name in ("base.html", "index.html", "theorem.html", "style.css", "copy.js")
    }
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(texts),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = lambda text: Markup(in_html(prose(text)))
    environment.filters["block"] = lambda latex: Markup(block(latex))
    environment.globals |= {
        "style": Markup(texts["style.css"]),
        "script": Markup(texts["copy.js"]),
        "version": version,
    }
    accepted = [page.certificate.asserted for page in pages if page.certificate and page.certificate.accepted]
    index = environment.get_template("index.html").render(
        pages=pages, asserted=sum(accepted, Asserted()) if accepted else None
    )
    documents = {"index.html": index}
    for number, page in enumerate(pages):
        documents[f"{page.id}.html"] = environment.get_template("theorem.html").render(
            page=page,
            record=page.record,
            before=pages[number - 1] if number else None,
            after=pages[number + 1] if number + 1 < len(pages) else None,
        )
    return documents
