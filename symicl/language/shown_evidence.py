"""A proved inequality as a sum of products of squares, for a certificate."""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra import ClosedForm
from symicl.errors import UnsupportedError
from symicl.language.claim_writer import ClaimWriter
from symicl.language.proof import Shown, Sign
from symicl.language.showing import text_of
from symicl.language.sign_evidence import SignEvidence, sign_evidence
from symicl.theory import Product


@dataclass(frozen=True)
class ShownEvidence:
    """That a scalar is a part that is > 0, if that is needed, and a sum of products of squares."""

    gap: ClosedForm
    positive: SignEvidence | None
    rest: ClosedForm
    products: list[Product]
    remark: str

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """The claim: the difference of its sides is what is not negative, or what is positive."""
        of, why = None, ""
        if not self.rest and self.positive is None:
            of, why = writer.data(self.rest), "0"
        elif self.rest:
            of = writer.node(self.rest)
            line = writer.nonnegative(f"{text_of(self.rest)} >= 0", self.rest, self.products)
            why = f">= 0 by entry {line}"
        if self.positive is not None:
            part, above = self.positive.value_entry(writer)
            number = writer.letters.number(self.gap)
            of = part if of is None else writer.value("sum", number, parts=[of, part])
            why = f"> 0 {above}" + (f", plus what is {why}" if why else "")
        text = f"{text}, as {self.remark} is {why}"
        writer.emit("stated", name=name, text=text, stated=of, derived=writer.node(self.gap))


def shown_evidence(proof: Shown) -> ShownEvidence:
    """Prepare the entries; while a recording runs.

    Raises
    ------
    UnsupportedError
        If a factor is known to be ≥ 0 for a reason that no rule of the checker is about.
    """
    products = proof.rest.products()
    if isinstance(products, str):
        raise UnsupportedError(products)
    positive = None if proof.positive is None else sign_evidence(Sign(proof.positive, strict=True))
    return ShownEvidence(proof.gap, positive, proof.rest.form, products, proof.remark)
