"""A certificate of proved claims, which `symicl.checker` rechecks.

Both sides of an equality are written from the letters on, with every step of every expectation. Signs, minimisers and
solutions of linear equations are decided in other ways; they are written as asserted, and the checker says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from symicl.claims.result import PROVED, ClaimResult
from symicl.theorems.certificate import FORMAT, VERSION, CertificateWriter
from symicl.theorems.recording import Recording


def certificate(claims: Sequence[ClaimResult], recorded: Recording, *, name: str) -> str | None:
    """The certificate of what is proved in a text.

    Parameters
    ----------
    claims : sequence of ClaimResult
    recorded : Recording
        Of the same check.
    name : str
        What the certificate calls the text.

    Returns
    -------
    str or None
        None if no equality is proved, so that nothing could be rechecked.
    """
    proved = [claim for claim in claims if claim.verdict == PROVED]
    equalities = [claim for claim in proved if claim.sides is not None]
    if not equalities:
        return None
    header = {
        "format": FORMAT,
        "version": VERSION,
        "theorem": name,
        "statement": "; ".join(claim.text for claim in proved),
        "source": f"{len(proved)} of {len(claims)} claims of {name} are proved",
        "assumptions": [],
        "axioms": list(dict.fromkeys(axiom for claim in proved for axiom in claim.axioms)),
        "quantities": [_quantity(claim) for claim in equalities],
    }
    writer = CertificateWriter(recorded, header)
    for claim in proved:
        if claim.sides is None:
            writer.emit("asserted", claim=f"{_quantity(claim)}: {claim.text}", why=claim.rule)
            continue
        left, right = claim.sides
        writer.emit(
            "stated",
            name=_quantity(claim),
            text=claim.text,
            stated=writer.node(right),
            derived=writer.node(left),
        )
    writer.emit("verdict", verdict=PROVED, entries=len(writer.lines) + 1)
    return "\n".join(writer.lines) + "\n"


def _quantity(claim: ClaimResult) -> str:
    return f"line {claim.line}" + (f", {claim.title}" if claim.title else "")
