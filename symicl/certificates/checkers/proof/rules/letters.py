"""The rule for letters, and all that can be assumed of one."""

from ...reading import GREEK, MAX_NAME, is_plain, need
from ..values import ONE, Value
from ..words import SCALAR, Letter
from .entrywise import FIELDS, function_in
from .equations import depends, enter, equation
from .haar import haar_of
from .independent_entries import entries_of
from .scales import is_somewhere_positive
from .squared_scales import scaled, scales_of

PLAIN = f"names are {MAX_NAME} characters at most, of ASCII and {GREEK}, with single spaces"


def rule_letter(
    log,
    name,
    rows,
    cols,
    symmetric=False,
    invertible=False,
    at_least=None,
    inverse_of=None,
    law=None,
    positive_part_of=None,
    mean_of=None,
    largest_of=None,
    satisfies=None,
    rank=None,
    square=None,
    diagonal_of=None,
    relu_of=None,
    absolute_of=None,
    signs_of=None,
):
    """A real matrix of this size, of which nothing is known but what is said here.

    It may be symmetric; and one of: the inverse of an earlier letter or value, which may
    itself be assumed to have an inverse; assumed to have an inverse; a scalar with a lower
    bound, which is at least 0; random with a law: Gaussian, the squared scales of the rows of
    such a letter, independent entries, or orthogonal of Haar's law; max(0, g) of a scalar
    value g, or the mean of one, or a number that is at least 0 and the largest eigenvalue of a
    value; max(0, z) or |z| of a column z, or the signs of one; and it may satisfy an equation.
    A diagonal letter may be said to be the diagonal of a product: nothing but averages of
    independent entries makes use of that.
    """
    size = (rows, cols)
    symmetric = symmetric or size == SCALAR
    need(name and name not in log.names, f"a letter before it is called {name}, too")
    need(is_plain(name), f"the name {name!a} can be taken for another one: {PLAIN}")
    meanings = [at_least, inverse_of, law, positive_part_of, mean_of, largest_of, satisfies]
    entrywise = [x for x in zip(FIELDS, (relu_of, absolute_of, signs_of), strict=True) if x[1]]
    single = sum(meaning is not None for meaning in [*meanings, *entrywise]) <= 1
    made = positive_part_of or mean_of or largest_of or entrywise
    single = single and not ((law is not None or made) and invertible)
    single = single and (not invertible or satisfies in (None, "diagonal"))
    need(single, "the letter has two meanings")
    alike = rows == cols or not (symmetric or invertible or inverse_of)
    fit = size == SCALAR or (at_least is None and alike)
    need(fit, "the letter has to be square, or a scalar")
    used = inverted(log, inverse_of, size, symmetric) if inverse_of else set()
    if positive_part_of:
        used, at_least = cut_at_zero(log, positive_part_of, size), 0
    if largest_of:
        used, at_least = largest_in(log, largest_of, size), 0
    for field, base in entrywise:
        used = function_in(log, field, base, size, symmetric)
    law, inner, other = read_law(log, law, size, symmetric)
    log.spend(len(used))
    log.fixed |= inner | log.inside(inner) if at_least is None else {log.id}
    random = bool(law) or other or any(log.letters[x].random for x in used)
    used |= mean_in(log, mean_of, size) if mean_of else set()
    told = equation(log, satisfies, size, symmetric, rank, square) if satisfies else ""
    used |= depends(log, rank, square)
    letter = Letter(name, size, symmetric, invertible, at_least, law, used, random, told)
    log.letters[log.id], log.names[name] = letter, log.id
    if diagonal_of:
        log.diagonals[log.id] = diagonal_in(log, diagonal_of, size, satisfies)
    if satisfies:
        enter(log, satisfies, size, rank, square)
    return log.letter(log.id)


def diagonal_in(log, of, size, satisfies):
    """The word of which the new letter is the diagonal; it is not random."""
    value = log.read_node(of)
    word = next((w for _, w in value.terms), ())
    plain = word and value == Value(*size, {((), word): 1})
    need(plain and satisfies == "diagonal", "it is no diagonal of a product of letters")
    need(not log.is_random(value), "it is the diagonal of something random")
    return word


def inverted(log, base, size, symmetric):
    """The letters of A, where the new letter is A^-1.

    A is square, not 1 x 1, and has one inverse at most; A^-1 is symmetric if and only if A
    is. If A is a letter, the two cancel in words. Otherwise there have to be letters for
    which A has an inverse, random ones perhaps.
    """
    value = log.read_node(base)
    fit = value[:2] == size != SCALAR and value.terms and base not in log.inverse
    need(fit, "it is no inverse, or a second one")
    if base not in log.letters:
        log.spend(9 * log.weight(value))
        log.free(value, "what it is the inverse of may never have one", random=True)
    alike = symmetric == log.same(value, log.transposed(value))
    need(alike, "it is no inverse, or a second one")
    if base in log.letters:
        need(log.letters[base].satisfies in ("", "diagonal"), "it has no inverse, or has one")
        log.inverse |= {base: log.id, log.id: base, -base: -log.id, -log.id: -base}
        log.diagonal |= {log.id} if base in log.diagonal else set()
    else:
        log.sums[log.id] = value
    return log.mentioned(value) | log.inside(log.mentioned(value))


def cut_at_zero(log, base, size):
    """The letters of g, where the new letter is max(0, g); it is related to them."""
    value = log.read_node(base)
    log.spend(9 * log.weight(value))
    need(value[:2] == size == SCALAR and not log.is_random(value), "it is no positive part")
    log.positive_parts[log.id] = value
    log.tied.add(log.id)
    return log.mentioned(value) | log.inside(log.mentioned(value))


def mean_in(log, base, size):
    """The letters of g, where the new letter is E g over all that is random in it."""
    value = log.read_node(base)
    need(value[:2] == size == SCALAR and log.is_random(value), "it is no mean of a number")
    log.means[log.id] = value
    log.tied.add(log.id)
    return log.mentioned(value) | log.inside(log.mentioned(value))


def largest_in(log, base, size):
    """The letters of A B, where the new letter is at least 0 and their largest eigenvalue."""
    value = log.read_node(base)
    word = next((w for _, w in value.terms), ())
    pair = size == SCALAR and len(word) == 2 and value == Value(*value[:2], {((), word): 1})
    pair = pair and not log.is_random(value)
    need(pair, "it is no eigenvalue of a product of two letters")
    log.largest[log.id] = word
    log.tied.add(log.id)
    return log.mentioned(value) | log.inside(log.mentioned(value))


def read_law(log, raw, size, symmetric):
    """The Gaussian law of a letter, the letters in its law, and if it is another one."""
    if raw is None:
        return None, set(), False
    if "row_cov" in raw:
        return *law_of(log, raw, size, symmetric), False
    if raw.keys() == {"haar"}:
        haar_of(log, raw, size, symmetric)
        return None, set(), True
    read = entries_of if raw.keys() == {"entries"} else scales_of
    return None, read(log, raw, size, symmetric), True


def law_of(log, raw, size, symmetric):
    """A centred Gaussian Z with E Z_ia Z_jb = scale U_ij V_ab, and the letters in U, V, scale.

    U and V are symmetric letters of the sizes of Z, or identities; none is random, so that Z
    is independent of all other letters, but for the squared scales of its rows. The scale is a
    polynomial that is positive somewhere.
    """
    keys = raw["row_cov"], raw["col_cov"]
    rows, cols = [(log.read_letter(key),) if key != 0 else () for key in keys]
    words = [(w, n) for w, n in zip((rows, cols), size, strict=True) if w]
    fit = all(log.turn(w) == w and log.size(w[0])[0] == n for w, n in words)
    fit = fit and log.sums.keys().isdisjoint((*rows, *cols))
    scale = log.read_node(raw["scale"])
    log.spend(9 * log.weight(scale))
    fit = fit and len(raw) == 3 and scale[:2] == SCALAR and (size == SCALAR or not symmetric)
    inner = {*rows, *cols, *log.mentioned(scale)}
    fixed = scaled(log, rows, cols, scale, size)
    fit = fit and not any(log.letters[x].random for x in inner - log.scales.keys())
    fit = fit and scale.den == ONE and is_somewhere_positive(log, fixed)
    need(
        fit,
        "a covariance or the scale is random, not positive, of another size, or not symmetric",
    )
    return (rows, cols, scale), inner
