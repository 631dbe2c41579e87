"""max(0, z) and |z| of a column of numbers, and the signs of one, as letters."""

from fractions import Fraction

from ...reading import need
from ..words import SCALAR
from .operations import rule_data

FIELDS = ("relu_of", "absolute_of", "signs_of")


def function_in(log, field, base, size, symmetric):
    """The letters of z, where the new letter is a function of a column z of numbers, entry by
    entry; or, for `signs_of`, the matrix S = diag(s) with s_i = 1 or -1 and s_i z_i = |z_i|,
    where s_i is a fair coin that nothing else depends on if z_i = 0."""
    z = log.read_node(base)
    log.spend(9 * log.weight(z))
    fit = z.cols == 1 and size == ((z.rows, z.rows) if field == "signs_of" else z[:2])
    need(fit and symmetric == (field == "signs_of" or size == SCALAR), "it has another size")
    log.functions[log.id] = field, z
    log.tied.add(log.id)
    return log.mentioned(z) | log.inside(log.mentioned(z))


def function_text(log, letter):
    """Its description in words."""
    field, z = log.functions[letter]
    words = ("max(0, z)", "|z|", "the signs of z, fair coins where it is 0,")
    return f"{words[FIELDS.index(field)]} for z = {log.text(z)}"


def rule_signs(log, of, letter, signs, given):
    """A value with (z + S z)/2 in the place of the letter max(0, z), or S z in that of |z|."""
    (field, z), (other, same) = (log.functions.get(x, ("", None)) for x in (letter, signs))
    fit = field in FIELDS[:2] and other == "signs_of" and z == same
    need(fit, "these are no function of a column and its signs")
    moved = log.product(log.letter(signs), z)
    if field == "relu_of":
        moved = log.product(log.number(Fraction(1, 2)), log.sum(z, moved))
    return rule_data(log, given, log.put(of, {letter: moved}))
