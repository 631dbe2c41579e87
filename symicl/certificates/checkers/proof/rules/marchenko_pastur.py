"""The rule for least mean squares of polynomials under the law of Marchenko and Pastur."""

from ...reading import need, readable
from ..words import SCALAR

MAX_LAYERS = 50  # a number L, and moments


def rule_least_polynomial(
    log,
    claim,
    ratio,
    radius,
    turn,
    sines,
    parts,
    moments,
    at_zero=None,
    integral=None,
    layers=None,
):
    """The least integral of p^2 dmu over polynomials p of degree L with p(0) = 1 is A / B,
    where `parts` is [A, B].

    mu is the law of Marchenko and Pastur with the `ratio` c > 0: its mass is 1, and x dmu has
    the density sqrt(4c - (x - a)^2) / (2 pi c) on x > 0 with a = 1 + c. L is a number, or the
    number of tokens of the recursions `at_zero` and `integral`, and then it is any number.

    For k = 0, 1, ... let q_0 = 1, q_1 = x - a, q_(k+1) = (x - a) q_k - c q_(k-1). With
    x - a = r (u + 1/u), r^2 = c, u = e^(it), the letters `radius` and `turn`:

        4c - (x - a)^2 = -r^2 (u - 1/u)^2 = 4c sin^2 t, so that x dmu = (2/pi) sin^2 t dt
        q_k = r^k (u^(k+1) - u^(-k-1)) / (u - 1/u) = r^k sin((k+1) t) / sin t     by `sines`

    The functions sin((k+1) t) are orthogonal on (0, pi). So q_L is to x, ..., x^L under mu,
    and p = q_L / q_L(0) is least: any other one has the integral of a square more. That of
    p^2 is that of p, as p - 1 is a multiple of x. From 1 and 1 - a on, those of q_k follow the
    recursion at x = 0, as x q_k has none for k > 0. The zeros of q_L, those of sin((L+1) t),
    are more than a - 2r = (1 - r)^2 >= 0: none is 0. The k-th of the `moments` is that of mu.
    """
    few = len(log.read_as("list", moments)) <= MAX_LAYERS and (layers or 0) <= MAX_LAYERS
    readable(few, "it has more layers or moments than the limit")
    free = all(log.size(x) == SCALAR for x in (ratio, radius, turn))
    need(free and len({ratio, radius, turn}) == 3, "a letter is no number, or named twice")
    c, r, u = map(log.letter, (ratio, radius, turn))
    one, minus = log.number(1), log.number(-1)
    step = log.product(r, log.sum(u, log.divided(one, u)))
    span = log.sum(u, log.product(minus, log.divided(one, u)))
    _, found, powers = linear(log, sines, step, log.product(r, r), step)
    need(sine(log, found, powers, r, u, span), "the polynomials are no sines")
    a = log.sum(one, c)
    slope, first = log.product(minus, a), log.product(minus, c)
    if layers is None:
        need(at_zero and integral, "it has neither a number of layers nor two recursions")
        size, below, _ = linear(log, at_zero, slope, c, slope)
        again, above, _ = linear(log, integral, slope, c, first)
        need(size == again, "the two recursions are over other numbers")
    else:
        below, above = (after(log, layers, slope, c, begun) for begun in (slope, first))
        size = None
    top, bottom = map(log.read_node, parts)
    need(log.same(top, above) and log.same(bottom, below), "the least value is another one")
    for k, moment in enumerate(moments, 1):
        here = log.read_node(moment)
        need(log.same(here, moment_of(log, a, c, k)), f"the moment {k} is another one")
    told(log, claim, c, (top, bottom), layers if size is None else log.letters[size].name)


def negative(log, a, b):
    """-A B."""
    return log.product(log.number(-1), log.product(a, b))


def linear(log, line, slope, below, first):
    """The number of steps, v after these, and the powers, of a recursion with
    v_0 = 1, v_1 = first, v_(k+1) = slope v_k - below v_(k-1)."""
    fields = log.lines[line]
    known = fields["rule"] == "recursion" and not fields["fresh"] and len(fields["state"]) == 2
    need(known, "it names no recursion of two letters")
    (v, *one), (w, *other) = fields["state"]
    (start, turned), (later, further) = ([log.values[k] for k in row] for row in (one, other))
    moved = log.sum(log.product(slope, log.letter(w)), negative(log, below, log.letter(v)))
    fits = log.same(start, log.number(1)) and log.same(turned, log.letter(w))
    fits = fits and log.same(later, first) and log.same(further, moved)
    fits = fits and log.same(log.values[fields["of"]], log.letter(v))
    need(fits, "it is another recursion")
    powers = {x: log.values[b] for x, b in fields["powers"]}
    return fields["tokens"], log.values[line], powers


def sine(log, found, powers, r, u, span):
    """True if a value is (u (r u)^k - (r/u)^k / u) / (u - 1/u) in the powers that it has."""
    up, down = log.product(r, u), log.divided(r, u)
    letters = [
        next((x for x, b in powers.items() if log.same(b, y)), None) for y in (up, down)
    ]
    if None in letters:
        return False
    rising, falling = map(log.letter, letters)
    ends = log.product(u, rising), log.product(log.number(-1), log.divided(falling, u))
    return log.same(log.product(found, span), log.sum(*ends))


def after(log, layers, slope, below, first):
    """v_L by L steps."""
    v, w = log.number(1), first
    for _ in range(layers):
        v, w = w, log.sum(log.product(slope, w), negative(log, below, v))
    return v


def moment_of(log, a, c, k):
    """The k-th moment, k > 0: the share of q_0 in x^(k-1), as x dmu has the mass 1.

    x q_j = q_(j+1) + a q_j + c q_(j-1).
    """
    row, zero = [log.number(1)], log.number(0)
    for _ in range(k - 1):
        kept = [*(log.product(a, x) for x in row), zero]
        lowered = [*(log.product(c, x) for x in row[1:]), zero, zero]
        row = [log.sum(*parts) for parts in zip([zero, *row], kept, lowered, strict=True)]
    return row[0]


def told(log, claim, c, parts, layers):
    """The proposition, in words."""
    log.spend(8 * log.weight(*parts))
    top, bottom = map(log.text, parts)
    x, many = log.text(c), f"{layers}" if isinstance(layers, int) else f"any {layers}"
    ends = f"1 / s_j = 1 + {x} + 2 {x}^(1/2) cos(j pi / ({layers} + 1))"
    log.said(
        claim,
        f"({top}) / ({bottom})"
        "\n      is the least integral of p^2 over the law of Marchenko and Pastur"
        f"\n      with the ratio {x} > 0, for p of degree {many} with p(0) = 1;"
        f"\n      it is that of the product of 1 - s_j x, {ends}",
    )
