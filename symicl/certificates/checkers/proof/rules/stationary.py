"""The rule for matrices at which an average over phases is not stationary."""

from functools import partial

from ...reading import need
from ..values import ONE, Value
from .vanishing import is_positive


def rule_not_stationary(log, claim, of, nonzero):
    """A sum over t of an average over phases, a function of all entries of real matrices, is
    not stationary at certain multiples of the identity, unless a letter of `nonzero` is 0.

    `of` is the sum over t = 2..last of the average in another line. That is the derivative in
    an entry of a matrix, on the diagonal or off it, where each matrix is a polynomial times
    the identity, as its field `entry` says; off it there are entries for d >= 2. Both lines
    are recomputed by the second checker.

    It is a product of powers of the letters `nonzero` and of a factor that is seen to be > 0,
    or < 0, as the sum of 1/n^k over n = 1..last-1 is at least 1. So it is not zero.
    """
    letters = {log.read_letter(x) for x in nonzero}
    times = log.lines[log.line_fields["of"]].get("phases", {})
    line = times["of"] if "last" in times else log.id
    average = log.lines.get(line, {}).get("phases", {})
    known = "entry" in average and not average["paired"]
    need(known, "it is no sum over t of the derivative of an average")
    name, diagonal, point = average["entry"]
    rest = without_powers(log, of, letters)
    more = {x: log.sum(log.letter(x), log.number(1)) for x, _ in times["harmonic"]}
    rest = log.put(rest, more) if more else rest
    seen = is_positive(log, rest) or is_positive(log, log.product(log.number(-1), rest))
    need(seen, "the derivative is not seen to differ from 0")
    log.spend(8 * log.weight(of))
    last, text = log.text(log.matrix(1, 1, times["last"])), partial(log.read_as, "str")
    at = ", ".join(f"{text(M)} = ({log.text(log.matrix(1, 1, p))}) I" for M, p in point)
    said = f"where {at}" + f", and none of {log.names_of(letters)} is 0" * bool(letters)
    said += f", the sum over t = 2, ..., {last} of the average, under law "
    said += f"{log.read_natural(average['law'])}, of"
    said += "".join(f"\n        {summand_text(log, row)}" for row in average["summands"])
    said += "\n      is not stationary as a function of all entries of these matrices: its"
    said += f" derivative in an entry of {text(name)} "
    said += "on the diagonal" if diagonal else "off the diagonal, for d >= 2,"
    log.said(claim, f"{said} is {log.text(of)}")


def without_powers(log, a, letters):
    """A scalar without the powers of some letters, which are the same in all its terms."""
    own = {tuple(f for f in m if letters.issuperset(f[0])) for m, _ in a.terms}
    need(len(own) == 1 and a.den == ONE, "the derivative may be zero")
    (powers,) = own
    terms = {(tuple(f for f in m if f not in powers), w): c for (m, w), c in a.terms.items()}
    return Value(1, 1, terms)


def summand_text(log, row):
    """A summand of an average, with l_i for the phases and x_i for the entries of x_1."""
    c, over, data, entries, region, *_ = row
    parts = [f"({log.text(log.matrix(1, 1, c))})", *[f"/ (t - 1)^{over}"] * bool(over)]
    for f, *at in entries:
        parts.append("_".join([log.read_as("str", f), *map(str, map(log.read_natural, at))]))
    for i, (f, k) in enumerate(data):
        parts += [f"l_{i}^({form_text(f)})"] * any(f) + [f"x_{i}^{k}"] * bool(k)
    where = ", ".join(f"{form_text(f)} >= 0" for f in region)
    return " ".join(parts) + f" over {where}" * bool(region)


def form_text(form):
    """A whole number plus multiples of the times."""
    pairs = [(c, x) for c, x in zip(form, ("", "t", "s", "r"), strict=True) if c]
    return " + ".join(x if c == 1 and x else f"{c} {x}".strip() for c, x in pairs)
