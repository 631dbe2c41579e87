"""The Bayes risk, sampled, lies between the proven bounds.

Setting     x ~ N(0, H), β̃ ~ N(β*, Ψ), σ² > 0; by default H and Ψ are not diagonal, d = 3. Further points: H = I,
            Ψ = φI with little or much signal, few or many examples.
Measured    R_Bayes − σ² = E tr(H C(X)), C(X) the posterior covariance of β̃: only X is sampled, all else is
            integrated exactly. Its standard error is enlarged by the uncertainty that its kurtosis gives it. At the
            inputs the same is measured from sampled β̃ and y, as mean square error of the conditional mean by the
            textbook formula, which knows nothing of C(X). GD-β is trained there on statistics of fresh prompts, and
            the exact risk of its weights beside R*.
Why it      The lower bound with n − 1 in place of n lies above the Bayes risk where the signal is weak, and
could fail  (R* − σ²)/(1 + tr(HΨ)/σ²), without φ_max, where the examples are many: both must fail by six standard
            errors. Between these ends the bounds have room, so no sample tells all their constants apart: at the
            default inputs R* − σ² is 4.2 times R_Bayes − σ², and the bound is 6.3 times.
"""

from fractions import Fraction

import numpy as np

from symicl.numeric import evaluate, float_matrix
from symicl.numeric_checks.zhang2024.gd_beta import NEAREST_WRONG
from symicl.proofs.zhang2024.bayes import H, Psi, n, phi_max, sigma2, theorem
from symicl.studies import (
    INPUTS,
    Bound,
    Curve,
    Experiment,
    Family,
    Level,
    MonteCarloStudy,
    Panel,
    Schedule,
    Wrong,
)


def full(values):
    """The values with φ_max."""
    return values | {symbol: compute(values) for symbol, compute in theorem.auxiliary.items()}


def stated(name, values):
    """A stated quantity as a float."""
    return float(evaluate(theorem.states[name], full(values)))


def over_noise(name, values):
    """A stated risk minus σ², which is subtracted before anything is rounded."""
    return float(evaluate(theorem.states[name] - sigma2, full(values)))


def noise(values):
    """σ²."""
    return float(values[sigma2])


def root(matrix):
    """The symmetric square root of an exact matrix."""
    eigenvalues, vectors = np.linalg.eigh(float_matrix(matrix))
    return (vectors * np.sqrt(np.clip(eigenvalues, 0, None))) @ vectors.T


def posterior_trace(values, samples, draws):
    """tr(H C(X)), C(X) = σ²P(σ²I + PXᵀXP)⁻¹P with P = Ψ^½, for sampled X."""
    P, S, variance = root(values[Psi]), root(values[H]), noise(values)
    X = draws.standard_normal((samples, int(values[n]), len(P))) @ S @ P
    T = variance * np.eye(len(P)) + X.swapaxes(1, 2) @ X
    return variance * np.trace(np.linalg.solve(T, P @ S @ S @ P), axis1=1, axis2=2)


def squared_error(at, samples, draws):
    """(θ̂ − θ)ᵀH(θ̂ − θ) for sampled X, β̃ = β* + θ and y, with θ̂ the mean of θ = Pη given y.

    That is P times the least-squares solution η of XPη = r, ση = 0, by an orthogonal decomposition for each prompt.
    """
    values = at.values
    S, P, deviation = root(values[H]), root(values[Psi]), noise(values) ** 0.5
    size, d = int(values[n]), len(P)
    X = draws.standard_normal((samples, size, d)) @ S
    theta = P @ draws.standard_normal((samples, d, 1))
    r = X @ theta + deviation * draws.standard_normal((samples, size, 1))
    prior = np.broadcast_to(deviation * np.eye(d), (samples, d, d))
    Q, R = np.linalg.qr(np.concatenate([X @ P, prior], axis=1))
    eta = np.linalg.solve(R, Q[:, :size].swapaxes(1, 2) @ r)
    return ((S @ (P @ eta - theta)) ** 2).sum((1, 2))


def lower(values):
    """The proven lower bound of R_Bayes − σ²."""
    return over_noise("bayes_lower_bound", values)


def gd_beta(values):
    """R* − σ²."""
    return over_noise("risk", values)


def by_ratio(values):
    """(R* − σ²)/C, another lower bound."""
    return gd_beta(values) / stated("ratio_bound", values)


def with_one_fewer(values):
    """The lower bound with n − 1 in place of n."""
    return lower(values | {n: values[n] - 1})


def without_the_largest(values):
    """(R* − σ²) / (1 + tr(HΨ)/σ²)."""
    ratio = theorem.states["ratio_bound"].xreplace({phi_max: phi_max * 0})
    return gd_beta(values) / float(evaluate(ratio, values))


def band(d, diagonal, beside):
    """A symmetric matrix with constants on its diagonal and beside it."""
    return [[diagonal if i == j else beside if abs(i - j) == 1 else 0 for j in range(d)] for i in range(d)]


def numbers(d):
    """Covariances that are not diagonal."""
    return {
        "n": 20,
        "sigma2": 1,
        "H": band(d, Fraction(3, 2), Fraction(1, 2)),
        "Psi": band(d, 1, Fraction(-1, 3)),
        "beta_star": [1] * d,
    }


def isotropic(d, signal, noise):
    """H = I, Ψ = φI."""
    return {"d": d, "sigma2": noise, "H": band(d, 1, 0), "Psi": band(d, signal, 0)}


def refuse(values):
    """Without noise there is no ratio bound."""
    return "" if values[sigma2] > 0 else "sigma2=0 leaves no ratio to check; give a number > 0"


WEAK_SIGNAL, MANY_LENGTHS = "φ = 1/200, σ² = 1, d = 5", "φ = 1, σ² = 1, d = 5"
FAMILIES = (
    Family("φ = 1/20, σ² = 1, d = 5", isotropic(5, "1/20", 1), (20,)),
    Family(MANY_LENGTHS, isotropic(5, 1, 1), (1, 5, 20, 100, 500)),
    Family("φ = 1, σ² = 1/10, d = 5", isotropic(5, 1, "1/10"), (20,)),
    Family("φ = 1/20, σ² = 1, d = 20", isotropic(20, "1/20", 1), (40,)),
    Family(WEAK_SIGNAL, isotropic(5, "1/200", 1), (20,)),
)


def panels(found):
    """The excess Bayes risk between its bounds, and the ratio of the two excess risks below its own."""
    return (
        between_bounds([one for one in found if one.family == INPUTS]),
        ratios([one for one in found if one.family == MANY_LENGTHS]),
    )


def measured(found, scale=lambda one: 1.0):
    """Error bars of each seed."""
    return [
        Curve(
            f"Bayes, seed {seed}",
            [one.n for one in found if one.seed == seed],
            [one.estimate.mean * scale(one) for one in found if one.seed == seed],
            errors=[one.estimate.error * scale(one) for one in found if one.seed == seed],
            group=k,
        )
        for k, seed in enumerate(sorted({one.seed for one in found}))
    ]


def between_bounds(found):
    """The sampled excess against n with its bounds."""
    once = {one.n: one.values for one in found}
    lines = (("optimal GD-β, R* − σ²", gd_beta, 3), ("(R* − σ²)/C", by_ratio, 2))
    return Panel(
        "the inputs: excess of the Bayes risk over σ²",
        "examples n",
        "risk − σ²",
        (
            *measured(found),
            *(
                Curve(label, list(once), list(map(f, once.values())), group=group)
                for label, f, group in lines
            ),
            Curve("proven lower bound", list(once), list(map(lower, once.values())), theory=True),
        ),
        log_x=True,
        log_y=True,
        shows=tuple(one.evidence for one in found),
    )


def ratios(found):
    """R* − σ² over the sampled excess against n."""
    curves = [
        Curve(
            f"(R* − σ²)/(R_Bayes − σ²), seed {seed}",
            [one.n for one in found if one.seed == seed],
            [gd_beta(one.values) / one.estimate.mean for one in found if one.seed == seed],
            errors=[
                gd_beta(one.values) * one.estimate.error / one.estimate.mean**2
                for one in found
                if one.seed == seed
            ],
            group=k,
        )
        for k, seed in enumerate(sorted({one.seed for one in found}))
    ]
    bound = [Level("proven bound C", stated("ratio_bound", found[0].values))] if found else []
    wrong = (
        [Level("without φ_max", gd_beta(found[0].values) / without_the_largest(found[0].values))]
        if found
        else []
    )
    shows = tuple(one.evidence for one in found)
    return Panel(
        MANY_LENGTHS,
        "examples n",
        "ratio of the excess risks",
        tuple(curves),
        (*bound, *wrong),
        log_x=True,
        shows=shows,
    )


trained = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    defaults={},
    theorem=theorem,
    nearest_wrong=NEAREST_WRONG,
    schedule=Schedule(lr=0.05),
)

experiment = MonteCarloStudy(
    id=theorem.id,
    task=theorem.task,
    theorem=theorem,
    trained=trained,
    inputs_of=tuple(theorem.symbols),
    draw=posterior_trace,
    direct=squared_error,
    bounds=(
        Bound("the lower bound", lower, is_lower=True),
        Bound("the risk of GD-β", gd_beta, is_lower=False),
        Bound("the ratio bound", by_ratio, is_lower=True),
    ),
    wrong=(
        Wrong(Bound("the lower bound with n − 1 for n", with_one_fewer, is_lower=True), WEAK_SIGNAL),
        Wrong(Bound("the ratio bound without φ_max", without_the_largest, is_lower=True), MANY_LENGTHS),
    ),
    families=FAMILIES,
    numbers=numbers,
    refuse=refuse,
    sizes=(1, 2, 5, 10, 20, 50, 100, 200),
    panels=panels,
)
