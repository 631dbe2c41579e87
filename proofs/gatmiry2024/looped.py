"""A loop of two layers: one step size in both, against a step size of its own in each.

Setting     x ~ N(0, I_d), w ~ N(0, I_d), no noise; S = XᵀX/n. A looped layer takes the step η twice, so that the error
            is (I − ηS)²w and the excess is L(η) = E tr (I − ηS)⁴.
Statement   L(η) is at least the least excess L₂* of two layers with steps of their own, and lies above its tangents: a
            stationary η is the best one. In the long run tying costs a factor: n²L₂* → d(d² + 3d + 4), and
            n²L(1) → d(2d² + 5d + 5). For d/n → c two free layers leave c²/(1 + c + c²) of the prior variance.
            At η₁Σ⁻¹, η₂Σ⁻¹, for x ~ N(0, Σ) and w ~ N(0, Σ⁻¹), the loss over matrices is stationary wherever that over
            numbers is so; that no other matrices do better is open. For any number of layers see `eval`.
Source      Gatmiry, Saunshi, Reddi, Jegelka, Kumar (2024) for the loop; the closed forms are derived here.
"""

import symicl as si
from symicl.algebra import (
    ClosedForm,
    gradient,
    read_form,
    scalar_letter,
)
from symicl.proofs.ahn2023.depth import two as untied
from symicl.proofs.ahn2023.parts.numbers import layers, refuse_depth
from symicl.proofs.gatmiry2024.paper import PAPER
from symicl.proofs.gatmiry2024.parts.further import among_matrices, best, in_the_long_run
from symicl.proofs.gatmiry2024.setting import Looped
from symicl.statements import Inequality, Limit, LossAtLeast, Theorem, derive_loss
from symicl.tasks import LinearRegression
from symicl.theory import depth, iterate, mean_of_square, trace_square
from symicl.typeset import Equation

task, model = LinearRegression(noise=0), Looped()
n, d = task.n, task.d
a, b, c = si.scalar("a"), si.scalar("b"), si.scalar("c", positive=True)
third = d**2 + 3 * d * (n + 1) + n**2 + 3 * n + 4
fourth = d**3 + 6 * d**2 * (n + 1) + d * (6 * n**2 + 17 * n + 21) + (n**3 + 6 * n**2 + 21 * n + 20)
looped = d * (1 - 4 * b + 6 * b**2 * (n + d + 1) / n - 4 * b**3 * third / n**2 + b**4 * fourth / n**3)
tangent = looped.subs(b, a) + (b - a) * looped.diff(b).subs(b, a)

theorem = Theorem(
    id="gatmiry2024.looped",
    title="What tying two layers costs",
    paper=PAPER,
    source="looped layers, with one step size; the closed forms are derived here",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, no noise",
        r"one layer that takes a step of gradient descent on the examples, of size $\eta$, applied twice",
    ),
    task=task,
    model=model,
    states={},
    propositions=(
        LossAtLeast("untied"),
        Inequality("tangent", "looped", equality={b: a}),
        Limit(n**2 * untied, d * (d**2 + 3 * d + 4), (n,)),
        Limit(n**2 * looped.subs(b, 1), d * (2 * d**2 + 5 * d + 5), (n,)),
        Limit((untied / d).subs(d, c * n), c**2 / (1 + c + c**2), (n,)),
    ),
    corollaries={"untied": untied, "looped": looped, "tangent": tangent},
    certified={
        "excess": lambda values, digits: best(values, digits)[0],
        "step": lambda values, digits: best(values, digits)[1],
    },
    refusals=(refuse_depth,),
    inputs={"n": n, "d": d, "layers": layers},
    notation={"untied": "L_2^{*}", "looped": "L_b", "tangent": "T_b"},
    where={
        "L_2^{*}": "is the least loss of two layers with a step of their own each",
        "L_b": "is the loss of the loop with the step $b$",
        "T_b": "is the tangent of this loss at $a$",
        "a,b": "are any real numbers, step sizes of the loop",
        "c": "is a positive number, to which $d/n$ tends",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates and task are independent")
    loss = derive_loss(step, model, task)
    own = loss.letter_to_differentiate("eta")
    trained, size = loss.closed_form, ClosedForm.of(own)
    loop, free = iterate(task, 2, b), depth(task, 2)
    step.show("The loss of the loop, and the least one of two layers", Equation("L_b", loop.closed_form))
    step.check(
        "the loss of the forward pass is that of two equal steps of descent",
        trained.substitute({own: ClosedForm.identity(size.rows) * read_form(b)}),
        loop.closed_form,
    )
    below_all_steps(step, trained, size, free)
    tangent = above_its_tangents(step, loop.closed_form)
    in_the_long_run(step, task, c)
    among_matrices(step, task)
    return {"untied": free, "looped": loop, "tangent": tangent}


def below_all_steps(step, trained, size, free):
    """L(η) − L₂* is a quadratic form in −2η − a₁ and η² − a₂; the best polynomial is 1 + a₁λ + a₂λ²."""
    _, first, second = free.coefficients
    p, q = size * -2 - first, size * size - second
    g, mixed, last = (free.gram.entry(i, j) for i, j in ((1, 1), (1, 2), (2, 2)))
    step(
        "No step of the loop has a loss below that of two free ones",
        Equation("L_2^{*}", free.closed_form),
    )
    step.conclude(
        LossAtLeast(free.closed_form, loss=trained),
        trace_square(p + q * mixed / g) * g,
        trace_square(q) * ((g * last - mixed * mixed) / g),
        claim=r"$L-L_2^{*}$ is a sum of two squares with positive factors",
    )


def above_its_tangents(step, loss):
    """L(b) − L(a) − (b − a)L'(a) = (b − a)² E tr S²[(2I − (a + b)S)² + 2(I − aS)²], by u⁴ and its tangent."""
    at, there = scalar_letter(b), read_form(a)
    number, slope = read_form(b), gradient(loss, at)
    tangent = loss.substitute({at: there}) + (number - there) * slope.substitute({at: there})
    X, x, w = (read_form(z) for z in (task.X, task.x, task.w))
    S = X.T @ X / read_form(n)
    known, both = S @ w, S @ S @ w
    roots = ((known * 2 - both * (number + there), 1), (known - both * there, 2))
    step(
        r"The loss lies above its tangents",
        r"u^{4}-v^{4}-4v^{3}(u-v)=(u-v)^{2}\left((u+v)^{2}+2v^{2}\right),\qquad u=1-b\lambda,\ v=1-a\lambda",
        where={r"\lambda": "is an eigenvalue of $S$", "u,v": "are numbers", "S": r"$=\frac1nX^{\top}X$"},
    )
    step.conclude(
        Inequality(tangent, loss),
        *(
            mean_of_square((x.T @ root).trace() * (number - there), task=task) * factor
            for root, factor in roots
        ),
        claim=r"$L_b-T_b$ is the mean of two squares",
    )
    return tangent
