"""Second derivatives at the stationary points of `stability`, by kinds of moves: negative
along one, or positive definite."""

from ...reading import need
from .definite import by_powers, combined, determinant, is_apart, is_definite
from .stationary_places import smallest_of
from .vanishing import multiplied

KINDS = {("1v'", "diag(v)", "v1'"): 2, ("K",): 3, ("S",): 4}
"""Copies of a kind of moves, and the least d for which there are any."""


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
    """Combinations of moves that add up to 0 in each column: v1', d diag(v) - 1v'; S; K."""
    one, zero, minus = map(log.number, (1, 0, -1))
    found = (
        [{"v1'": one}, {"diag(v)": d, "1v'": minus}]
        if len(copies) == 3
        else [{copies[0]: one}]
    )
    return [[row.get(copy, zero) for copy in copies] for row in found]
