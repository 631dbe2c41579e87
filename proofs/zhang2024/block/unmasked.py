"""Without the mask no linear transformer block attains R* unless β* = 0 or Ψ = 0, whatever d, n, H and σ² are.

The risk less R* is a mean square of a polynomial. It vanishes only if all homogeneous parts of the polynomial do, and
these force the weights into a contradiction: the query would have to attend to itself without a trace.
"""

from dataclasses import dataclass

from symicl.algebra import ONE, ClosedForm, homogeneous, letter, letter_of, read_form
from symicl.errors import DerivationError
from symicl.models import GDBeta, LinearTransformerBlock
from symicl.proofs.zhang2024.setting import H, Psi, beta_star, d, n, sigma2, task, tau
from symicl.statements import Recorder
from symicl.theory import (
    Optimum,
    excess_identity,
    expected_loss,
    gaussian,
    mean_of_square,
    multiple,
    relaxation,
    trace_square,
    zeros,
)
from symicl.typeset import Equation, formula_text

Hm, Psim, N, per_token = read_form(H), read_form(Psi), read_form(n), read_form(1 / n)
X, x, r, beta = (read_form(symbol) for symbol in (task.X, task.x, task.r, beta_star))


def inner(u, v):
    """⟨u, v⟩ = uᵀHv."""
    return (u.T @ Hm @ v).trace()


@dataclass(frozen=True)
class Difference:
    """ŷ_θ − ŷ* of an unmasked block in residual coordinates, as a sum of homogeneous polynomials in X, r and x.

    Attributes
    ----------
    b, a, c, B, g : ClosedForm
        Letters of v = (b; ·), u = (a − cβ*; c), M = (B − β*gᵀ, ·; gᵀ, ·).
    K : ClosedForm
        The coefficient of the optimum, a letter.
    parts : dict
        From a name to a polynomial.
    """

    b: ClosedForm
    a: ClosedForm
    c: ClosedForm
    B: ClosedForm
    g: ClosedForm
    K: ClosedForm
    parts: dict[str, ClosedForm]

    @property
    def start(self) -> ClosedForm:
        """p: how the query is weighted by itself."""
        return self.a - beta * self.c

    @property
    def form(self) -> ClosedForm:
        """2S: twice the symmetric part of how it is read."""
        read = self.B - beta @ self.g.T
        return read + read.T


def without_mask(step: Recorder, masked: Optimum, weights) -> None:
    """Every unmasked block has a risk above R*, but where β* = 0 or Ψ = 0.

    Parameters
    ----------
    step, masked
        The recorder, and the optimum with the mask.
    weights : callable
        From β and Γ to weights with which the masked block computes GD-β.
    """
    loss = expected_loss(LinearTransformerBlock(mask=False), task)
    relaxed = relaxation(loss)
    is_a_bound(step, relaxed, masked)
    difference = by_degree(step, loss, relaxed)
    mean_squares(step, difference)
    the_query_alone(step, difference)
    contradiction(step, difference, masked)
    infimum_is_attained(step, difference)
    where_it_is_attained(step, weights)


def is_a_bound(step, relaxed, masked):
    """R* bounds the risk of all unmasked blocks; the rest is a mean square."""
    step(
        r"Without the mask, that is with the query token $z$ among the columns of $Z$, no block has a smaller "
        r"risk than $\mathcal{R}^{*}$",
        r"\mathcal{R}_{\mathrm{unmasked}}(\theta)-\mathcal{R}^{*}=\mathbb{E}[(\hat{y}_{\mathrm{unmasked}}"
        r"-\hat{y}_{\beta^{*},\Gamma^{*}})^{2}]",
        where={
            r"\mathcal{R}_{\mathrm{unmasked}}": "is the risk of the block without the mask",
            r"\hat{y}_{\mathrm{unmasked}}": "is its prediction",
        },
        name="unmasked",
    )
    step.check(
        "the relaxation over free features has the same value as with the mask",
        relaxed.closed_form,
        masked.closed_form,
        rule="the normal equations of the unmasked model",
    )
    step.check("and the same optimal predictor", relaxed.problem.predictor(), masked.problem.predictor())
    step.check(
        r"$\mathcal{R}_{\mathrm{unmasked}}(\theta)-\mathcal{R}^{*}$ less that mean square vanishes for all weights",
        excess_identity(relaxed),
        rule="the normal equation at its solution",
    )


def by_degree(step, loss, relaxed) -> Difference:
    """The five homogeneous parts of the difference."""
    ((b,), *_), ((a,), (c,)) = loss.parameters["v"].grid, loss.parameters["u"].grid
    B, g = loss.parameters["M"].grid[0][0], loss.parameters["M"].grid[1][0].T
    c, K = c.trace(), ClosedForm.of(relaxed.problem.unknown)
    to_residuals = {letter_of(a): a - beta * c, letter_of(B): B - beta @ g.T}
    along, coefficient = a - beta * c, (B.T * c + g @ a.T) * per_token - K
    parts = {
        "constant": ((b - beta).T @ x).trace(),
        "covariates": (a.T @ X.T @ X @ B @ x).trace() * per_token,
        "mixed": (x.T @ coefficient @ X.T @ r).trace(),
        "responses": c * (r.T @ r).trace() * (g.T @ x).trace() * per_token,
        "query": (along.T @ x).trace() * (x.T @ (B - beta @ g.T) @ x).trace() * per_token,
    }
    step(
        "In residual coordinates the difference of the predictions has five parts",
        r"(b-\beta^{*})^{\top}x+\tfrac1n a^{\top}X^{\top}XBx+x^{\top}(\tfrac1n(cB^{\top}+ga^{\top})-K)X^{\top}r"
        r"+\tfrac1n c\,r^{\top}r\,g^{\top}x+\tfrac1n p^{\top}x\,x^{\top}Sx",
        where={
            "p": r"$=a-c\beta^{*}$",
            "S": r"$=\frac12(B-\beta^{*}g^{\top}+(B-\beta^{*}g^{\top})^{\top})$",
        },
        note=r"From now on $u=(p;c)$ and $M=(B-\beta^{*}g^{\top},\cdot;g^{\top},\cdot)$, a bijection of the "
        r"parameters. With $r=X(w-\beta^{*})+\varepsilon$ the parts are polynomials of different degrees in $X$, $x$ "
        r"and $(w-\beta^{*},\varepsilon)$.",
        name="five parts",
    )
    predicted = task.centred(loss.prediction).substitute(to_residuals)
    step.check(
        r"$\hat{y}_{\mathrm{unmasked}}-\hat{y}_{\beta,\Gamma}$ at $\beta=\beta^{*}$, $\Gamma=nK$ is their sum, for all "
        r"parameters and every $K$",
        predicted - relaxed.problem.predictor(),
        sum(parts.values(), ClosedForm.zero(ONE, ONE)),
    )
    step.axiom(
        "a polynomial of independent Gaussians that vanishes almost surely is zero, and so are its homogeneous parts"
    )
    return Difference(b, a, c, B, g, K, parts)


def mean_squares(step, found: Difference):
    """When four of the parts vanish."""
    a, c, B, g, K, parts = found.a, found.c, found.B, found.g, found.K, found.parts
    coefficient = (B.T * c + g @ a.T) * per_token - K
    residual = read_form(task.X.T * task.r).substitute(task.definitions)
    M = task.expectation(residual @ residual.T)
    along = B.T @ Hm @ a
    step(
        r"The first four vanish only if $b=\beta^{*}$, if $a=0$ or $B=0$, if $cB^{\top}+ga^{\top}=nK$, and if $cg=0$",
        Equation(r"\mathbb{E}[X^{\top}rr^{\top}X]", M),
        where={"C": r"$=\frac1n(cB^{\top}+ga^{\top})-K$"},
        name="four parts",
    )

    def mean_square(name):
        return task.expectation(parts[name] * parts[name])

    squares = means_of_squares(found.b - beta, a, B, coefficient, g * c)
    first, second, third, fourth = squares
    step.check(
        r"the mean square of the first is $\lVert b-\beta^{*}\rVert_H^{2}$",
        mean_square("constant"),
        first.form,
    )
    step.check(
        r"that of the second is $\tfrac{n+1}{n}\lVert B^{\top}Ha\rVert_H^{2}+\tfrac1n\lVert a\rVert_H^{2}"
        r"\operatorname{tr}(HB^{\top}HB)$",
        mean_square("covariates"),
        inner(along, along) * (1 + per_token) + second[0].form * second[1].form * per_token,
    )
    step.check(
        r"that of the third, $\operatorname{tr}(HC\,\mathbb{E}[X^{\top}rr^{\top}X]\,C^{\top})$, is "
        r"$n(n+1)\operatorname{tr}(HCH\Psi HC^{\top})+n\tau\operatorname{tr}(HCHC^{\top})$",
        mean_square("mixed"),
        sum((term.form for term in third), ClosedForm.zero(ONE, ONE)),
    )
    step.check(
        r"that of the fourth is $\tfrac{n+2}{n}c^{2}\lVert g\rVert_H^{2}(\tau^{2}+2\operatorname{tr}(H\Psi H\Psi))$",
        mean_square("responses"),
        sum((term.form for term in fourth), ClosedForm.zero(ONE, ONE)),
    )
    for what, terms, zero in (
        ("first", [first], found.b - beta),
        ("factor of the second", [second[0]], a),
        ("other factor of the second", [second[1]], B),
        ("third", third, coefficient),
        ("fourth", fourth, g * c),
    ):
        vanishes_only_where(what, terms, zero)
    step.axiom(
        r"a square $\operatorname{tr}(HMHM^{\top})$ or $\lVert v\rVert_H^{2}$ vanishes for $H\succ0$ only where $M$ or "
        r"$v$ does; $\Psi\succeq0$ and $\tau>0$"
    )


def means_of_squares(start, a, B, coefficient, scaled):
    """The four mean squares in terms that are not negative."""
    u, theta, other = (
        gaussian(Hm.rows, letter_of(S), role)
        for S, role in ((Hm, "u"), (Psim, "theta"), (Psim, "other theta"))
    )
    row, column, second = (ClosedForm.of(law.letter) for law in (u, theta, other))
    power = mean_of_square((row.T @ column).trace(), u, theta, task=task)
    square, size = trace_square(coefficient, Hm, Hm), trace_square(scaled.T, right=Hm)
    noise, factor = read_form(sigma2), per_token * (N + 2)
    mixed = (row.T @ scaled).trace() * (column.T @ Hm @ second).trace()
    return (
        trace_square(start.T, right=Hm),
        (trace_square(a.T, right=Hm), trace_square(B, Hm, Hm)),
        [
            mean_of_square((row.T @ coefficient @ Hm @ column).trace(), u, theta, task=task) * (N * (N + 1)),
            square * power * N,
            square * noise * N,
        ],
        [
            size * power * power * factor,
            size * power * noise * factor * 2,
            size * noise * noise * factor,
            mean_of_square(mixed, u, theta, other, task=task) * factor * 2,
        ],
    )


def vanishes_only_where(what, terms, zero):
    """Refuse if a sum of terms that are not negative may vanish without what is squared in it.

    Raises
    ------
    DerivationError
    """
    level = read_form(tau)
    if all(multiple(zero, found.form) is None for found in zeros(terms, [level, level**2])):
        raise DerivationError(f"the {what} may vanish although {formula_text(zero)} does not")


def the_query_alone(step, found: Difference):
    """The part in the query alone vanishes only if p = 0 or S = 0."""
    p, S = found.start, ClosedForm.of(letter("symmetric form", Hm.rows, Hm.rows, symmetric=True))
    v = ClosedForm.of(letter("linear form", Hm.rows, ONE))
    norm, moved = inner(v, v), S @ Hm @ v
    rest = moved * norm - v * inner(v, moved)
    power, trace = (Hm @ S @ Hm @ S).trace(), (Hm @ S).trace()
    cubic = (v.T @ x).trace() * (x.T @ S @ x).trace()
    step(
        r"The fifth vanishes only if $p=0$ or $S=0$",
        r"\mathbb{E}[(v^{\top}x\,x^{\top}Sx)^{2}]\ge2\lVert v\rVert_H^{2}\operatorname{tr}(HSHS)\quad\text{for all "
        r"vectors }v\text{ and symmetric }S",
        where={"v": "is any vector in place of $p$"},
        name="fifth part",
    )
    step.check(
        r"$\lVert v\rVert_H^{4}\,\mathbb{E}[(v^{\top}x\,x^{\top}Sx)^{2}]=\lVert v\rVert_H^{2}(\lVert v\rVert_H^{2}"
        r"\operatorname{tr}(HS)+2\langle v,SHv\rangle_H)^{2}+4\lVert\,\lVert v\rVert_H^{2}SHv"
        r"-\langle v,SHv\rangle_Hv\rVert_H^{2}+4\lVert v\rVert_H^{4}\lVert SHv\rVert_H^{2}"
        r"+2\lVert v\rVert_H^{6}\operatorname{tr}(HSHS)$",
        task.expectation(cubic * cubic) * norm**2,
        norm * (norm * trace + inner(v, moved) * 2) ** 2
        + inner(rest, rest) * 4
        + norm**2 * inner(moved, moved) * 4
        + norm**3 * power * 2,
    )
    for what, square, zero in (
        ("norm", trace_square(v.T, right=Hm), v),
        ("trace", trace_square(S, Hm, Hm), S),
    ):
        vanishes_only_where(what, [square], zero)
    step.check(
        r"the fifth part is $\tfrac1n p^{\top}x\,x^{\top}Sx$",
        found.parts["query"],
        (p.T @ x).trace() * (x.T @ found.form @ x).trace() * per_token / 2,
    )


def contradiction(step, found: Difference, masked: Optimum):
    """If all vanish, c ≠ 0 and c = 0 both contradict β* ≠ 0 and Ψ ≠ 0."""
    g, B, K = found.g, found.B, found.K
    nothing = ClosedForm.zero(beta.rows, ONE)
    step(
        r"If $\beta^{*}\neq0$ and $\Psi\neq0$, no block lets all five vanish at $K=K^{*}$: every block "
        r"without the mask has a risk above $\mathcal{R}^{*}$",
        r"c\neq0:\quad g=0,\quad cB^{\top}=\Gamma^{*}\neq0,\quad a=0,\quad "
        r"p=-c\beta^{*}\neq0,\quad S=\tfrac1c\Gamma^{*}\neq0",
        r"c=0:\quad ga^{\top}=\Gamma^{*}\neq0,\quad p=a\neq0,\quad g\neq0,\quad B=0,\quad "
        r"S=-\tfrac12(\beta^{*}g^{\top}+g\beta^{*\top})\neq0",
        note=r"By {step:four parts}, and in both cases against {step:fifth part}.",
        name="contradiction",
    )
    solution = masked.solution
    step.check(
        r"$\Gamma^{*}=nK^{*}$ solves $\Gamma^{*}[(n+1)H\Psi+\tau I]=n\Psi$, so it vanishes only with $\Psi$",
        solution @ masked.equation.factor,
        masked.equation.right_side,
    )
    step.check(
        r"$\Gamma^{*}$ is symmetric, so $S=B$ where $cB^{\top}=\Gamma^{*}$ and $g=0$", solution, solution.T
    )
    step.check(
        r"$c\neq0$: with $g=0$, $a=0$ and $cB^{\top}=nK$ the fifth part is $-\beta^{*\top}x\,x^{\top}Kx$",
        found.parts["query"].substitute(
            {letter_of(found.a): nothing, letter_of(g): nothing, letter_of(B): K.T * read_form(n) / found.c}
        ),
        -((beta.T @ x).trace() * (x.T @ K @ x).trace()),
    )
    none = {letter_of(found.c): ClosedForm.zero(ONE, ONE)}
    step.check(r"$c=0$: $p=a$", found.start.substitute(none), found.a)
    step.check(
        r"$c=0$: the third part vanishes where $ga^{\top}=nK$",
        ((B.T * found.c + g @ found.a.T) * per_token - K).substitute(none) * N,
        g @ found.a.T - K * N,
    )
    dyads = beta @ g.T + g @ beta.T
    step.check(
        r"$B=0$: $2S=-(\beta^{*}g^{\top}+g\beta^{*\top})$",
        found.form.substitute({letter_of(B): ClosedForm.zero(B.rows, B.cols)}),
        -dyads,
    )
    step.check(
        r"$c=0$: $\operatorname{tr}(HSHS)=\tfrac12\lVert\beta^{*}\rVert_H^{2}\lVert g\rVert_H^{2}"
        r"+\tfrac12\langle\beta^{*},g\rangle_H^{2}$ at $B=0$",
        (Hm @ dyads @ Hm @ dyads).trace() / 4,
        (inner(beta, beta) * inner(g, g) + inner(beta, g) ** 2) / 2,
    )


def infimum_is_attained(step, found: Difference):
    """No product of u and M but zero has the prediction zero."""
    step(
        r"Their infimum is attained, so it is above $\mathcal{R}^{*}$ too",
        r"c\neq0:\quad g=0,\quad cB^{\top}=0;\qquad c=0,\;a\neq0:\quad ga^{\top}=0,\quad"
        r"\lVert a\rVert_H^{2}\operatorname{tr}(HB^{\top}HB)=0",
    )
    prediction = sum(
        (part for name, part in found.parts.items() if name != "constant"), ClosedForm.zero(ONE, ONE)
    ).substitute({letter_of(found.K): ClosedForm.zero(Hm.rows, Hm.cols)})
    reading, attending = (letter_of(found.B), letter_of(found.g)), (letter_of(found.a), letter_of(found.c))
    step.check(
        r"with $0$ in the place of $K$ all parts but the first are linear in $(B,g)$",
        homogeneous(prediction, reading, 1),
        prediction,
    )
    step.check(r"and linear in $(a,c)$", homogeneous(prediction, attending, 1), prediction)
    step.axiom(
        "a continuous function on a compact set has a minimum: a linear map that is zero at no product of unit vectors "
        "is bounded below on them, and limits of such products are such products"
    )


def where_it_is_attained(step, weights):
    """β* = 0 or Γ* = 0: the weights of the masked block do it."""
    parameters, prompt = GDBeta().symbolic_parameters(d), task.prompt()
    at = weights(parameters["beta"].single(), parameters["Gamma"].single())
    unmasked, masked = (
        LinearTransformerBlock(mask=mask).forward(at, prompt).single().trace() for mask in (False, True)
    )
    extra = unmasked - masked
    step(
        r"Where $\beta^{*}=0$ or $\Psi=0$ the weights of {step:explicit} attain $\mathcal{R}^{*}$ without the mask "
        r"as well",
        Equation(r"\hat{y}_{\mathrm{unmasked}}-\hat{y}_{\beta,\Gamma}", extra),
    )
    for name, parameter in (("beta", r"\beta=0"), ("Gamma", r"\Gamma=0")):
        block = parameters[name].single()
        step.check(
            f"at ${parameter}$ they compute the same with and without the mask",
            extra.substitute({letter_of(block): ClosedForm.zero(block.rows, block.cols)}),
        )
