"""Gradient flow on the plane (aI, bI): what is conserved, how u = ab moves, where it ends, and from where."""

from sympy import Symbol

from symicl.algebra import closed_form, scalar, scalar_letter
from symicl.proofs.zheng2024.parts.letters import along, divided, of
from symicl.proofs.zheng2024.setting import a, b

K, u_star = (Symbol(name, positive=True) for name in ("K", "u^{*}"))
u, c, R, R_star = scalar("u"), scalar("c"), Symbol("R", positive=True), Symbol("R^{*}", positive=True)
q, e = scalar("q"), scalar("e")
"""u*/u_0 − 1 and exp(−2Ku*τ)."""
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
        where={"u_0": "$=a_0b_0$", "R^{*}": r"is $R$ at $u=u^{*}$"},
        note=r"$u$ moves monotonically towards $u^{*}$, so that $|u|\ge\min(u_0,u^{*})$ if $u_0>0$; if $c\neq0$ the "
        r"constant is at least $2K|c|$ from everywhere. The rate near the limit is $KR^{*}$.",
    )
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
        r"c=0,\ u_0>0:\qquad u(\tau)=\frac{u^{*}}{1+(u^{*}/u_0-1)\,e^{-2Ku^{*}\tau}}",
    )
    rate = along(inside, velocities) / inside - velocity / (U - best)
    step.check(
        r"$\frac{d}{d\tau}F(u)=R^{*}K$",
        rate - root_star * k,
        multiple_of_roots(rate - root_star * k),
        rule=ROOTS,
    )
    logistic = best / (of(q) * of(e) + 1)
    moves = along(logistic, {e: -k * best * of(e) * 2})
    step.check(
        r"for $c=0$ the logistic curve solves $\dot u=-2Ku\,(u-u^{*})$",
        moves,
        -k * logistic * (logistic - best) * 2,
    )


def basin(step):
    """Every start but a_0 = −b_0 ends at u*, with a and b of the sign of a_0 + b_0."""
    A, B, k, best = (of(symbol) for symbol in (a, b, K, u_star))
    flow = {a: -k * B * (A * B - best), b: -k * A * (A * B - best)}
    step(
        r"Every start ends at $ab=u^{*}$, except $a_0=-b_0$",
        r"\frac{d}{d\tau}(a+b)=-K\,(u-u^{*})\,(a+b)",
        r"c\neq0:\ R\ge|c|>0;\qquad a_0=b_0\neq0:\ \text{the logistic curve};\qquad a_0=-b_0:\ a=-b\to0",
        note=r"The sign of $a+b$ never changes. On the line $a=-b$, and only there, the flow ends at the saddle "
        r"$(0,0)$; $u_0<0$ with $c\neq0$ is no obstacle, $u$ crosses zero.",
    )
    step.check(r"$\frac{d}{d\tau}(a+b)=-K(u-u^{*})(a+b)$", along(A + B, flow), -k * (A * B - best) * (A + B))
    on_line = flow[a].substitute({scalar_letter(b): -A})
    step.check(
        r"on $a=-b$ the flow is $\dot a=-Ka\,(a^{2}+u^{*})$, towards 0", on_line, -k * A * (A * A + best)
    )
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
    )
    step.check(r"$\tilde a^{2}-\tilde b^{2}=c$", first - second, C)
    step.check(
        r"$\tilde a^{2}\tilde b^{2}={u^{*}}^{2}$",
        first * second - best**2,
        multiple_of_roots(first * second - best**2),
        rule=ROOTS,
    )
