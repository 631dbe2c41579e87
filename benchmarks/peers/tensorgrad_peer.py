"""tensorgrad on the tasks that it can state.  Runs in an environment of its own; see `environment.py`.

    python tensorgrad_peer.py gram_power K | grams_with_letter | one_step_loss | gd_beta_risk

Prints one JSON object: seconds (imports not counted) and the number of terms of the result.

tensorgrad writes a tensor as a product of factors joined by equally named edges, and an `Expectation` node
is worked out by `simplify`.  The fastest route that we know: integrate one variable at a time, the ones of
low degree first, and simplify with `expand` and `memoize` until a pass changes nothing.  (`full_simplify`,
no `memoize`, or `combine_products` switched off are all slower.)
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import sympy
from tensorgrad import Delta, Product, Tensor, Variable
from tensorgrad.extras.expectation import Expectation

n, d = sympy.symbols("n d")


def expect(
    tensor: Tensor, variable: Variable, mean: Any = None, cov: Any = None, edges: Any = None
) -> Tensor:
    """E over one Gaussian; `edges` pairs the edges of the variable with further ones of its covariance."""
    current = Expectation(tensor, variable, mean, cov, edges)
    while (simpler := current.simplify({"expand": True, "memoize": True})) != current:
        current = simpler
    return current


def symmetric(name: str) -> Variable:
    return Variable(name, d=d, d_=d).with_symmetries("d d_")


def rows_iid(column_cov: Variable) -> Tensor:
    """The covariance of a matrix with i.i.d. rows."""
    return Delta(n, "n", "n_") @ column_cov


VECTOR_EDGES = {"d": "d_"}
MATRIX_EDGES = {"n": "n_", "d": "d_"}


def gram_power(power: int) -> Tensor:
    """E tr((XᵀX)^k), independent standard normal entries."""
    X = Variable("X", n, d)
    if power == 1:
        factors = [X, X]
    else:
        # The i-th Gram matrix has the edge n{i} inside, and shares d{i}, d{i+1} with its neighbours.
        factors = []
        for i in range(power):
            factors.append(X.rename(n=f"n{i}", d=f"d{i}"))
            factors.append(X.rename(n=f"n{i}", d=f"d{(i + 1) % power}"))
    return expect(Product(factors), X)


def grams_with_letter() -> Tensor:
    """E[XᵀX A XᵀX], rows N(0, S), A not symmetric."""
    X, S, A = Variable("X", n, d), symmetric("S"), Variable("A", left=d, right=d)
    first = X.rename(n="i", d="row") @ X.rename(n="i", d="left")
    second = X.rename(n="j", d="right") @ X.rename(n="j", d="col")
    return expect(first @ A @ second, X, None, rows_iid(S), MATRIX_EDGES)


def one_step_loss() -> Tensor:
    """Loss of one gradient step of size eta, isotropic, noise of standard deviation s."""
    X, w, noise, query = Variable("X", n, d), Variable("w", d), Variable("z", n), Variable("q", d)
    eta, s = Variable("eta"), Variable("s")
    responses = X @ w + s @ noise
    error = w @ query - eta @ (responses @ X @ query)
    squared = error @ error
    for variable in (query, noise, w, X):
        squared = expect(squared, variable)
    return squared


def gd_beta_risk() -> Tensor:
    """Risk of one step with matrix G from the start b; covariance H, task prior N(beta, Psi), noise s."""
    X, w, noise, query = Variable("X", n, d), Variable("w", d), Variable("z", n), Variable("q", d)
    s, inverse_n, start, beta = Variable("s"), Variable("invn"), Variable("b", d), Variable("beta", d)
    G, H, Psi = Variable("G", d=d, e=d), symmetric("H"), symmetric("Psi")
    residuals = X @ w + s @ noise - X @ start
    step = inverse_n @ (G @ (X.rename(d="e") @ residuals))
    error = w @ query - start @ query - step @ query
    risk = expect(error @ error, query, None, H, VECTOR_EDGES)
    risk = expect(risk, noise)
    risk = expect(risk, w, beta, Psi, VECTOR_EDGES)
    return expect(risk, X, None, rows_iid(H), MATRIX_EDGES)


TASKS: dict[str, Callable[..., Tensor]] = {
    task.__name__: task for task in (gram_power, grams_with_letter, one_step_loss, gd_beta_risk)
}


def main(name: str, *numbers: str) -> None:
    start = time.perf_counter()
    result = TASKS[name](*map(int, numbers))
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "terms": len(getattr(result, "terms", [result]))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
