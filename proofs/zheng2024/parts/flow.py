"""Gradient flow on the plane (aI, bI): what is conserved, how u = ab moves, where it ends, and from where."""

from sympy import Integer, Symbol

from symicl.algebra import closed_form, scalar, scalar_letter
from symicl.proofs.zheng2024.parts.letters import along, divided, of, put
from symicl.proofs.zheng2024.setting import a, b, d
from symicl.statements import ABOVE, BELOW, ConvergenceUnless
from symicl.theory import flow as gradient_flow
from symicl.theory import nonnegative, seen, trace_square

K, u_star = (Symbol(name, positive=True) for name in ("K", "u^{*}"))
u, c, R, R_star = scalar("u"), scalar("c"), Symbol("R", positive=True), Symbol("R^{*}", positive=True)
q, y = scalar("q"), scalar("y")
y_0, w, e, f = (scalar(name, nonnegative=True) for name in ("y_0", "w", "e", "f"))
"""(a_0 + b_0)², R* − 2u*, an exponential that falls from 1 to 0, and 1 minus it."""
ROOTS = r"the difference is a combination of $R^{2}-c^{2}-4u^{2}=0$ and ${R^{*}}^{2}-c^{2}-4{u^{*}}^{2}=0$"


def dynamics(step):
    """The flow of a and b, the conserved quantity, the equation of u, and the Polyak–Łojasiewicz constant."""
    A, B, k, best = (of(symbol) for symbol in (a, b, K, u_star))
    flow = {a: -k * B * (A * B - best), b: -k * A * (A * B - best)}
    conserved, product, size = A * A - B * B, A * B, A * A + B * B
    step(
        "The flow on the plane",
        r"\dot a=-Kb\,(u-u^{*}),\qquad\dot b=-Ka\,(u-u^{*}),\qquad u=ab",
        r"c=a^{2}-b^{2}\ \text{is conserved},\qquad\dot u=-K\,R\,(u-u^{*}),\qquad R=a^{2}+b^{2}=\sqrt{c^{2}+4u^{2}}",
        where={r"\tau": "is the time of the flow, dots are derivatives in it"},
        name="flow",
        note="Each diagonal entry of $A$ and $B$ moves with its own gradient.",
    )
    step.check(r"$\dot c=0$", along(conserved, flow), closed_form(0))
    step.check(r"$\dot u=-K(a^{2}+b^{2})(u-u^{*})$", along(product, flow), -k * size * (product - best))
    step.check(r"$(a^{2}+b^{2})^{2}=c^{2}+4u^{2}$", size**2, conserved**2 + product**2 * 4)
    step(
        r"A Polyak–Łojasiewicz inequality for $\ell=\tfrac K2(u-u^{*})^{2}$",
        r"\lVert\nabla\ell\rVert^{2}=2K(a^{2}+b^{2})\,\ell\ge2K\max(|c|,2|u|)\,\ell",
        where={"R^{*}": r"is $R$ at $u=u^{*}$"},
        note=r"If $c\neq0$ the constant is at least $2K|c|$ from everywhere. At the limit $R$ is $R^{*}$, and the rate "
        "of {step:flow} is $KR^{*}$.",
    )
    for claim, bound, root in (
        (r"$a^{2}+b^{2}=c+2b^{2}$", conserved, B * B * 2),
        (r"$a^{2}+b^{2}=-c+2a^{2}$: at least $|c|$", -conserved, A * A * 2),
        (r"$a^{2}+b^{2}=2u+(a-b)^{2}$", product * 2, (A - B) ** 2),
        (r"$a^{2}+b^{2}=-2u+(a+b)^{2}$: at least $2|u|$", -product * 2, (A + B) ** 2),
    ):
        step.check(claim, size, bound + root)
    surrogate = k * (product - best) ** 2 / 2
    step.check(
        r"$\lVert\nabla\ell\rVert^{2}=2K(a^{2}+b^{2})\,\ell$",
        along(surrogate, {a: closed_form(1)}) ** 2 + along(surrogate, {b: closed_form(1)}) ** 2,
        k * size * surrogate * 2,
    )
    step.check(
        r"this is the flow of $\ell$",
        -along(surrogate, {a: closed_form(1)}),
        flow[a],
    )


def multiple_of_roots(ratio):
    """The multiple of R² − c² − 4u² plus the one of R*² − c² − 4u*² that a rational function is, if it is one."""
    num, den = ratio.fraction()
    total, rest = closed_form(0), num
    for symbol, x in ((R, u), (R_star, u_star)):
        square = of(c) ** 2 + of(x) ** 2 * 4
        quotient, rest = divided(rest, symbol, square)
        total = total + (of(symbol) ** 2 - square) * (quotient / den)
    return total


def implicit_solution(step):
    """F(u(τ)) = F(u_0) + R*Kτ, and the logistic curve for c = 0."""
    U, best, C, root, root_star, k = (of(symbol) for symbol in (u, u_star, c, R, R_star, K))
    inside = best * U * 4 + C * C + root_star * root
    velocity = -k * root * (U - best)
    velocities = {u: velocity, R: U * 4 / root * velocity}
    step(
        r"The solution in closed form",
        r"F(u(\tau))=F(u_0)+R^{*}K\tau,\qquad F(u)=\ln\left|\frac{4u^{*}u+c^{2}+R^{*}R(u)}{u-u^{*}}\right|",
        r"R(u)=\sqrt{c^{2}+4u^{2}},\quad R^{*}=R(u^{*})",
        where={"u_0": "$=a_0b_0$"},
    )
    rate = along(inside, velocities) / inside - velocity / (U - best)
    step.check(
        r"$\frac{d}{d\tau}F(u)=R^{*}K$",
        rate - root_star * k,
        multiple_of_roots(rate - root_star * k),
        rule=ROOTS,
    )


def solution(step):
    """(a + b)² solves an equation of its own, whose solution from every start is a Möbius function of exp(−KR*τ)."""
    A, B, k, best, C, root, Y = (of(symbol) for symbol in (a, b, K, u_star, c, R_star, y))
    flow = {a: -k * B * (A * B - best), b: -k * A * (A * B - best)}
    upper, lower = best * 2 + root, best * 2 - root
    velocity = -k / 2 * (Y**2 - best * Y * 4 - C**2)
    product = (Y - C**2 / Y) / 4
    step(
        r"The solution from every start with $a_0+b_0\neq0$, for all times",
        r"y=(a+b)^{2}:\qquad\dot y=-\tfrac K2(y-y_+)(y-y_-),\qquad y_\pm=2u^{*}\pm R^{*}",
        r"y(\tau)=\frac{y_+-y_-qe}{1-qe},\qquad q=\frac{y_0-y_+}{y_0-y_-},\quad e=e^{-KR^{*}\tau}",
        r"a+b=\pm\sqrt y,\qquad a-b=\frac c{a+b},\qquad u=\tfrac14\Big(y-\frac{c^{2}}y\Big)",
        r"u-u^{*}=\frac{(y-y_+)(y-y_-)}{4y}",
        where={
            "y": "$=(a+b)^{2}$",
            "y_0": "$=(a_0+b_0)^{2}$",
            "y_+,y_-": r"$=2u^{*}\pm R^{*}$",
            "q": "is a number that the start decides",
            "e": r"falls from 1 to 0 as $\tau$ grows",
        },
        name="solution",
        note=r"The sign of $a+b$ is that of $a_0+b_0$, as $y>0$ at all times, which is shown next. At $e=0$ the "
        r"curve is at $y_+$, and $u$ at $u^{*}$, from every such start, whatever the signs of $a_0b_0$ and of $c$.",
    )
    both, apart = A + B, A - B
    step.check(r"$\frac{d}{d\tau}(a+b)=-K(u-u^{*})(a+b)$", along(both, flow), -k * (A * B - best) * both)
    step.check(r"$\frac{d}{d\tau}(a-b)=K(u-u^{*})(a-b)$", along(apart, flow), k * (A * B - best) * apart)
    step.check(
        r"$\dot y=-\tfrac K2(y^{2}-4u^{*}y-c^{2})$",
        along(both**2, flow),
        put(velocity, {y: both**2, c: both * apart}),
    )
    step.check(
        r"$\dot y=-2K(u-u^{*})\,y$ with $u=\tfrac14(y-c^{2}/y)$, so that $a$ and $b$ made from $y$ solve the flow",
        velocity,
        -k * (product - best) * Y * 2,
    )
    factors = (Y - upper) * (Y - lower) - (Y**2 - best * Y * 4 - C**2)
    step.check(r"$(y-y_+)(y-y_-)=y^{2}-4u^{*}y-c^{2}$", factors, multiple_of_roots(factors), rule=ROOTS)
    difference = product - best - (Y - upper) * (Y - lower) / (Y * 4)
    step.check(r"$u-u^{*}$ in $y$", difference, multiple_of_roots(difference), rule=ROOTS)
    curve = through(upper, lower)
    moves = along(curve, {e: -k * root * of(e)})
    step.check(
        r"the curve solves $\dot y=-\tfrac K2(y-y_+)(y-y_-)$",
        moves,
        -k / 2 * (curve - upper) * (curve - lower),
    )
    start = {q: (of(y_0) - upper) / (of(y_0) - lower), e: closed_form(1)}
    step.check(r"it starts in $y_0$", put(curve, start), of(y_0))
    step.check(r"it ends in $y_+$", put(curve, {e: closed_form(0)}), upper)
    step.check(r"$y-y_+=2R^{*}qe/(1-qe)$", curve - upper, root * of(q) * of(e) * 2 / (1 - of(q) * of(e)))
    end = put(product, {y: upper}) - best
    step.check(r"$u=u^{*}$ at $y=y_+$", end, multiple_of_roots(end), rule=ROOTS)
    step.check(
        r"$\frac{d}{d\tau}(u-u^{*})^{2}=-2K(a^{2}+b^{2})(u-u^{*})^{2}\le0$",
        along((A * B - best) ** 2, flow),
        -k * (A * A + B * B) * (A * B - best) ** 2 * 2,
    )
    defined_for_all_times(step)


def unless_opposite(curvature, limit, loss, near):
    """The statement that ab tends to its limit from every start with a + b ≠ 0.

    Parameters
    ----------
    curvature, limit : SymPy scalar
        What K and u* stand for.
    loss : loss of sequences
        On the plane (aI, bI); a and b move as each diagonal entry of A and B does.
    near : dict
        Values of symbols where a rate that is too large is likely to fail.
    """
    return ConvergenceUnless(
        a * b,
        u_star,
        2 * K * u_star,
        K / 2,
        a + b,
        resting={b: u_star / a},
        trapped={a: Integer(0), b: Integer(0)},
        near=near,
        given={K: curvature, u_star: limit},
        along=gradient_flow(loss, rate=1 / d),
    )


def converges(step):
    """ab tends to u* from every start with a + b ≠ 0, with a bound at all times."""
    A, B, k, best = (of(symbol) for symbol in (a, b, K, u_star))
    error, both, apart = A * B - best, A + B, trace_square((A - B) * (A * B - best))
    step(
        r"Hence $u$ tends to $u^{*}$ from every start with $a_0+b_0\neq0$, with a rate above and below the limit",
        r"-(u-u^{*})\dot u=K(a^{2}+b^{2})(u-u^{*})^{2}\ge"
        r"\begin{cases}2Ku^{*}(u-u^{*})^{2}&(u\ge u^{*})\\\tfrac K2(a_0+b_0)^{2}(u-u^{*})^{2}&(u\le u^{*})\end{cases}",
        note=r"As $a^{2}+b^{2}=2u+(a-b)^{2}=\tfrac12(a+b)^{2}+\tfrac12(a-b)^{2}$; below the limit $(a+b)^{2}$ does not "
        "fall.",
        name="convergence",
    )
    step.conclude(
        ConvergenceUnless(
            A * B,
            best,
            k * best * 2,
            k / 2,
            both,
            motion=gradient_flow(K / 2 * (a * b - u_star) ** 2, [a, b]),
            above=seen(k * 2) * trace_square(error),
            below=seen(k) * trace_square(both),
        ),
        apart * (of(ABOVE) * k),
        apart * (of(BELOW) * k / 2),
        claim=r"if $a_0+b_0\neq0$, $|u-u^{*}|$ falls at least at the rate $2Ku^{*}$ above $u^{*}$ and "
        r"$\tfrac K2(a_0+b_0)^{2}$ below it",
    )


def through(end, other):
    """The curve of q and e that solves ẋ = −rate (x − end)(x − other), where ė = −rate (end − other) e."""
    return (end - other * of(q) * of(e)) / (1 - of(q) * of(e))


def defined_for_all_times(step):
    """The numerator and the denominator of the curve are sums of what is not negative."""
    start, gap, best, past, left = (of(symbol) for symbol in (y_0, w, u_star, f, e))
    upper = gap + best * 4
    step(
        r"It is defined and positive at all times, as $y_-\le0$",
        r"(1-qe)(y_0-y_-)=y_0(1-e)+w+y_+e>0",
        r"(y_+-y_-qe)(y_0-y_-)=y_+y_0+y_+w\,(1-e)+w\,y_0\,e>0",
        where={"w": r"$=-y_-=R^{*}-2u^{*}\ge0$, as ${R^{*}}^{2}=c^{2}+4{u^{*}}^{2}$"},
        note=r"$y_0>0$ and $y_+=w+4u^{*}>0$.",
    )
    ratio = (start - upper) / (start + gap)
    for claim, value, parts in (
        ("the denominator", 1 - ratio * left, start * past + gap + upper * left),
        (
            "the numerator",
            upper + gap * ratio * left,
            upper * start + upper * gap * past + gap * start * left,
        ),
    ):
        step.check(f"{claim} times $y_0-y_-$", value * (start + gap), put(parts, {f: 1 - left}))
        step.require(f"{claim} has no negative term", nonnegative(parts), rule="no negative coefficient")


def exception(step):
    """From a_0 = −b_0 the flow ends at the saddle at 0, and from nowhere else."""
    A, B, k, best = (of(symbol) for symbol in (a, b, K, u_star))
    flow = {a: -k * B * (A * B - best), b: -k * A * (A * B - best)}
    step(
        r"From $a_0=-b_0$ the flow ends at $(0,0)$, where $ab\neq u^{*}$",
        r"a=-b:\qquad\dot a=-Ka\,(a^{2}+u^{*}),\qquad a^{2}=\frac{u^{*}q'e'}{1-q'e'}",
        r"q'=\frac{a_0^{2}}{a_0^{2}+u^{*}}<1,\quad e'=e^{-2Ku^{*}\tau}",
        where={"q',e'": "are these numbers"},
        note="All other starts are those of {step:solution}.",
    )
    on_line = flow[a].substitute({scalar_letter(b): -A})
    step.check(
        r"the line is kept: $\frac{d}{d\tau}(a+b)=0$ on it",
        along(A + B, flow).substitute({scalar_letter(b): -A}),
        closed_form(0),
    )
    step.check(r"on $a=-b$ the flow is $\dot a=-Ka\,(a^{2}+u^{*})$", on_line, -k * A * (A * A + best))
    curve = through(closed_form(0), -best)
    step.check(
        r"the curve solves $\frac{d}{d\tau}a^{2}=-2Ka^{2}(a^{2}+u^{*})$",
        along(curve, {e: -k * best * of(e) * 2}),
        -k * curve * (curve + best) * 2,
    )
    start = {q: A**2 / (A**2 + best), e: closed_form(1)}
    step.check(r"it starts in $a_0^{2}$", put(curve, start), A**2)
    step.check(r"it ends in 0", put(curve, {e: closed_form(0)}), closed_form(0))
    slopes = {name: {x: along(flow[name], {x: closed_form(1)}) for x in (a, b)} for name in (a, b)}
    at_zero = {scalar_letter(a): closed_form(0), scalar_letter(b): closed_form(0)}
    matrix = [[slopes[name][x].substitute(at_zero) for x in (a, b)] for name in (a, b)]
    x = of(u)
    step.check(
        r"the linearisation at $(0,0)$ has the eigenvalues $\pm Ku^{*}$: it is a saddle",
        (x - matrix[0][0]) * (x - matrix[1][1]) - matrix[0][1] * matrix[1][0],
        (x - k * best) * (x + k * best),
        rule="the characteristic polynomial of the derivative of the flow",
    )


def limits(step):
    """a² = (R* + c)/2 and b² = (R* − c)/2 at the end."""
    root, C, best = of(R_star), of(c), of(u_star)
    first, second = (root + C) / 2, (root - C) / 2
    step(
        r"The limits of $a$ and $b$",
        r"\tilde a^{2}=\tfrac12\big(\sqrt{c^{2}+4{u^{*}}^{2}}+c\big),\qquad\tilde "
        r"b^{2}=\tfrac12\big(\sqrt{c^{2}+4{u^{*}}^{2}}"
        r"-c\big),\qquad\operatorname{sign}\tilde a=\operatorname{sign}\tilde b=\operatorname{sign}(a_0+b_0)",
        note="As $c$ is conserved, and $u$ tends to $u^{*}$.",
    )
    step.check(r"$\tilde a^{2}-\tilde b^{2}=c$", first - second, C)
    step.check(
        r"$\tilde a^{2}\tilde b^{2}={u^{*}}^{2}$",
        first * second - best**2,
        multiple_of_roots(first * second - best**2),
        rule=ROOTS,
    )
