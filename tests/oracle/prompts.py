"""In-context prompts in explicit coordinates, and models on them, written without the engine.

The loss of a prediction is the mean of a polynomial in independent standard normals; the best linear
combination of given features is found by solving their normal equations in exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.entries import Entry, Number, entry, mean_of_product
from symicl.certificates.coordinates.gaussian import Gaussians
from symicl.certificates.coordinates.matrices import Matrix


@dataclass
class Setting:
    """Numbers of a regression task, with factors of the covariances.

    Attributes
    ----------
    n, d : int
    covariate_factor, task_factor : d × d
        L with covariance L Lᵀ.
    mean : d × 1
    deviation : number
        σ.
    """

    n: int
    d: int
    covariate_factor: Matrix
    task_factor: Matrix
    mean: Matrix
    deviation: Number

    @property
    def covariate_cov(self) -> Matrix:
        return matrices.product(self.covariate_factor, matrices.transpose(self.covariate_factor))

    @property
    def task_cov(self) -> Matrix:
        return matrices.product(self.task_factor, matrices.transpose(self.task_factor))


@dataclass
class Entries:
    """A random prompt: covariates n × d, responses n × 1, query d × 1, and the response to the query."""

    covariates: Matrix
    responses: Matrix
    query: Matrix
    target: Entry


class _Normals:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, rows: int, cols: int) -> Matrix:
        made = [[Entry.variable(self.count + i * cols + j) for j in range(cols)] for i in range(rows)]
        self.count += rows * cols
        return made


def draw(setting: Setting, activation: Callable[[Entry], Entry] = lambda z: z) -> Entries:
    """y = φ(⟨w, x⟩) + σ ε with x ~ N(0, L Lᵀ), w ~ N(mean, P Pᵀ)."""
    normals = _Normals()
    n, d = setting.n, setting.d
    root = matrices.transpose(setting.covariate_factor)
    covariates = matrices.product(normals(n, d), root)
    query = matrices.transpose(matrices.product(normals(1, d), root))
    w = matrices.add(matrices.product(setting.task_factor, normals(d, 1)), setting.mean)
    clean = matrices.mapped(matrices.product(covariates, w), activation)
    responses = matrices.add(clean, matrices.scaled(normals(n, 1), setting.deviation))
    target = (
        activation(matrices.product(matrices.transpose(query), w)[0][0])
        + normals(1, 1)[0][0] * setting.deviation
    )
    return Entries(covariates, responses, query, target)


def gram(prompt: Entries, *, query: bool = False) -> Matrix:
    """Σ v vᵀ over the tokens (x; y), the query token (x; 0) included on request."""
    tokens = [[*x, *y] for x, y in zip(prompt.covariates, prompt.responses, strict=True)]
    if query:
        tokens.append([row[0] for row in prompt.query] + [Entry.constant(0)])
    return matrices.product(matrices.transpose(tokens), tokens)


def self_attention(weights: dict[str, Matrix], prompt: Entries, *, query: bool = False) -> Entry:
    """hᵀ W_V (Σ v vᵀ) W_Kᵀ W_Q (x; 0)."""
    last = [row[0] for row in prompt.query] + [Entry.constant(0)]
    left = matrices.product(matrices.transpose(weights["h"]), weights["W_V"])
    right = matrices.product(
        matrices.product(matrices.transpose(weights["W_K"]), weights["W_Q"]), [[x] for x in last]
    )
    value = entry(matrices.product(matrices.product(left, gram(prompt, query=query)), right)[0][0])
    if "b" in weights:
        value = value + matrices.product(matrices.transpose(weights["b"]), prompt.query)[0][0]
    return value


def loss(prediction: Entry, prompt: Entries, gaussians: Gaussians | None = None) -> Number:
    """E[(f − y)²] over independent normals, standard ones unless they are given."""
    residual = prediction - prompt.target
    return mean_of_product(residual, residual, gaussians.variances if gaussians else None)


def attention_features(prompt: Entries, *, query: bool = False, skip: bool = False) -> list[Entry]:
    """All functions x_j (Σ v vᵀ)_ab, and x_j on request: what self-attention predicts is a combination of them."""
    moments = gram(prompt, query=query)
    features = [
        row[0] * moments[a][b]
        for row in prompt.query
        for a, b in combinations_with_replacement(range(len(moments)), 2)
    ]
    return features + [row[0] for row in prompt.query] if skip else features


def least_squares(features: list[Entry], prompt: Entries) -> tuple[list[Fraction], Fraction]:
    """Coefficients and value of the best linear combination of the features, exactly."""
    normal = [[mean_of_product(f, g) for g in features] for f in features]
    right = [[mean_of_product(f, prompt.target)] for f in features]
    # Features may be dependent (at n < d + 1 or d = 1 they are): dependent ones are left out.
    kept = independent(normal)
    solved = matrices.product(
        matrices.inverse([[normal[i][j] for j in kept] for i in kept]), [right[i] for i in kept]
    )
    coefficients = [Fraction(0)] * len(features)
    for i, (value,) in zip(kept, solved, strict=True):
        coefficients[i] = value
    power = mean_of_product(prompt.target, prompt.target)
    return coefficients, Fraction(power) - sum(c * r for c, (r,) in zip(coefficients, right, strict=True))


def independent(normal: Matrix) -> list[int]:
    """Indices of a maximal independent set of rows of a Gram matrix."""
    rows: list[list[Fraction]] = []
    pivots: list[int] = []
    kept = []
    for i, row in enumerate(normal):
        rest = [Fraction(x) for x in row]
        for base, pivot in zip(rows, pivots, strict=True):
            if rest[pivot]:
                rest = [x - rest[pivot] * y for x, y in zip(rest, base, strict=True)]
        found = next((j for j, x in enumerate(rest) if x), None)
        if found is not None:
            rows.append([x / rest[found] for x in rest])
            pivots.append(found)
            kept.append(i)
    return kept


def transformer_block(
    weights: dict[str, Matrix], prompt: Entries, *, residual: bool = True, mask: bool = True
) -> Entry:
    """Last entry of the last column of W_2ᵀW_1 (Z + (1/n) W_Pᵀ W_V Z M Zᵀ W_Kᵀ W_Q Z), written out in full."""
    n = len(prompt.covariates)
    rows = [[*x, *y] for x, y in zip(prompt.covariates, prompt.responses, strict=True)]
    rows.append([row[0] for row in prompt.query] + [Entry.constant(0)])
    tokens = matrices.transpose(rows)
    masked = [[x if j < n or not mask else Entry.constant(0) for j, x in enumerate(row)] for row in tokens]
    t = matrices.transpose
    scores = _chain(t(tokens), t(weights["W_K"]), weights["W_Q"], tokens)
    attended = _chain(t(weights["W_P"]), weights["W_V"], masked, scores)
    hidden = matrices.scaled(attended, Fraction(1, n))
    if residual:
        hidden = matrices.add(tokens, hidden)
    return _chain(t(weights["W_2"]), weights["W_1"], hidden)[-1][-1]


def one_step(gamma: Matrix, prompt: Entries) -> Entry:
    """xᵀ Γ Xᵀ y."""
    return _chain(
        matrices.transpose(prompt.query), gamma, matrices.transpose(prompt.covariates), prompt.responses
    )[0][0]


def gd_beta(start: Matrix, gamma: Matrix, prompt: Entries) -> Entry:
    """xᵀ (β − (1/n) Γ Xᵀ(Xβ − y))."""
    errors = matrices.add(matrices.product(prompt.covariates, start), matrices.scaled(prompt.responses, -1))
    step = _chain(gamma, matrices.transpose(prompt.covariates), errors)
    end = matrices.add(start, matrices.scaled(step, Fraction(-1, len(prompt.covariates))))
    return _chain(matrices.transpose(prompt.query), end)[0][0]


def _chain(*factors: Matrix) -> Matrix:
    result = factors[0]
    for factor in factors[1:]:
        result = matrices.product(result, factor)
    return result
