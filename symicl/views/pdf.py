"""All theorems as one LaTeX document, and as PDF where a LaTeX is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from symicl.statements import Derivation, Theorem
from symicl.views.latex import document, theorem_latex
from symicl.views.parts import Typesetting
from symicl.views.store import replacing, write_text

TIME_LIMIT = 300


def write_pdf(
    folder: Path, theorems: Sequence[tuple[Theorem, Derivation | None]], setting: Typesetting | None = None
) -> str:
    """Write ``report.tex``, and ``report.pdf`` if there is pdflatex.

    Returns
    -------
    str
        A sentence on what was written.
    """
    bodies = [theorem_latex(t, d, setting=setting) for t, d in theorems if d is not None]
    source = document("\n\\clearpage\n".join(bodies))
    tex, pdf = folder / "report.tex", folder / "report.pdf"
    write_text(tex, source)
    pdf.unlink(missing_ok=True)
    program = shutil.which("pdflatex")
    if program is None:
        return f"{tex} is written; pdflatex is not installed, so there is no PDF of it"
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, "report.tex").write_text(source, encoding="utf-8")
        # No shell escape: prose of a user's own theorem must not run anything.
        command = [program, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
        try:
            for _ in range(2):  # the second time the references to steps are known
                run = subprocess.run(
                    command, cwd=scratch, capture_output=True, timeout=TIME_LIMIT, check=False
                )
        except subprocess.TimeoutExpired:
            return f"{tex} is written; pdflatex did not end within {TIME_LIMIT} s"
        made = Path(scratch, "report.pdf")
        if run.returncode != 0 or not made.is_file():
            return f"{tex} is written; pdflatex could not typeset it, see what it says with: pdflatex {tex}"
        with replacing(pdf) as temporary:
            shutil.copyfile(made, temporary)
    return f"{tex} and {pdf.name} are written"
