"""The architectures: one function each, from the setting to the least excess risk that it can have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy
from sympy import Identity

from symicl.algebra import dims, gaussian, scalar, vector
from symicl.models import LinearSelfAttention, OneStepGD
from symicl.tasks import LinearRegression
from symicl.theory.architectures.least_squares import bayes_risk
from symicl.theory.architectures.risk import Risk
from symicl.theory.architectures.setting import COVARIANCE, SCALE, SECOND_MOMENT, D, Setting
from symicl.theory.heads.head_count import head_count
from symicl.theory.layers.depth import depth
from symicl.theory.loss import expected_loss
from symicl.theory.minimisation import minimise
from symicl.theory.recursions.recursion import recursion

MAX_LAYERS = 4
MAX_PROVEN = 100
"""Tokens up to which the best step of the delta rule has proven digits, with one eigenvalue of H."""
N, NOISE = dims("n"), scalar("sigma2", nonnegative=True)
DECAY = "attention with decay 2^(-1/n) per token"
DELTA_RULE = "delta rule, one step size"
GATED_DELTA_RULE = "delta rule, a step size per token"


def no_examples(setting: Setting) -> Iterator[Risk]:
    """The prediction by the prior's mean."""
    yield Risk("no examples: the mean of the prior", sympy.Rational(sum(setting.eigenvalues)), "exact")


def attention(setting: Setting) -> Iterator[Risk]:
    """One layer of linear attention, over all weights, by the number of heads that the prior's mean asks for."""
    best = _one_step(setting)
    if not setting.norm2:
        yield Risk("linear attention, one layer", best, "exact")
        return
    mean = vector("mu", D)
    count = head_count(LinearRegression(task_mean=mean, task_cov=SCALE * Identity(D)))
    at = count.at(psi=1, norm2=sympy.Rational(setting.norm2), **setting.numbers)
    needed = int(at.needed)
    for heads in sorted({1, 2, needed}):
        if heads <= needed:
            gap, enough = at.gaps[heads], ": more are no better" if heads == needed else ""
            yield Risk(f"linear attention, {_count(heads, 'head')}{enough}", *_with_kind(best + gap))


def gd_beta(setting: Setting) -> Iterator[Risk]:
    """GD-β and the linear transformer block."""
    remark = "the same as attention: the prior has mean zero" if not setting.norm2 else "starts at μ"
    yield Risk("GD-β, linear transformer block", _one_step(setting), "exact", remark)


def low_rank(setting: Setting) -> Iterator[Risk]:
    """Attention whose matrix of keys and queries has a bounded rank: heads of rank one."""
    loss = expected_loss(OneStepGD(), LinearRegression(covariate_cov=COVARIANCE, task_cov=SECOND_MOMENT))
    numbers = setting.sizes | {"H": setting.covariance.tolist(), "Psi": setting.second_moment}
    for rank in sorted({1, setting.d // 2} - {0, setting.d}):
        value = minimise(loss, rank={"Gamma": rank}).at(**numbers).value
        name = f"one step of rank {rank} ({_count(rank, 'head')} of key dimension 1)"
        yield Risk(name, *_with_kind(value - sympy.Rational(setting.sigma2)))


def layers(setting: Setting) -> Iterator[Risk]:
    """Layers with a step of their own."""
    for count in range(2, MAX_LAYERS + 1):
        at = depth(setting.from_zero, count).at(**setting.numbers_from_zero)
        name = f"{count} layers, a step each"
        if at.excess is not None:
            yield Risk(name, *_with_kind(at.excess))
        else:
            yield Risk(name, *_with_kind(at.lower_bound), "a lower bound, which real steps do not attain")


def looped(setting: Setting) -> Iterator[Risk]:
    """One layer, applied several times."""
    for count in range(2, MAX_LAYERS + 1):
        at = depth(setting.from_zero, count, tied=True).at(**setting.numbers_from_zero)
        yield Risk(f"one layer looped {count} times", *_with_kind(at.excess))


def decay(setting: Setting) -> Iterator[Risk]:
    """Attention that forgets, S ← αS + yx with α = 2^(−1/n), read at its best scale."""
    if not setting.is_isotropic:
        yield Risk(DECAY, None, "not computed", "only for H = I")
        return
    state, alpha, w = vector("S", D), scalar("alpha"), gaussian("w", D, row_cov=SCALE)
    token, noise = gaussian("x", D), gaussian("e", (1, 1), row_cov=NOISE)
    forgetting = recursion(
        state={state: 0 * w},
        step={state: alpha * state + token * (token.T * w + noise)},
        tokens=N,
        constant=[w],
    )
    at = {N: setting.n, D: setting.d, SCALE: sympy.Rational(setting.scale)}
    at |= {NOISE: sympy.Rational(setting.sigma2), alpha: sympy.Rational(2) ** sympy.Rational(-1, setting.n)}
    along, square = (
        forgetting.expect(quantity).expr.subs(at).evalf(30) for quantity in (w.T * state, state.T * state)
    )
    yield Risk(DECAY, sympy.Float(setting.d * at[SCALE] - along**2 / square, 15), "digits")


def delta_rule(setting: Setting) -> Iterator[Risk]:
    """The delta rule, with one step size for all tokens and with one for each."""
    size: Any = D if setting.is_isotropic else setting.d
    covariance = Identity(D) if setting.is_isotropic else setting.covariance
    error, beta = vector("e", size), scalar("beta")
    token, noise = gaussian("x", size, row_cov=covariance), gaussian("e_1", (1, 1), row_cov=NOISE)
    start = gaussian("w", size, row_cov=SCALE)
    rule = recursion(
        state={error: start}, step={error: error - beta * token * (token.T * error - noise)}, tokens=N
    )
    risk = rule.expect(error.T * covariance * error)
    numbers = setting.sizes | {"psi": sympy.Rational(setting.scale)}
    if not setting.is_isotropic:
        del numbers["d"]  # a number of the recursion then, as its covariance is
    if setting.n * len(set(setting.eigenvalues)) ** 2 <= MAX_PROVEN:
        yield Risk(DELTA_RULE, *_with_kind(risk.best(beta, **numbers).value))
    else:
        found = _least_on_a_grid(lambda step: risk.at(beta=step, **numbers), float(sum(setting.eigenvalues)))
        yield Risk(DELTA_RULE, found, "searched", "the least that a search over the step finds")
    if setting.is_isotropic:
        yield Risk(GATED_DELTA_RULE, *_with_kind(risk.greedy(beta).at(**numbers).value))
    else:
        yield Risk(GATED_DELTA_RULE, None, "not computed", "only for H = I")


def bayes(setting: Setting) -> Iterator[Risk]:
    """The Bayes predictor: ridge regression with the penalty σ² around the prior's mean."""
    yield bayes_risk(setting)


def _one_step(setting: Setting) -> sympy.Expr:
    """The least excess of one step of descent from the prior's mean, which attention without one attains."""
    optimum = minimise(expected_loss(LinearSelfAttention(), setting.centred)).at(**setting.numbers)
    return optimum.value - sympy.Rational(setting.sigma2)


def _least_on_a_grid(value: Callable[[sympy.Rational], sympy.Expr], trace: float) -> sympy.Float:
    """The least value over steps, by three grids of which each is finer around the best of the one before."""
    middle, ratio = 1 / (trace + 2), 10.0
    for _ in range(6):
        steps = [middle * ratio ** (i / 6) for i in range(-6, 7)]
        values = [float(value(sympy.Rational(repr(step)))) for step in steps]
        middle, ratio = steps[values.index(min(values))], ratio ** (1 / 4)
    return sympy.Float(min(values), 6)


def _with_kind(value: sympy.Expr) -> tuple[sympy.Expr, str]:
    return value, "exact" if value.is_Rational else "proven digits"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


ARCHITECTURES: tuple[Callable[[Setting], Iterator[Risk]], ...] = (
    no_examples,
    low_rank,
    attention,
    gd_beta,
    decay,
    looped,
    layers,
    delta_rule,
    bayes,
)
