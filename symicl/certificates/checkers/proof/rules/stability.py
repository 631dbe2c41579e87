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
coordinates leave alone, and so, by Schur's lemma, it falls apart into what it is for four
kinds of moves: I and J - I; diag(v), v1' and 1v' for 1'v = 0; S = S'; and K = -K', with rows
that add up to 0 and a zero diagonal.
"""

from ...reading import need
from ..words import SCALAR
from .second_moves import KINDS, block_is_definite, falls
from .stationary_directions import at_one, directions
from .stationary_places import balanced, harmonic_numbers, place_of, smallest_of
from .vanishing import is_positive


def rule_stability(log, claim, saddle, total, reduced, size, s, cases):
    """All stationary points that permutations leave alone, and at which F is less than at 0,
    are strict saddles of F, or local minima.

    `total` is the line of F, a sum over t; `reduced` that of F at A and B as above. Both are
    recomputed by the second checker, and so are second derivatives. Each of the `cases` is
    [counted, forms, directions, blocks]: `counted` says what some letters are, such as [T, 4]
    and [d, x + 8] for the letter d, the `size`, and a letter x >= 0; the directions are three
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
