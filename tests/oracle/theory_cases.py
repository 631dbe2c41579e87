"""Tasks and models with their twins in explicit coordinates, shared by the tests of the theory."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import sympy

import symicl as si
from oracle.prompts import (
    Setting,
    gd_beta,
    one_step,
    self_attention,
    transformer_block,
)
from symicl.certificates.coordinates import matrices
from symicl.models import GDBeta, LinearTransformerBlock
from symicl.theory import expected_loss

n, d = si.dims("n d")
H, Psi, beta = si.covariance("H", d), si.covariance("Psi", d), si.vector("beta_star", d)
sigma2 = si.scalar("sigma2", nonnegative=True)

TASKS = {
    "isotropic": si.LinearRegression(),
    "inverse prior": si.LinearRegression(H, task_cov=H.inv()),
    "general prior": si.LinearRegression(H, task_cov=Psi),
    "prior mean": si.LinearRegression(H, beta, Psi),
}


def setting(name: str, size: tuple[int, int]) -> Setting:
    rows, cols = size
    eye, factor = matrices.identity(cols), matrices.lower(cols, 1)
    return Setting(
        n=rows,
        d=cols,
        covariate_factor=eye if name == "isotropic" else factor,
        task_factor={"isotropic": eye, "inverse prior": matrices.transpose(matrices.inverse(factor))}.get(
            name, matrices.lower(cols, 2)
        ),
        mean=matrices.numbers(cols, 1, 3) if name == "prior mean" else [[0]] * cols,
        deviation=Fraction(3, 2),
    )


def task_values(at: Setting) -> dict[sympy.Basic, object]:
    return {
        n: at.n,
        d: at.d,
        sigma2: at.deviation**2,
        H: at.covariate_cov,
        Psi: at.task_cov,
        beta: at.mean,
    }


def weights(names: str, size: int) -> dict[str, matrices.Matrix]:
    return {
        name: matrices.numbers(size + 1, 1 if name == "h" else size + 1, seed)
        for seed, name in enumerate(names.split(), start=10)
    }


def attention(size, seed, **options):
    W = weights("W_K W_Q W_V h", size)
    if options.get("skip"):
        W["b"] = matrices.numbers(size, 1, seed)
    effective = {
        "w": matrices.product(matrices.transpose(W["W_V"]), W["h"]),
        "M": matrices.product(matrices.transpose(W["W_K"]), W["W_Q"]),
    } | ({"b": W["b"]} if "b" in W else {})
    query = options.get("query_in_context", False)
    return effective, lambda prompt: self_attention(W, prompt, query=query)


def _block(size, seed, **options):
    W = weights("W_K W_Q W_V W_P W_1 W_2", size)
    t = matrices.transpose
    v = [[row[-1]] for row in matrices.product(t(W["W_1"]), W["W_2"])]
    effective = {
        "v": v,
        "u": matrices.product(t(W["W_V"]), matrices.product(W["W_P"], v)),
        "M": matrices.product(t(W["W_K"]), W["W_Q"]),
    }
    if not options.get("residual", True):
        del effective["v"]
    return effective, lambda prompt: transformer_block(W, prompt, **options)


def _one_step(size, seed):
    gamma = matrices.numbers(size, size, seed)
    return {"Gamma": gamma}, lambda prompt: one_step(gamma, prompt)


def _gd_beta(size, seed):
    start, gamma = matrices.numbers(size, 1, seed), matrices.numbers(size, size, seed + 1)
    return {"beta": start, "Gamma": gamma}, lambda prompt: gd_beta(start, gamma, prompt)


MODELS = {
    "attention": (si.LinearSelfAttention(), attention, {}),
    "attention, query in context": (
        si.LinearSelfAttention(query_in_context=True),
        attention,
        {"query_in_context": True},
    ),
    "attention, skip": (si.LinearSelfAttention(skip=True), attention, {"skip": True}),
    "attention, both": (
        si.LinearSelfAttention(query_in_context=True, skip=True),
        attention,
        {"query_in_context": True, "skip": True},
    ),
    "one step": (si.OneStepGD(), _one_step, {}),
    "GD beta": (GDBeta(), _gd_beta, {}),
    "transformer block": (LinearTransformerBlock(), _block, {}),
    "transformer block, no residual": (LinearTransformerBlock(residual=False), _block, {"residual": False}),
    "transformer block, no mask": (LinearTransformerBlock(mask=False), _block, {"mask": False}),
}


@cache
def derived(model: str, task: str):
    return expected_loss(MODELS[model][0], TASKS[task])


NEURONS = {"linear": lambda z: z, "cubic": lambda z: z**3}


def numeric_task(name: str, size: tuple[int, int]) -> si.LinearRegression:
    """The task of `setting` with numbers from the start: integer sizes, explicit covariances."""
    at = setting(name, size)
    law = [sympy.Matrix(size[1], len(m[0]), [sympy.Rational(x) for row in m for x in row])
           for m in (at.covariate_cov, at.mean, at.task_cov)]  # fmt: skip
    return si.LinearRegression(*law, noise=at.deviation**2, n=at.n, d=at.d)
