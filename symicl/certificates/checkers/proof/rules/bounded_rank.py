"""The rule for the least value of a quadratic in one matrix over matrices of bounded rank."""

from ...reading import need
from ..values import ONE, Value
from ..words import SCALAR
from .vanishing import difference


def rule_least_at_rank(
    log,
    claim,
    minimum,
    of,
    letter,
    coefficient,
    origin,
    parameters,
    factors,
    bound,
    base,
    A,
    L,
    M,
    best,
    gain=None,
    value=None,
):
    """For all weights of which one has a bounded rank, the loss of a `minimum` is at least
    what is said here. That entry says loss >= R(K_0 + D) where K_0, the `origin`, + D is the
    `coefficient` K, and R(K_0 + D) is the scalar `of`, with the `letter` D.

    With `parameters`, [P, V], K is K_0 and a sum of products, the `factors` [U, W], with inner
    sides that add up to the `bound` r: so the rank of D is at most r.

        R(K_0 + D) = base - 2 tr(A'D) + tr(L D M D')    for all D, and L best M = A

    Where L and M are positive definite, let C = L^1/2 best M^1/2 and B = L^1/2 D M^1/2, so
    that R = base - |C|^2 + |C - B|^2. If Q is the orthogonal projector on the range of B, of
    rank r at most, |C - B|^2 >= |C - QC|^2 = |C|^2 - tr(Q C C'), and tr(Q C C') is at most the
    sum of the r largest eigenvalues of C C', for B = QC with some Q (Eckart and Young, Ky
    Fan). They are those of A best', as L^1/2 C C' = A best' L^1/2; all are c, the `gain`, if
    that is c I. Then R is at least the `value` base - c r.
    """
    form = log.lines[minimum]
    need(form["rule"] == "minimum", "it names no minimum")
    fixed = [coefficient, origin, base, A, L, M, best]
    used = log.mentioned(*fixed)
    gone = used | log.inside(used | log.mentioned(of)) | log.inverse.keys() | log.poles(of)
    need(letter not in gone, "the unknown is misplaced")
    step = difference(log, coefficient, origin)
    low = log.put(of, {letter: step})
    need(log.same(log.values[form["value"]], low), "the minimum has another bound")

    table = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(parameters, 2)}
    plain = len(table) == len(parameters) and table.keys().isdisjoint(
        log.mentioned(of, origin)
    )
    random = log.is_random(of) or any(map(log.is_random, [*fixed, *table.values()]))
    need(plain and not random, "a parameter is named twice, is random, or is not free")
    rows = [[*map(log.read_node, row)] for row in log.rows_of(factors, 2)]
    moved, zero = log.put(step, table), log.number(0)
    fit = all((u.rows, u.cols, w.cols) == (moved.rows, w.rows, moved.cols) for u, w in rows)
    need(fit, "the factors do not fit together")
    total = log.sum(log.product(zero, moved), *(log.product(u, w) for u, w in rows))
    need(log.same(moved, total), "the coefficient is no such sum of products")
    sides = log.sum(zero, *(size_of(log, u.cols) for u, _ in rows))
    need(log.same(sides, bound), "the inner sides do not add up to the rank")

    D, two = log.letter(letter), log.number(2)
    linear = log.product(two, log.traced(log.product(log.transposed(A), D)))
    inner = log.product(log.product(L, D), log.product(M, log.transposed(D)))
    stated = log.sum(difference(log, base, linear), log.traced(inner))
    need(log.same(of, stated), "it is another quadratic form")
    symmetric = log.same(L, log.transposed(L)) and log.same(M, log.transposed(M))
    need(symmetric, "a matrix of the form is not symmetric")
    solves = log.same(log.product(log.product(L, best), M), A)
    need(solves, "it is not where the gradient vanishes")
    gained = log.product(A, log.transposed(best))
    if gain is None:
        least = f"{log.brief(base)} less the {log.text(bound)} largest eigenvalues of"
        least += f" {log.brief(gained)}"
    else:
        equal = log.product(gain, Value(*gained[:2], ONE))
        need(gain[:2] == SCALAR and log.same(gained, equal), "the gains are not all equal")
        total = difference(log, base, log.product(gain, bound))
        need(value and log.same(value, total), "the least value is another one")
        least = log.brief(value)
        log.ends[log.line_fields["value"]] = (
            f"the least value at bounded rank in line {log.id}"
        )
    log.spend(8 * log.weight(L, M, bound))
    log.fact(
        claim,
        f"{log.brief(log.values[form['loss']])} >= {least}{log.where_text(table)},"
        f"\n      if {log.text(L)} and {log.text(M)} are positive definite",
    )


def size_of(log, side):
    """A number of rows or columns as a value."""
    return log.letter(log.names[side]) if type(side) is str else log.number(side)
