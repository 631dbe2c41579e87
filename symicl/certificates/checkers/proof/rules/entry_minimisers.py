"""The rule for minimisers entry by entry: equations between entries at all coordinates."""

from ...reading import need
from .entries import Entries, of_square
from .entry_letters import LABELS
from .vanishing import difference, followed, is_polynomial, is_zero, values_of


def rule_entry_minimisers(
    log,
    claim,
    of,
    value,
    size,
    named,
    sums,
    positions,
    squares,
    equations,
    only,
    back,
    point,
    counted=(),
    either=(),
    some=(),
    paired=False,
):
    """For all real entries and weights of positions, and every number d of coordinates, a
    scalar is at least a value, and it is the value exactly where the `equations` [A, B], that
    is A = B, hold for all coordinates i and j that are different.

    Some letters of the scalar are `sums` over all coordinates of products of entries, others
    weights of `positions`; `size` is d, and `named` are letters for entries at i and j. In
    `counted`, [X, A] says that it is said of X = A alone. If there are letters `either`, it is
    said where one of them is not 0. If there are letters `some`, [r, A] for the form A that r
    is at j, the equations hold for some real numbers r, the same at all coordinates.

    At least: it less the value is the sum of the `squares`, each of which is >= 0; see
    `Entries.read`.
    Only there: so each of them that has a positive factor vanishes, at all coordinates; the
    equations follow by the steps `only`, see `followed`. Those over three coordinates are not
    used. With r = A at one coordinate j the equations hold at all i: those that differ from j
    and its partner, j and its partner. What is deduced of no j is deduced from no j, as there
    may be none.
    There: all squares vanish by the steps `back`; over three coordinates, in each product of
    entries one vanishes.
    Somewhere: at the `point` all equations hold; entries at i and j are the same there, and
    early weights 0.

    All is polynomial in the entries and weights, so that it holds also where a condition on
    these fails.
    """
    table = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of([*counted], 2)}
    own = Entries(log, named, sums, positions, size, either, paired)
    sides = [values_of(log, row) for row in log.rows_of(equations, 2)]
    rows = [own.read(row) for row in log.rows_of(squares, 5)]
    gaps = [difference(log, *pair) for pair in sides]
    free = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of([*some], 2)}
    new = own.own.isdisjoint(free) and all(map(own.is_free, free)) and size not in free
    need(new and len(free) == len(some), "more is known of a number, or it is in use")
    below = {size, *table}.isdisjoint(own.own) and log.letters[size].at_least
    below = below and size not in table and own.own.isdisjoint(log.mentioned(*table.values()))
    need(
        below and len(table) == len(counted), "it is not known how many coordinates there are"
    )
    said, scalar = log.put(value, table), log.put(of, table)
    parts = [c for w, *_, form in rows for c in (w, *(c for c, _ in form))]
    used = log.mentioned(said, scalar, *gaps, *parts)
    bound = log.mentioned(said, scalar, *free.values(), *parts)
    plain = gaps and own.own.isdisjoint(log.mentioned(said)) and bound.isdisjoint(free)
    plain = plain and not {*own.sums.values()} & log.mentioned(*gaps)
    plain = plain and not any(log.letters[x].random for x in used)
    need(plain, "there are no equations, or the value is no value")
    forms = scalar, *gaps, *free.values()
    need(is_polynomial(log, own.own | {*free}, *forms), "a weight is in a denominator")
    log.undeclared |= used - own.own

    total = {(): log.number(0)}
    for row in rows:
        own.expanded(row, total)
    excess = difference(log, scalar, said)
    same = log.same(total.pop(()), excess) and not any(a.terms for a in total.values())
    need(same, "the squares add up to something else")

    zeros = vanishing(own, rows, [], [])
    for step in only:
        zeros = vanishing(own, rows, stepped(own, zeros, step), zeros)
    needed = [form for gap in gaps for form in own.with_numbers(gap, free)]
    need(all(is_zero(log, gap, zeros) for gap in needed), "an equation does not follow")

    zeros = own.closed(gaps)
    for step in back:
        zeros = own.closed(stepped(own, zeros, step), zeros)
    need(
        all(vanishes(own, row, zeros) for row in rows), "a square is not seen to vanish there"
    )

    at = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(point, 2)}
    fixed = own.own.isdisjoint(log.mentioned(*at.values())) and len(at) == len(point)
    early = [x for (kind, _), x in own.weights.items() if kind == "sum"]
    known = own.own | free.keys()
    fixed = fixed and at.keys() <= known and all(x in at and not at[x].terms for x in early)
    for x, turned in (pair for turn in own.turns for pair in turn.items()):
        fixed = fixed and x in at and log.same(at[x], log.put(turned, at))
    fixed = fixed and free.keys() <= at.keys()
    need(fixed and own.own & used <= at.keys() | {*own.sums.values()}, "it is no point")
    held = all(log.same(*(log.put(side, at) for side in pair)) for pair in sides)
    need(held, "the equations do not hold at this point")
    log.spend(8 * log.weight(scalar, said, *(side for pair in sides for side in pair)))
    log.said(claim, told(log, own, scalar, said, sides, table, at, free))


def vanishing(own, rows, zeros, known):
    """Forms that vanish with all rows and with what is known to, at all coordinates."""
    zeros, found = own.closed(zeros, known), []
    for row in (row for row in rows if row[4] and row[2] <= len(LABELS)):
        for chosen in own.places(row):
            form = own.form_at(row, chosen, zeros)
            if form is not None:
                found += of_square(own.log, form, own.squares, row[0]) if row[1] else [form]
    return own.closed(found, zeros)


def stepped(own, zeros, step):
    """Forms that vanish after one step, in which no coordinate is used that need not exist."""
    log = own.log
    found = followed(log, zeros, [step], (), own.own)[len(zeros) :]
    forms, products = values_of(log, step[0]), log.rows_of(step[1], 3)
    deduced = own.labels(*forms)
    alike = all(own.labels(form) == deduced for form in forms)
    need(alike, "several forms need not be at the same coordinates")
    used = own.labels(*(a for triple in products for a in values_of(log, triple)))
    need(len(used - deduced) <= (not deduced), "there may be no such coordinate")
    return found


def vanishes(own, row, zeros):
    """True if a row is zero where others are."""
    if row[1] and is_zero(own.log, own.log.letter(own.squares), zeros):
        return True
    if row[2] > len(LABELS):
        return own.is_gone(row, zeros)
    forms = [own.form_at(row, chosen, zeros) for chosen in own.places(row)]
    return all(form is not None and is_zero(own.log, form, zeros) for form in forms)


def told(log, own, scalar, said, sides, table, at, free):
    """The proposition, in formulas."""
    names = {x: log.letters[x].name for x in own.own}
    text = f"if one of {log.names_of(own.either)} is not 0, " if own.either else ""
    text += f"for all real entries{log.where_text(table)}, where"
    text += own.meanings()
    text += f"\n      {log.text(scalar)}\n      is at least {log.text(said)}, and it is this"
    text += (
        f" exactly where, for some real {log.names_of(free)}," if free else " exactly where,"
    )
    text += " for all coordinates i and all j that differ from it"
    text += " and its partner," if own.paired else ","
    text += "".join(f"\n        {log.text(a)} = {log.text(b)}" for a, b in sides)
    for (name, *labels), x in own.at.items():
        text += f"\n        {names[x]} is {name} at {', '.join(labels)}"
    return text + f"\n      as they do{log.where_text(at)[1:]}"
