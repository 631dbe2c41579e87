"""A proved inequality as entries of a certificate.

The difference of the sides is a quotient; numerator and denominator are polynomials without a negative coefficient in
scalars that have lower bounds. A trace or a square stands in them as such a scalar, and is at least 0 by an entry of
its own, as the expectation of a square.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symicl.algebra import MEANING, ONE, ROWS, ClosedForm, product_of_words, scalar_letter
from symicl.errors import UnsupportedError
from symicl.language.claim_writer import ClaimWriter
from symicl.language.proof import Sign
from symicl.language.showing import text_of
from symicl.theory import Signed, Square, leading, oriented, signed, square_of, strictly


@dataclass(frozen=True)
class _Part:
    """A numerator or a denominator.

    Attributes
    ----------
    whole : ClosedForm
        As it stands in the claim.
    form : Signed
        With stand-ins.
    squares : dict
        From each stand-in to why it is ≥ 0.
    summand : ClosedForm or None
        What has to be > 0 for a strict sign, if that is not a number.
    positive : tuple of Square
        Why the traces in it are not 0.
    sign : "> 0" or ">= 0"
    assumed : str
        Which scalars are > 0 by declaration, where that is needed.
    """

    whole: ClosedForm
    form: Signed
    squares: Mapping[int, Square]
    summand: ClosedForm | None
    positive: tuple[Square, ...]
    sign: str
    assumed: str = ""


def _part(whole: ClosedForm, *, strict: bool) -> _Part:
    form = signed(whole)
    if form is None:
        raise UnsupportedError("a term has no sign")
    squares = {a: square_of(*key) for a, key in form.stands_for.items()}
    lead = leading(form.form)
    if strict and lead is None:
        raise UnsupportedError("no term is seen to be > 0")
    if lead is None or not lead[0]:
        return _Part(whole, form, squares, None, (), "> 0" if lead is not None else ">= 0")
    if not strict:
        return _Part(whole, form, squares, None, (), ">= 0")
    letters = [scalar_letter(MEANING[word[0]][1]) for word in lead[0]]  # type: ignore[index]
    summand = product_of_words(tuple(sorted((a,) for a in letters))) * lead[1]
    words = [form.stands_for[a] for a in dict.fromkeys(letters) if a in form.stands_for]
    declared = [str(MEANING[a]) for a in dict.fromkeys(letters) if a not in form.stands_for]
    declared += [str(MEANING[word[0]]) for word, _ in words if ROWS[word[0]] == ONE]  # a covariance of size 1
    words = [(word, power) for word, power in words if ROWS[word[0]] != ONE]
    assumed = f" and since {', '.join(declared)} > 0" if declared else ""
    return _Part(whole, form, squares, summand, tuple(strictly(word) for word, _ in words), "> 0", assumed)


@dataclass(frozen=True)
class SignEvidence:
    """That a rational function is ≥ 0, or > 0."""

    value: ClosedForm
    num: _Part
    den: _Part

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """The claim: the difference of its sides has the right sign."""
        of, why = self.value_entry(writer)
        text = f"{text}, as the difference of the two sides is {self.num.sign} {why}"
        writer.emit("stated", name=name, text=text, stated=of, derived=writer.node(self.value))

    def value_entry(self, writer: ClaimWriter) -> tuple[int, str]:
        """The entry of the value, and by which entries it has its sign."""
        of, above = _written(writer, self.num)
        if self.den.whole == 1:
            return of, f"by {above}"
        bottom, below = _written(writer, self.den)
        of = writer.over(of, bottom, self.num.whole / self.den.whole)
        return of, f"as a quotient, its numerator by {above} and its denominator, {self.den.sign}, by {below}"


def sign_evidence(sign: Sign) -> SignEvidence:
    """Prepare the entries; while a recording runs.

    Raises
    ------
    UnsupportedError
        If there is nothing that the checker could recompute.
    """
    parts = oriented(sign.gap, strict=sign.strict)
    if parts is None:
        raise UnsupportedError("the sign is not seen from the coefficients")
    num, den = parts
    return SignEvidence(sign.gap, _part(num, strict=sign.strict), _part(den, strict=True))


def _written(writer: ClaimWriter, part: _Part) -> tuple[int, str]:
    form, lines = part.form.form, []
    strict = part.sign == "> 0" and part.summand is None
    if part.summand is None:
        of = writer.data(form)
        lines.append(writer.emit("sign", claim=f"it is {part.sign}", of=of, strict=strict))
    else:
        rest, more = writer.data(form - part.summand), writer.data(part.summand)
        lines.append(writer.emit("sign", claim="what is left is >= 0", of=rest, strict=False))
        of = writer.value("sum", writer.letters.number(form), parts=[rest, more])
    for square in part.squares.values():
        lines.append(writer.square(f"{text_of(square.value)} >= 0", square))
    for square in part.positive:
        claim = f"{text_of(square.value)} >= {text_of(square.bound)}, so no factor is 0"
        lines.append(writer.square(claim, square))
        bound = writer.data(square.bound)
        lines.append(writer.emit("sign", claim=f"{text_of(square.bound)} > 0", of=bound, strict=True))
    stands = {a: square.value for a, square in part.squares.items() if a in form.letters()}
    if stands:
        of = writer.put(of, stands, part.whole)
    return of, ("entry " if len(lines) == 1 else "entries ") + ", ".join(map(str, lines)) + part.assumed
