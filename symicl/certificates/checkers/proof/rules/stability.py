"""The rule for stationary points that permutations leave alone: strict saddles, or minima.

F is a function of real d x d matrices A and B: sums over coordinates of products of entries,
with as many entries of A as of B in each, so that it is constant along (cA, B/c), c not 0. At
A = (a - a') I + a' J and B = (b - b') I + b' J, with d entries b and d (d - 1) entries b', it
is c + d (p b^2/2 + s b + (d - 1) (q b b' + r b'^2/2)), with forms p, q, r of degree 2 and s of
degree 1 in a, a'. Let it be stationary there, with F < c. Then 2(F - c) = d s b < 0; and with
D = p r - (d - 1) q^2

    D b = -r s,   D b' = q s,   D > 0,

if r > 0 where (a, a') is not 0; and the least value for a, a' is c - d r s^2/(2 D), of which
the derivative in a' is -d s a f/(2 D^2) with a form f, and that in a is d s a' f/(2 D^2): so
f = 0.

(-A, -B) is as good as (A, B), so let a > 0, or a = 0 and a' > 0. f is not zero outside of some
directions of (a, a'), the *inner* ones. There the signs of second derivatives decide: along
one move for a saddle; for a minimum along all that are left when the curve (cA, B/c) is
divided out. The second derivative is that of a function which all permutations of
coordinates leave alone, and so, by Schur's lemma, it falls apart into what it is for four kinds
of moves: I and J - I; diag(v), v1' and 1v' for 1'v = 0; S = S'; and K = -K', with rows that
add up to 0 and a zero diagonal.
"""

from collections import namedtuple
from fractions import Fraction
from itertools import pairwise

from ...reading import need
from ..words import SCALAR
from .definite import Arc, by_powers, combined, determinant, is_apart, is_definite, slope
from .vanishing import difference, is_positive, multiplied

KINDS = {("1v'", "diag(v)", "v1'"): 2, ("K",): 3, ("S",): 4}
"""Copies of a kind of moves, and the least d for which there are any."""
COUNTS = ("half", "", "half", ""), ("", "d - 1", "d - 1", "")
Place = namedtuple("Place", "letters at d size a b p q r s D")


def rule_stability(log, claim, saddle, total, reduced, size, s, cases):
    """All stationary points that permutations leave alone, and at which F is less than at 0,
    are strict saddles of F, or local minima.

    `total` is the line of F, a sum over t; `reduced` that of F at A and B as above. Both are
    recomputed by the second checker, and so are second derivatives. Each of the `cases` is
    [counted, forms, directions, blocks]: `counted` says what some letters are, such as [T, 4] and
    [d, x + 8] for the letter d, the `size`, and a letter x >= 0; the directions are three
    lists of pairs, from (0, -1) to the first of the inner ones, the inner ones, and from the
    last of these to (0, 1), and what is between two of them is v + s w for s >= 0.

    `blocks`: of a saddle [line, move], where `line` is that of the second derivative, and the
    move has a number for each move in it; of a minimum see `block_is_definite`. Moves of A are
    taken D times.

    Instead of directions there may be none, if F depends on A through the sums of its columns
    alone. Then where these are not 0 one may move to a = 1, a' = 0, and where they are F is
    what it is at 0. What leaves the sums as they are is divided out, too.
    """
    F, phases = log.values[total], log.lines[reduced].get("phases", {})
    need(phases.keys() == {"value", "sums", "size", "point"}, "it is no value at A and B")
    said = []
    for counted, forms, ways, blocks in log.rows_of(cases, 4):
        table = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(counted, 2)}
        need(len(table) == len(counted) and size in table, "it is not known how large d is")
        seen = (v[:2] == SCALAR and is_positive(log, v) for v in table.values())
        need(all(seen), "a size is not seen to be positive")
        harmonic_numbers(log, log.lines[total].get("phases", {}), table)
        place = place_of(log, phases, log.values[reduced], table, size, forms)
        balanced(log, F, phases, place)
        for line in (reduced, *(block[0] for block in log.read_as("list", blocks))):
            of = log.lines[log.read_id(line)].get("of")
            need(of in log.values and log.same(log.values[of], F), "it is of another function")
        smallest = smallest_of(log, place.size)
        need(smallest >= 2, "there is nothing off the diagonal")
        alone = ways == []
        arcs = (
            at_one(log, F, phases, place) if alone else directions(log, place, s, ways, saddle)
        )
        whole = all(type(row) is list and len(row) == (2 if saddle else 7) for row in blocks)
        need(
            whole and len(blocks) <= (1 if saddle else 3),
            "a saddle has one move, and a minimum all of them",
        )
        if saddle:
            need(blocks, "a saddle has one move")
            falls(log, place, log.rows_of(blocks, 2)[0], arcs)
        else:
            kinds = {
                block_is_definite(log, place, row, arcs, alone)
                for row in log.rows_of(blocks, 7)
            }
            last = None if log.mentioned(place.size) else smallest
            asked = {kind for kind, least in KINDS.items() if last is None or least <= last}
            need(kinds == asked, "there are other moves")
        said.append(log.where_text(table)[2:])
    need(said, "there is no case")
    log.spend(8 * log.weight(F))
    (A, (a, other)), (B, (b, also)) = place.letters.items()
    a, other, b, also = (log.named((x,)) for x in (a, other, b, also))
    what = "strict saddles" if saddle else "local minima"
    text = f"all stationary points {A} = ({a} - {other}) I + {other} J,"
    text += f" {B} = ({b} - {also}) I + {also} J of the sum over t in line {total},"
    text += (
        f"\n      {log.short(F, 8)},\n      at which it is below its value at 0, are {what}"
    )
    text += f" of it over all real {A}, {B}," + " or".join(f"\n        {x}" for x in said)
    log.said(claim, text)


def harmonic_numbers(log, phases, table):
    """That letters for harmonic numbers are put in as what they are."""
    need(phases.keys() == {"of", "last", "harmonic"}, "it is no sum over t")
    last = log.put(log.matrix(1, 1, phases["last"]), table)
    number = last.terms.get(((), ()), 0) if not log.mentioned(last) else 0
    whole = number == int(number) and 2 <= number <= 1000
    need(whole, "it is not known how long the sum over t is")
    for x, order in phases["harmonic"]:
        right = sum(Fraction(1, n**order) for n in range(1, int(number)))
        need(
            x in table and log.same(table[x], log.number(right)),
            "a harmonic number is another",
        )


def smallest_of(log, a):
    """The least value of a polynomial that grows with its letters."""
    terms = log.excess(a)
    need(all(c > 0 for c in terms.values()), "it is not known how large d is")
    return terms.get(((), ()), 0)


def place_of(log, phases, value, table, size, forms):
    """The parts p, q, r, s of F at A = (a - a') I + a' J and B = (b - b') I + b' J."""
    need(phases["size"] == [[1, [[size]], []]], "it is of another number of coordinates")
    letters = {}
    for name, *both in phases["point"]:
        parts = [log.matrix(1, 1, p) for p in both]
        found = [x for part in parts for x in log.mentioned(part)]
        plain = len(found) == 2 and all(map(log.same, parts, map(log.letter, found)))
        need(plain, "the entries of a matrix are no letters of their own")
        letters[log.read_as("str", name)] = tuple(found)
    need(len(letters) == 2, "there are other matrices than two")
    (a, b), other = letters.values(), {*table}
    own = {*a, *b}
    free = len(own) == 4 and own.isdisjoint(other | log.mentioned(*table.values()))
    free = free and all(log.letters[x].at_least is None for x in own)
    need(free and not own & log.fixed, "something is known of the entries")
    whole = by_powers(log, log.put(value, table), b)
    zero = log.number(0)
    parts = [whole.pop(k, zero) for k in ((2, 0), (1, 1), (0, 2), (1, 0), (0, 0))]
    c = parts.pop()
    need(not whole and {*a}.isdisjoint(log.mentioned(c)), "it has another form in b and b'")
    d, half = table[size], log.number(Fraction(1, 2))
    m = log.sum(d, log.number(-1))
    forms = [log.put(log.read_node(x), table) for x in log.rows_of([forms], 4)[0]]
    for part, form, *factors in zip(parts, forms, *COUNTS, strict=True):
        known = {"half": half, "d - 1": m, "": log.number(1)}
        whole = multiplied(log, [d, form, *(known[k] for k in factors)])
        need(log.same(part, whole), "it is another form in b and b'")
    for form, degree in zip(forms, (2, 2, 2, 1), strict=True):
        need(all(sum(k) == degree for k in by_powers(log, form, a)), "it is no form in a, a'")
    p, q, r, s = forms
    D = difference(log, log.product(p, r), multiplied(log, [m, q, q]))
    return Place(letters, table, size, d, a, b, p, q, r, s, D)


def balanced(log, value, phases, place):
    """That each term of F has as many entries of A as of B, in sums that are in no
    denominator and in no law."""
    sums, names = {}, list(place.letters)
    for x, factors in phases["sums"]:
        counts = [sum(f == name for f, *_ in factors) for name in names]
        need(sum(counts) == len(factors), "a sum has entries of other matrices")
        sums[x] = counts[0] - counts[1]
    for powers in by_powers(log, value, tuple(sums)):
        excess = sum(k * e for k, e in zip(powers, sums.values(), strict=True))
        need(excess == 0, "it is not constant along (cA, B/c)")
    own = {*place.a, *place.b}
    need(own.isdisjoint(log.mentioned(value)), "it depends on the entries by themselves")


def directions(log, place, s, ways, saddle):
    """The inner arcs, between which all stationary points are."""
    low, read, high = (
        [[log.put(log.read_node(x), place.at) for x in v] for v in log.rows_of(part, 2)]
        for part in log.rows_of([ways], 3)[0]
    )
    need(min(map(len, (low, read, high))) > 1, "the directions are not all that there are")
    used = log.mentioned(*(x for v in (*read, *low, *high) for x in v))
    fresh = log.letters[s].at_least == 0 and s not in used and s not in place.at
    fresh = fresh and {*place.a, *place.b}.isdisjoint(used)
    need(fresh and s not in log.mentioned(*place.at.values()), "a direction depends on s")
    right = is_positive(log, read[0][0]) and is_positive(log, read[-1][0])
    meet = low[-1] == read[0] and high[0] == read[-1]
    ends = not low[0][0].terms and not high[-1][0].terms
    ends = ends and is_positive(log, log.product(log.number(-1), low[0][1]))
    ends = ends and is_positive(log, high[-1][1])
    need(right and meet and ends, "the directions are not all that there are")
    between = [*low[1:-1], *read, *high[1:-1]]
    need(all(is_positive(log, v[0]) for v in between), "a direction is turned round")
    a = place.a
    forms = by_powers(log, place.r, a)
    c, m, e = (forms.get(k, log.number(0)) for k in ((2, 0), (1, 1), (0, 2)))
    bent = difference(log, multiplied(log, [log.number(4), c, e]), log.product(m, m))
    need(is_positive(log, e) and is_positive(log, bent), "a form of degree 2 may vanish")
    f = stationary_form(log, place)
    below, inside, above = (
        [Arc(log, a, s, v, w) for v, w in pairwise(part)] for part in (low, read, high)
    )
    upwards = dict(zip(a, high[-1], strict=True))
    sign = 1 if is_positive(log, log.put(f, upwards)) else -1
    f = log.product(log.number(sign), f)
    need(is_positive(log, log.put(f, upwards)), "it may be stationary where a is 0")
    for arc in above:
        arc.positive(f)
    for arc in below:
        arc.positive(log.product(log.number(-1), f))
    if not saddle:
        # The second derivative of the least value in a' is -d s a f'/(2 D^2) where f = 0.
        rises = slope(log, f, a[1])
        bends = multiplied(log, [log.number(-sign), place.s, log.letter(a[0])])
        for arc in inside:
            arc.positive(rises)
            arc.positive(bends)
    return inside


def stationary_form(log, place):
    """f, with a f = (r' s + 2 r s') D - r s D', where ' is the derivative in a'."""
    a, other = place.a
    r, s, D = place.r, place.s, place.D
    r_, s_, D_ = (slope(log, form, other) for form in (r, s, D))
    inner = log.sum(log.product(r_, s), multiplied(log, [log.number(2), r, s_]))
    whole = difference(log, log.product(inner, D), multiplied(log, [r, s, D_]))
    parts = [log.number(0)]
    for (k,), part in by_powers(log, whole, (a,)).items():
        need(k > 0, "a is no factor of the derivative")
        parts.append(multiplied(log, [part, *[log.letter(a)] * (k - 1)]))
    return log.sum(*parts)


def at_one(log, F, phases, place):
    """The point a = 1, a' = 0, if in each sum the row of an entry of A is that of no other
    entry."""
    sums, (A, _) = dict(phases["sums"]), place.letters
    for x in sums.keys() & log.mentioned(log.put(F, place.at)):
        used = [i for _, *at in sums[x] for i, _ in at]
        rows = [at[0][0] for name, *at in sums[x] if name == A]
        need(all(used.count(i) == 1 for i in rows), "it depends on more than sums of columns")
    arc = Arc(log, (), None, (), ())
    arc.table = {place.a[0]: log.number(1), place.a[1]: log.number(0)}
    arc.positive(place.r)
    return [arc]


def entries_of(log, place, line):
    """The second derivative twice, by the pairs of moves, at the stationary points and with D
    times the moves of A; and the moves."""
    phases = log.lines[line].get("phases", {})
    need(phases.keys() == {"value", "sums", "size", "point", "moves"}, "it is no derivative")
    moves = [(log.matrix(1, 1, z), name, copy) for z, name, copy in phases["moves"]]
    names, sizes = list(place.letters), [min(log.mentioned(z), default=0) for z, *_ in moves]
    plain = all(log.same(z, log.letter(x)) for (z, *_), x in zip(moves, sizes, strict=True))
    point = [[name, *[[[1, [[x]], []]] for x in both]] for name, both in place.letters.items()]
    same = phases["point"] == point and phases["size"] == [[1, [[place.d]], []]]
    same = same and len({*sizes}) == len(sizes)
    own = {*place.a, *place.b, *place.at}
    need(plain and same and own.isdisjoint(sizes), "it is a derivative at another point")
    form = by_powers(log, log.put(log.values[line], place.at), tuple(sizes))
    best = multiplied(log, [log.number(-1), place.r, place.s]), log.product(place.q, place.s)
    is_of_A = [name == names[0] for _, name, _ in moves]
    found = {}
    for powers, part in form.items():
        pair = [i for i, k in enumerate(powers) for _ in range(k)]
        need(len(pair) == 2, "it is no quadratic form")
        stretched = sum(is_of_A[i] for i in pair)
        total = [log.number(0)]
        for (k, m), rest in by_powers(log, part, place.b).items():
            need(stretched >= k + m, "it is not constant along (cA, B/c)")
            more = [place.D] * (stretched - k - m)
            total.append(multiplied(log, [rest, *[best[0]] * k, *[best[1]] * m, *more]))
        value = log.sum(*total)
        i, j = pair
        found[i, j] = found[j, i] = log.product(log.number(2 if i == j else 1), value)
    zero, many = log.number(0), range(len(moves))
    return [[found.get((i, j), zero) for j in many] for i in many], moves, is_of_A


def falls(log, place, row, arcs):
    """That the second derivative is negative along a move."""
    line, move = row
    entries, moves, _ = entries_of(log, place, line)
    move = [log.put(log.read_node(c), place.at) for c in log.read_as("list", move)]
    need(len(move) == len(moves), "it is another move")
    kind = tuple(sorted({copy for *_, copy in moves}))
    exists = KINDS.get(kind, 2) <= smallest_of(log, place.size)
    need(exists, "there are no such moves for some d")
    parts = [log.number(0)]
    for i, one in enumerate(move):
        for j, other in enumerate(move):
            if one.terms and other.terms and entries[i][j].terms:
                parts.append(multiplied(log, [log.number(-1), one, other, entries[i][j]]))
    lowered = log.sum(*parts)
    for arc in arcs:
        arc.positive(lowered)


def block_is_definite(log, place, row, arcs, alone):
    """That the second derivative is positive definite for one kind of moves: the line of it;
    moves of B, and of A, each a list of numbers as in a saddle; and `best`, `weight`,
    `turned` and `weights` as in `is_definite`. The kind.

    They are all: for d = 2, where 2 diag(v) = v1' + 1v', together with that difference; and if
    sums of columns of A count `alone`, with what adds up to 0 in each column.
    """
    line, of_B, of_A, best, weight, turned, weights = row
    entries, moves, is_of_A = entries_of(log, place, line)

    def read(rows):
        return [
            [log.put(log.read_node(x), place.at) for x in r] for r in log.read_as("list", rows)
        ]

    kind, chosen = tuple(sorted({copy for *_, copy in moves})), [read(of_B), read(of_A)]
    need(kind in KINDS, "it is another kind of moves")
    two = log.same(place.size, log.number(2))
    one = log.number(1)
    for rows, A in zip(chosen, (False, True), strict=True):
        own = [i for i, moved in enumerate(is_of_A) if moved == A]
        copies = [moves[i][2] for i in own]
        need(sorted(copies) == [*kind], "a copy is missing")
        need(all(len(r) == len(moves) for r in rows), "it is another move")
        outside = [i for i in range(len(moves)) if i not in own]
        need(not any(r[i].terms for r in rows for i in outside), "a move is of both matrices")
        square = [[r[i] for i in own] for r in rows]
        if A and alone:
            square += without_columns(log, place.size, copies)
        elif two and len(kind) == 3:
            square.append([log.number(-2) if copy == "diag(v)" else one for copy in copies])
        whole = len(square) == len(own) and is_apart(log, determinant(log, square))
        need(whole, "the moves are not all of their kind")
    if alone:
        entries = [[arcs[0].at(a) for a in r] for r in entries]
    matrix = combined(log, entries, [*chosen[0], *chosen[1]])
    weights = [log.put(log.read_node(t), place.at) for t in log.read_as("list", weights)]
    weight = log.put(log.read_node(weight), place.at)
    is_definite(log, matrix, len(chosen[0]), read(best), weight, read(turned), weights, arcs)
    return kind


def without_columns(log, d, copies):
    """Combinations of moves that add up to 0 in each column: v1', and d diag(v) - 1v'; S; K."""
    one, zero, minus = map(log.number, (1, 0, -1))
    found = (
        [{"v1'": one}, {"diag(v)": d, "1v'": minus}]
        if len(copies) == 3
        else [{copies[0]: one}]
    )
    return [[row.get(copy, zero) for copy in copies] for row in found]
