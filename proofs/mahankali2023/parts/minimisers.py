"""Who the minimisers of the isotropic loss are, for d ≥ 2: weights with a = 0, g = 0 and cB = ηI, and no others."""

from dataclasses import replace

from symicl.algebra import ONE, ClosedForm, closed_form, letter, letter_of, read_form, size_of
from symicl.expectation import Gaussian, expect_form
from symicl.theory import Deduction, mean_of_square, positive, trace_square
from symicl.typeset import Equation

SHIFT = "written in $n-1$ and $d-1$ it has no negative coefficient and a positive constant"


class Blocks:
    """The blocks of the effective parameters, and what the distance to the optimum is made of.

    Attributes
    ----------
    a, B, c, g : ClosedForm
    eta : ClosedForm
        A letter for the step size.
    Delta, p, q : ClosedForm
        K(θ) − ηI with K(θ) = gaᵀ + cBᵀ, the coefficient of the odd feature; Bᵀa and cg, those of the even ones.
    """

    def __init__(self, optimum):
        parameters = optimum.loss.parameters
        (self.a,), (c,) = parameters["w"].grid
        (self.B, _), (g_row, _) = parameters["M"].grid
        self.g, self.c = g_row.T, c.trace()
        self.eta = ClosedForm.of(letter("eta of the minimisers", ONE, ONE))
        self.Delta = optimum.problem.coefficient - ClosedForm.identity(self.B.rows) * self.eta
        self.p, self.q = self.B.T @ self.a, self.g * self.c


def all_minimisers(step, optimum, certificate, stated):
    r"""E[(f − f_*)²] = 0 forces a = 0, g = 0 and cB = ηI, when d ≥ 2; and these weights have no distance.

    Parameters
    ----------
    step
    optimum : Optimum
    certificate : PythagorasCertificate
    stated : MinimalExactlyWhere
        The equations of the minimisers, with a number for the step size, and what they hold for.
    """
    blocks = Blocks(optimum)
    weights = sum_of_squares(step, optimum, certificate.distance, blocks)
    one_head(step, blocks)
    conclude(step, optimum, blocks, weights, stated)
    conversely(step, optimum, certificate.distance, blocks)


def conclude(step, optimum, blocks, weights, stated):
    """The loss is least there and nowhere else, from the parts of the distance to the optimum."""
    eta = optimum.solution.scalar_multiple_of_identity()
    odd, size, pp, pq, qq = weights
    a, B, c, p, q = blocks.a, blocks.B, blocks.c, blocks.p, blocks.q
    one, identity = closed_form(1), ClosedForm.identity(B.rows)
    Delta, mixed = optimum.problem.coefficient - identity * eta, p * pp + q * pq
    length, trace = norm2(a), B.trace()
    gap = B * c - identity * eta
    deductions = (
        Deduction((p,), ((identity, mixed, one), (identity * -pq, q, one)), pp),
        Deduction(
            (a,),
            (
                (a.T * (eta - c * trace), Delta, a),
                (-length * eta, Delta.trace(), one),
                (a.T * (c * c * trace - eta * c), p, one),
                (a.T * (trace * length), q, one),
            ),
            eta * eta * (size_of(B.rows) - 1),
            squared=True,
        ),
        Deduction((gap,), ((identity, Delta.T, identity), (-identity, a, blocks.g.T))),
        Deduction((blocks.g,), ((B, q, one), (-identity, gap, blocks.g)), eta),
    )
    step.conclude(
        replace(stated, value=optimum.closed_form, loss=optimum.loss.closed_form, deductions=deductions),
        trace_square(Delta) * odd,
        mean_of_square(*minor(a, B)) * (size / 2),
        trace_square(mixed) * (1 / pp),
        trace_square(q) * ((pp * qq - pq * pq) / pp),
        claim=r"for $d\ge2$ the loss is least at $a=0$, $g=0$, $cB=\eta I$ and nowhere else",
    )


def norm2(matrix):
    """‖·‖²_F."""
    return (matrix @ matrix.T).trace()


def sum_of_squares(step, optimum, distance, blocks):
    """The distance is a positive multiple of ‖K(θ) − K‖² plus two parts that are not negative."""
    a, B, p, q = blocks.a, blocks.B, blocks.p, blocks.q
    size, d, noise = (read_form(getattr(optimum.loss.task, name)) for name in ("n", "d", "noise"))
    odd = size * (size + 1 + d + noise)
    slack = norm2(a) * norm2(B) - norm2(p)
    pp, pq = size * (size + 2), size * (size * (d + noise) + 2)
    qq = size * (size + 2) * ((d + noise) ** 2 + d * 2)
    form = norm2(p) * pp + (p.T @ q).trace() * pq * 2 + norm2(q) * qq
    step(
        "Who are the minimisers: the distance splits into squares",
        r"\mathbb{E}[(\hat{y}_\theta-\hat{y}_K)^{2}]=n(n+d+1+\sigma^{2})\lVert K(\theta)-K\rVert_{F}^{2}"
        r"+n(\lVert a\rVert^{2}\lVert B\rVert_{F}^{2}-\lVert p\rVert^{2})+Q(p,q)",
        *[Equation(left, entry) for left, entry in (("Q_{pp}", pp), ("Q_{pq}", pq), ("Q_{qq}", qq))],
        where={
            "p": r"$=B^{\top}a$",
            "q": "$=cg$",
            "Q": r"$=Q(p,q)=Q_{pp}\lVert p\rVert^{2}+2Q_{pq}\langle p,q\rangle+Q_{qq}\lVert q\rVert^{2}$",
            "u,v,z": r"$\sim N(0,I_d)$, which occur in a check alone, are independent",
        },
        name="squares",
    )
    unknown = ClosedForm.of(optimum.problem.unknown)
    step.check(
        "the distance is the sum of these parts",
        distance,
        norm2(optimum.problem.coefficient - unknown) * odd + slack * size + form,
    )
    step.require("the weight of the odd part is positive", positive(odd), rule=SHIFT)
    step.check(
        r"the second part is half the mean of a square, that of $u^{\top}a\,v^{\top}Bz-v^{\top}a\,u^{\top}Bz$",
        mean_square_of_minors(a, B),
        slack * 2,
        rule="Stein's identity",
    )
    step.check(
        r"$Q_{pp}Q(p,q)=\lVert Q_{pp}p+Q_{pq}q\rVert^{2}+(Q_{pp}Q_{qq}-Q_{pq}^{2})\lVert q\rVert^{2}$",
        form * pp,
        norm2(p * pp + q * pq) + norm2(q) * (pp * qq - pq * pq),
    )
    step.require("$Q_{pp}$ is positive", positive(pp), rule=SHIFT)
    step.require("$Q_{pp}Q_{qq}-Q_{pq}^{2}$ is positive", positive(pp * qq - pq * pq), rule=SHIFT)
    return odd, size, pp, pq, qq


def mean_square_of_minors(a, B):
    """E(uᵀa vᵀBz − vᵀa uᵀBz)² over independent standard Gaussian vectors u, v, z."""
    root, *laws = minor(a, B)
    return expect_form(root * root, laws)


def minor(a, B):
    """uᵀa vᵀBz − vᵀa uᵀBz, and the laws of u, v and z."""
    letters = [letter(("vector of a minor", name), B.rows, ONE) for name in "uvz"]
    u, v, z = map(ClosedForm.of, letters)
    return ((u.T @ a @ v.T @ B @ z - v.T @ a @ u.T @ B @ z).trace(), *map(Gaussian, letters))


def one_head(step, blocks):
    """From K(θ) = ηI, p = 0 and q = 0: a = 0 for d ≥ 2, by an identity for all a, B, c, g."""
    a, B, c, eta, p, q = (getattr(blocks, name) for name in ("a", "B", "c", "eta", "p", "q"))
    Delta = blocks.Delta
    d, length = size_of(B.rows), norm2(a)
    step(
        r"So the minimisers ({step:squares}) are those with $K(\theta)=\eta I$, $p=0$ and $q=0$; for $d\ge2$ they have "
        "$a=0$",
        r"\eta^{2}(d-1)\lVert a\rVert^{2}"
        r"=\eta\,(a^{\top}\Delta a-\lVert a\rVert^{2}\operatorname{tr}\Delta-c\,a^{\top}p)"
        r"+\operatorname{tr}B\,(\lVert a\rVert^{2}a^{\top}q+c^{2}a^{\top}p-c\,a^{\top}\Delta a)",
        where={r"\Delta": r"$=K(\theta)-\eta I$"},
        name="one head",
    )
    along, against = (a.T @ Delta @ a).trace(), (a.T @ p).trace()
    step.check(
        r"the identity, for all $a,B,c,g,\eta$: every term on its right has a factor $\Delta$, $p$ or $q$",
        eta * eta * (d - 1) * length,
        eta * (along - length * Delta.trace() - c * against)
        + B.trace() * (length * (a.T @ q).trace() + c * c * against - c * along),
    )


def conversely(step, optimum, distance, blocks):
    """At a = 0 the rest follows from K(θ) = ηI; and these weights have no distance to the optimum."""
    a, B, c, g, eta = (getattr(blocks, name) for name in ("a", "B", "c", "g", "eta"))
    identity = ClosedForm.identity(B.rows)
    at_zero = {letter_of(a): ClosedForm.zero(a.rows, ONE)}
    step(
        r"With $a=0$ what is left is $cB^{\top}=\eta I$ and $cg=0$: for $d\ge2$ the minimisers are exactly "
        r"$a=0$, $c\neq0$, $B=(\eta/c)I$, $g=0$",
    )
    step.check(
        r"at $a=0$ the coefficient is $K(\theta)=cB^{\top}$, and its trace $\eta d>0$ makes $c\neq0$",
        optimum.problem.coefficient.substitute(at_zero),
        B.T * c,
    )
    there = at_zero | {letter_of(B): identity * (eta / c), letter_of(g): ClosedForm.zero(g.rows, ONE)}
    step.check(
        r"conversely, at $a=0$, $B=(\eta/c)I$, $g=0$ the distance to the prediction with $K=\eta I$ is zero",
        distance.substitute(there | {optimum.problem.unknown: identity * eta}),
        closed_form(0),
    )
