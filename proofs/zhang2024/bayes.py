"""GD-β against the Bayes predictor: how far one step of gradient descent is from the best possible.

Setting     as in `gd_beta`. Φ = H^½ΨH^½ with eigenvalues φᵢ, τ = tr Φ + σ²; R* is the risk of the optimal GD-β, and
            R_Bayes that of the conditional mean of y, the least over all predictors.
Statement   σ² + tr[σ²HΨ(nHΨ + σ²I)⁻¹] ≤ R_Bayes ≤ R*, and for σ² > 0
            R* − σ² ≤ (1 + (φ_max + tr(HΨ))/σ²)(R_Bayes − σ²).
            The first bound is Σᵢ φᵢσ²/(nφᵢ + σ²) + σ², an inequality of Jensen. Divided by its terms, those of R*
            equal 1 without examples and grow with n to (φᵢ + τ)/σ².
Source      Zhang, Wu, Bartlett (2024), the comparison with the Bayes risk; the constants are derived here.
"""

from dataclasses import dataclass

from sympy import Identity, Integer, Inverse, Rational, Trace

from symicl.algebra import (
    COLS,
    ROWS,
    ClosedForm,
    LargestEigenvalue,
    closed_form,
    inverse_of,
    letter,
    letter_of,
    limit_at_infinity,
    product_of_letters,
    read_form,
    scalar,
    scalar_letter,
    symbol_letter,
    without_last,
)
from symicl.errors import DerivationError
from symicl.models import GDBeta
from symicl.numeric import largest_eigenvalue
from symicl.proofs.zhang2024.flow.bounds import SQUARES
from symicl.proofs.zhang2024.gd_beta import on_eigenvalue, phi, spectrum, t
from symicl.proofs.zhang2024.paper import PAPER
from symicl.proofs.zhang2024.setting import ASSUMPTIONS, WHERE, H, Psi, d, n, risk, sigma2, task
from symicl.statements import (
    GlobalMinimum,
    Inequality,
    Limit,
    SpecialCase,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    solve,
)
from symicl.tasks import is_positive_definite
from symicl.theory import (
    BayesRisk,
    MeanOfInverse,
    Nonnegative,
    gaussian,
    jensen,
    mean_of_square,
    nonnegative,
    over_eigenvalues,
    top_eigenvalue,
)
from symicl.typeset import Equation

model = GDBeta()
phi_max = scalar("varphi_max", nonnegative=True)
ratio_of_an_eigenvalue = (phi + t) * (n * phi + sigma2) / (sigma2 * ((n + 1) * phi + t))
ratio_with_many_examples = (phi + t) / sigma2

bayes, constant = scalar(r"\mathcal{R}_{\mathrm{Bayes}}"), scalar("C")
MANY_EXAMPLES = {n: Integer(1000), sigma2: Rational(1, 1000)}

theorem = Theorem(
    id="zhang2024.bayes",
    title=r"The optimal GD-$\beta$ predictor against the Bayes predictor",
    paper=PAPER,
    source="the comparison with the Bayes risk, here with explicit constants",
    assumptions=(*ASSUMPTIONS, r"$\sigma^{2}>0$"),
    task=task,
    model=model,
    states={
        "risk": risk,
        "bayes_lower_bound": sigma2 + sigma2 * Trace(H * Psi * Inverse(n * H * Psi + sigma2 * Identity(d))),
        "ratio_bound": 1 + (phi_max + Trace(H * Psi)) / sigma2,
    },
    propositions=(
        GlobalMinimum("risk"),
        Inequality("bayes_lower_bound", bayes, given=(sigma2,), near=MANY_EXAMPLES),
        Inequality("risk", sigma2 + constant * (bayes - sigma2), given=(sigma2,), near=MANY_EXAMPLES),
        Limit(ratio_of_an_eigenvalue, ratio_with_many_examples, (n,)),
    ),
    meaning={
        bayes: BayesRisk(n, sigma2, H, Psi),
        constant: 1 + (LargestEigenvalue(H, Psi) + Trace(H * Psi)) / sigma2,
    },
    corollaries={
        "bayes_bound_of_an_eigenvalue": phi * sigma2 / (n * phi + sigma2),
        "ratio_of_an_eigenvalue": ratio_of_an_eigenvalue,
        "ratio_with_many_examples": ratio_with_many_examples,
        "ratio_without_examples": Integer(1),
    },
    notation={
        "bayes_bound_of_an_eigenvalue": r"b(\varphi)",
        "ratio_of_an_eigenvalue": r"h(\varphi)/b(\varphi)",
        "ratio_with_many_examples": r"\lim_{n\to\infty}h(\varphi)/b(\varphi)",
        "ratio_without_examples": r"h(\varphi)/b(\varphi)\text{ at }n=0",
        "risk": r"\mathcal{R}^{*}",
        "bayes_lower_bound": r"\mathcal{R}_{J}",
        "ratio_bound": "C",
    },
    where=WHERE
    | {
        r"\mathcal{R}_{\mathrm{Bayes}}": "is the risk of the Bayes predictor, the mean of $y_{0}$ given the prompt",
        r"\mathcal{R}_{J}": r"$\le\mathcal{R}_{\mathrm{Bayes}}$ is the lower bound",
        "C": r"is the constant of $\mathcal{R}^{*}-\sigma^{2}\le C\,(\mathcal{R}_{\mathrm{Bayes}}-\sigma^{2})$",
        r"\varphi_i": r"are the eigenvalues of $H^{1/2}\Psi H^{1/2}$, $\varphi$ is any of them",
        r"\varphi_{\max}": "is the largest of them",
        r"\lambda_{\max}(H\Psi)": "is the same number, the largest eigenvalue of $H\\Psi$",
    },
    inputs={"n": n, "d": d, "sigma2": sigma2, "H": H, "Psi": Psi},
    auxiliary={phi_max: lambda values: largest_eigenvalue(values[H], values[Psi])},
    special_cases=(
        SpecialCase(
            applies=lambda values: values[sigma2] == 0 and values[H] * values[Psi] != values[H] * 0,
            note="sigma2 = 0: no ratio bound exists. As the noise vanishes the Bayes risk does too once n >= d, but "
            "that of GD-beta does not",
            replaces={"bayes_lower_bound": Integer(0), "ratio_bound": None},
        ),
        SpecialCase(
            applies=lambda values: values[sigma2] == 0 and values[H] * values[Psi] == values[H] * 0,
            note="H Psi = 0 and sigma2 = 0: every Gamma is optimal, and both risks are 0",
            replaces={"risk": Integer(0), "bayes_lower_bound": Integer(0), "ratio_bound": None},
        ),
        SpecialCase(
            applies=lambda values: not is_positive_definite(values[H]),
            note="H is singular: covariates stay in its range, where the statement holds",
            singular=("H",),
        ),
    ),
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    step.axiom(r"$H\succ0$ is invertible and has a symmetric square root, $\Psi\succeq0$ has one")

    loss = derive_loss(step, model, task)
    optimum = solve(step, loss)
    certify(step, optimum)
    value = minimal_value(step, optimum)
    h = spectrum(step, optimum)
    posterior = Posterior(optimum.equation.factor.rows)
    bayes_predictor(step, posterior)
    mean_of_the_inverse(step, posterior)
    lower_bound, b, below = in_closed_form(step, posterior)
    ratio, limit = compare_terms(step, h, b)
    return {
        "risk": value,
        "bayes_lower_bound": lower_bound,
        "ratio_bound": uniform_bound(step, limit, h, b, Bounds(value, lower_bound, below)),
        "bayes_bound_of_an_eigenvalue": b,
        "ratio_of_an_eigenvalue": ratio,
        "ratio_with_many_examples": limit,
        "ratio_without_examples": ratio.substitute({scalar_letter(n): closed_form(0)}),
    }


class Posterior:
    """The law of θ = β̃ − β* for a fixed context.

    Attributes
    ----------
    P : ClosedForm
        Ψ^½.
    T : ClosedForm
        σ²I + PXᵀXP; the posterior covariance is σ²PT⁻¹P.
    error : MeanOfInverse
        E tr(H σ²PT⁻¹P), the Bayes risk less σ².
    """

    def __init__(self, dim):
        self.P = ClosedForm.of(letter("symmetric square root of Psi", dim, dim, symmetric=True))
        self.X, self.noise = read_form(task.X), read_form(sigma2)
        self.T = ClosedForm.identity(dim) * self.noise + self.P @ self.X.T @ self.X @ self.P
        self.error = MeanOfInverse(self.T, self.P, read_form(H) * self.noise, self.noise, task)
        self.mean_of_T = self.error.mean

    def given_the_context(self, matrix):
        """The expectation over θ and the noise for a fixed X."""
        random = symbol_letter(task.X)
        fixed = ClosedForm.of(letter("fixed X", ROWS[random], COLS[random]))
        expected = task.expectation(matrix.substitute({random: fixed}))
        back = {min(fixed.letters()): self.X, symbol_letter(Psi): self.P @ self.P}
        return expected.substitute(back)


def bayes_predictor(step, posterior):
    """θ̂ = PT⁻¹PXᵀr solves the normal equation for fixed X; its error has the covariance σ²PT⁻¹P."""
    P, X, T = posterior.P, posterior.X, posterior.T
    r = read_form(task.r).substitute(task.definitions)
    theta = read_form(task.w - task.task_mean)
    step.axiom(
        "jointly Gaussian vectors that are uncorrelated are independent: a linear prediction whose error is "
        "uncorrelated with the responses, given the covariates, is the mean given the prompt, which has the least mean "
        "square error of all predictors"
    )
    step(
        r"The Bayes predictor is $\langle\beta^{*}+\hat\xi,x\rangle$",
        r"\hat\xi=PT^{-1}PX^{\top}r,\qquad T=\sigma^{2}I+PX^{\top}XP,\qquad P=\Psi^{1/2}",
        r"\mathcal{R}_{\mathrm{Bayes}}-\sigma^{2}=\mathbb{E}\operatorname{tr}\big(H\,\sigma^{2}PT^{-1}P\big)",
        where={
            r"\xi": r"$=w-\beta^{*}$, so that $r=X\xi+\varepsilon$ with the noise $\varepsilon\in\mathbb{R}^{n}$",
            r"\hat\xi": r"is its mean given $X$ and $r$",
        },
    )
    has_an_inverse(step, "T", posterior.error.invertible[0])
    prior, cross, power = (posterior.given_the_context(m) for m in (theta @ theta.T, theta @ r.T, r @ r.T))
    step.check(
        r"$\mathbb{E}[\xi r^{\top}|X]=P\,PX^{\top}$ and $T\,PX^{\top}=PX^{\top}\,\mathbb{E}[rr^{\top}|X]$, so "
        r"$\xi-\hat\xi$ is uncorrelated with $r$",
        T @ without_first(cross, P),
        P @ X.T @ power,
    )
    step.check(
        r"$\mathbb{E}[\xi\xi^{\top}|X]=P\,P$ and $TP-PX^{\top}\mathbb{E}[r\xi^{\top}|X]=\sigma^{2}P$, so the "
        r"covariance of $\xi-\hat\xi$ is $\sigma^{2}PT^{-1}P$",
        T @ without_first(prior, P) - P @ X.T @ cross.T,
        P * posterior.noise,
    )
    C = ClosedForm.of(letter("posterior covariance", P.rows, P.rows, symmetric=True))
    x = read_form(task.x)
    step.check(
        r"over the query $\mathbb{E}[x^{\top}Vx]=\operatorname{tr}(HV)$ for every covariance $V$",
        task.expectation((x.T @ C @ x).trace()),
        (read_form(H) @ C).trace(),
    )


def has_an_inverse(step, name, square):
    """uᵀMu ≥ σ²‖u‖², so that M is invertible where σ² > 0."""
    step.require(
        rf"$u^{{\top}}{name}u\ge\sigma^{{2}}\lVert u\rVert^{{2}}$ for every $u\in\mathbb{{R}}^{{d}}$, so for "
        rf"$\sigma^{{2}}>0$ ${name}$ is positive definite",
        square,
        rule=SQUARES,
    )


def without_first(matrix, P):
    """The matrix R with P R = matrix."""
    rest = without_last(matrix.T, P.cols).T
    if P @ rest != matrix:
        raise DerivationError("the matrix does not begin with the factor P")
    return rest


def with_prior(matrix, P):
    """The same matrix with Ψ for P P."""
    root, psi = letter_of(P), letter_of(read_form(Psi))

    def written(word):
        k = next((k for k in range(len(word) - 1) if word[k : k + 2] == (root, root)), None)
        return word if k is None else (*word[:k], psi, *written(word[k + 2 :]))

    return sum(
        (
            product_of_letters(matrix.rows, matrix.cols, written(word)) * matrix.coefficient(word)
            for word in dict.fromkeys(word for _, word in matrix.terms)
        ),
        ClosedForm.zero(matrix.rows, matrix.cols),
    )


def mean_of_the_inverse(step, posterior):
    """E T⁻¹ ⪰ (E T)⁻¹, from a square and the expectation of T."""
    error = posterior.error
    step(
        "Jensen's inequality for the inverse, as a square",
        r"T^{-1}-(2\bar T^{-1}-\bar T^{-1}T\bar T^{-1})=(T^{-1}-\bar T^{-1})\,T\,(T^{-1}-\bar T^{-1})\succeq0",
        r"\bar T=\mathbb{E}T=\sigma^{2}I+nPHP\quad\Rightarrow\quad\mathbb{E}T^{-1}\succeq\bar T^{-1}",
    )
    has_an_inverse(step, r"\bar T", error.invertible[1])
    step.check(r"the identity, for invertible symmetric $T$ and $\bar T$", *error.identity)
    step.check(
        r"$\mathbb{E}[2\bar T^{-1}-\bar T^{-1}T\bar T^{-1}]=\bar T^{-1}$, after "
        r"multiplication with $\bar T$ on both sides",
        *error.averaged,
    )
    step.require(
        r"$\sigma^{2}\operatorname{tr}(HP\Delta T\Delta P)\ge0$ for every symmetric $\Delta$, "
        r"here $T^{-1}-\bar T^{-1}$",
        error.weighted,
        rule=SQUARES,
    )
    step.axiom("an expectation of something that is never negative is not negative")


def in_closed_form(step, posterior):
    """σ² + σ² tr(HPS⁻¹P) in terms of HΨ, and what an eigenvalue φ contributes to it."""
    P, mean, dim = posterior.P, posterior.mean_of_T, posterior.P.rows
    factor = with_prior(without_first(mean @ P, P), P)  # T̄ P = P · factor, P T̄⁻¹ P = Ψ · factor⁻¹
    value = (read_form(H) @ read_form(Psi) @ inverse_of(factor)).trace() * posterior.noise + posterior.noise
    step(
        "Hence a lower bound for the Bayes risk",
        r"\mathcal{R}_{\mathrm{Bayes}}-\sigma^{2}=\sigma^{2}\,\mathbb{E}\operatorname{tr}(HPT^{-1}P)"
        r"\ge\sigma^{2}\operatorname{tr}(HP\bar T^{-1}P)",
        Equation(r"\mathcal{R}_{J}", value),
    )
    stated = read_form(H * Psi) * read_form(n) + ClosedForm.identity(dim) * posterior.noise
    step.check(
        r"$P\,(nH\Psi+\sigma^{2}I)=\bar T\,P$, so $P\bar T^{-1}P=\Psi(nH\Psi+\sigma^{2}I)^{-1}$",
        P @ stated.substitute({symbol_letter(Psi): P @ P}),
        mean @ P,
    )
    step.check(r"read off from $\bar T\,P$, this factor is $nH\Psi+\sigma^{2}I$", factor, stated)
    X, given = posterior.X, read_form(Psi)
    step.check(
        r"$P\,(\sigma^{2}I+X^{\top}X\Psi)=T\,P$, so $PT^{-1}P=\Psi(\sigma^{2}I+X^{\top}X\Psi)^{-1}$",
        P @ (ClosedForm.identity(dim) * posterior.noise + X.T @ X @ P @ P),
        posterior.T @ P,
    )
    above = BAYES - posterior.noise
    below = jensen(posterior.error, above.expr, factor, given, {symbol_letter(Psi): P @ P})
    step.conclude(
        Inequality(value, BAYES, given=(sigma2,)),
        below,
        claim=r"hence $\mathcal{R}_{\mathrm{Bayes}}\ge\mathcal{R}_{J}$",
    )
    B = ClosedForm.of(letter("P H P", dim, dim, symmetric=True))
    of_B = B * read_form(n) + ClosedForm.identity(dim) * posterior.noise
    step.check(
        r"$\bar T$ is a function of $PHP$ alone",
        of_B.substitute({min(B.letters()): P @ read_form(H) @ P}),
        mean,
    )
    step.axiom(
        r"$PHP$ and $\Phi=H^{1/2}\Psi H^{1/2}$ have the same eigenvalues, as $AA^{\top}$ "
        r"and $A^{\top}A$ do for every $A$"
    )
    b = on_eigenvalue(B * posterior.noise, B) / on_eigenvalue(of_B, B)
    step.show(
        r"Each eigenvalue $\varphi$ contributes",
        Equation(r"b(\varphi)", b),
        r"\sigma^{2}\operatorname{tr}(PHP\,\bar T^{-1})=\sum_ib(\varphi_i)",
    )
    one = ClosedForm.identity(dim)
    step.check(
        r"where $PHP=\varphi I$, $\sigma^{2}PHP=b(\varphi)\bar T$",
        (B * posterior.noise).substitute({letter_of(B): one * read_form(phi)}),
        of_B.substitute({letter_of(B): one * read_form(phi)}) * b,
    )
    return value, b, below


BAYES = read_form(BayesRisk(n, sigma2, H, Psi))


@dataclass(frozen=True)
class Bounds:
    """The parts of the ratio.

    Attributes
    ----------
    optimal, low : ClosedForm
        R* and the lower bound of the Bayes risk.
    below : Nonnegative
        The Bayes risk less its lower bound.
    """

    optimal: ClosedForm
    low: ClosedForm
    below: Nonnegative


rho, rho_max = scalar("rho", nonnegative=True), scalar("rho_max", nonnegative=True)
SPREAD = {scalar_letter(t): read_form(phi + rho + sigma2)}
"""tr Φ = φ + ρ for an eigenvalue φ of Φ ⪰ 0: the others are ρ ≥ 0 in all."""


def at_least_zero(ratio, replacements=SPREAD):
    """That a rational function is ≥ 0 where the replacements hold, read off its coefficients."""
    moved = ratio.substitute(replacements)
    return nonnegative(moved)


def compare_terms(step, h, b):
    """h/b equals 1 at n = 0 and grows with n to its limit."""
    ratio = h / b
    limit = limit_at_infinity(ratio, n)
    count = scalar_letter(n)
    step(
        "The ratio of the terms grows with the number of examples",
        Equation(r"h(\varphi)/b(\varphi)", ratio),
        Equation(r"\lim_{n\to\infty}h(\varphi)/b(\varphi)", limit),
        r"\mathcal{R}^{*}-\sigma^{2}=\sum_ih(\varphi_i),\qquad"
        r"\mathcal{R}_{\mathrm{Bayes}}-\sigma^{2}\ge\sum_ib(\varphi_i)",
        where={r"\rho": r"$=\tau-\varphi-\sigma^{2}\ge0$ is the sum of the other eigenvalues"},
    )
    rule = "no negative coefficient after the substitution"
    step.check("without examples the two agree", ratio.substitute({count: closed_form(0)}), closed_form(1))
    more = ratio.substitute({count: read_form(n + 1)})
    step.require("one more example does not lower the ratio", at_least_zero(more - ratio), rule=rule)
    step.require("the ratio is at most its limit", at_least_zero(limit - ratio), rule=rule)
    return ratio, limit


def uniform_bound(step, limit, h, b, bounds):
    """One constant for all eigenvalues."""
    largest = limit.substitute({scalar_letter(phi): read_form(phi_max)})
    bound = largest.substitute({scalar_letter(t): read_form(Trace(H * Psi) + sigma2)})
    above = SPREAD | {scalar_letter(phi_max): read_form(phi + rho_max)}
    step(
        "One constant for all eigenvalues: the limit at the largest one",
        Equation("C", bound),
        r"\mathcal{R}^{*}-\sigma^{2}=\sum_ih(\varphi_i)\le C\sum_ib(\varphi_i)"
        r"\le C\,(\mathcal{R}_{\mathrm{Bayes}}-\sigma^{2})",
        where={r"\rho_{\max}": r"$=\varphi_{\max}-\varphi\ge0$"},
    )
    step.require(
        r"$C\ge0$, so that a smaller sum $\sum_ib(\varphi_i)$ makes the right side smaller",
        at_least_zero(largest, above),
        rule="no negative coefficient after the substitution",
    )
    step.require(
        r"$h(\varphi)\le C\,b(\varphi)$ for every eigenvalue, $\varphi=0$ included",
        at_least_zero(largest * b - h, above),
        rule="no negative coefficient after the substitution",
    )
    in_all(step, bound, bounds)
    return bound


def in_all(step, bound, bounds):
    """R* − σ² ≤ C (R_Bayes − σ²), times σ²: what Jensen's inequality leaves, and a sum over the eigenvalues."""
    noise, top = read_form(sigma2), read_form(LargestEigenvalue(H, Psi))
    C = bound.substitute({scalar_letter(phi_max): top})
    x, theta = (gaussian(ROWS[symbol_letter(S)], symbol_letter(S), str(S)) for S in (H, Psi))
    power = mean_of_square(
        (ClosedForm.of(x.letter).T @ ClosedForm.of(theta.letter)).trace(), x, theta, task=task
    )
    step.conclude(
        Inequality(bounds.optimal * noise, (noise + C * (BAYES - noise)) * noise, given=(sigma2,)),
        bounds.below * noise,
        bounds.below * top_eigenvalue(H, Psi, task=task),
        bounds.below * power,
        over_eigenvalues((C * (bounds.low - noise) - (bounds.optimal - noise)) * noise, H, Psi, task=task),
        claim=r"$\sigma^{2}(\mathcal{R}^{*}-\sigma^{2})\le\sigma^{2}C\,(\mathcal{R}_{\mathrm{Bayes}}-\sigma^{2})$",
    )
