"""The bound of one head in one piece: the risk less R* + ‖β*‖²_H/(n+1) as means of squares, over all weights."""

from symicl.algebra import ONE, ClosedForm, letter, letter_of, symbol_letter
from symicl.expectation import Gaussian
from symicl.proofs.zhang2024.lsa.parity import X, beta, only, r, x
from symicl.proofs.zhang2024.lsa.universal_bound import Hm, N, b2, inner, moments, variance
from symicl.proofs.zhang2024.setting import H, Psi, task
from symicl.statements import LossAtLeast
from symicl.theory import gaussian, mean_of_square


def for_all_weights(step, loss, split, bound):
    """L(θ) − R* − ‖β*‖²_H/(n+1) ≥ 0 for all parameters, as a sum.

    Parameters
    ----------
    loss : Loss
    split : Split
    bound : ClosedForm
        ‖β*‖²_H/(n+1).
    """
    step(
        "The four steps in one: what one head has more than the bound",
        r"\mathcal{R}-\mathcal{R}^{*}-\frac{h}{n+1}=\mathbb{E}\big[(x^{\top}(K-K^{*})X^{\top}r)^{2}\big]"
        r"+\frac1h\,\mathbb{E}\Big[\lVert v\rVert_H^{2}h-\langle v,\beta^{*}\rangle_H^{2}+\frac{2m-t^{2}}{n}"
        r"+\frac{n+1}{n}\big(t-\tfrac{n}{n+1}h\big)^{2}\Big]",
    )
    theta = ClosedForm.of(letter("task minus mean", Hm.rows, ONE))
    prior = Gaussian(letter_of(theta), row_cov=symbol_letter(Psi))
    p, gamma = split.B @ Hm @ beta, split.c * inner(split.g, beta)
    terms = [
        odd_part(split),
        *(term * (1 / b2) for term in (across(split), *variance_less_mean(split, p, gamma, theta, prior))),
        best_mean_is_missed(split, p, gamma, theta, prior) * (1 / b2),
    ]
    back = to_the_parameters(loss)
    step.conclude(
        LossAtLeast(split.gd_beta.closed_form + bound, loss=loss.closed_form),
        *(term.at(back) for term in terms),
        claim=r"hence $\mathcal{R}\ge\mathcal{R}^{*}+\frac{h}{n+1}$ for all weights, as no term is negative",
    )


def to_the_parameters(loss):
    """The letters of the residual coordinates in the parameters: a + cβ* and B + β*gᵀ."""
    (a,), (c,) = loss.parameters["u"].grid
    B, g = loss.parameters["M"].grid[0][0], loss.parameters["M"].grid[1][0].T
    return {only(a): a + beta * c.trace(), only(B): B + beta @ g.T}


def odd_part(split):
    """E[(xᵀ(K − K*)Xᵀr)²]."""
    K = (split.B.T * split.c + split.g @ split.a.T) * (1 / N)
    best = split.gd_beta.solution
    return mean_of_square((x.T @ (K - best) @ X.T @ r).trace(), task=task)


def across(split):
    """E[‖v‖²h − ⟨v, β*⟩²], by Lagrange's identity."""
    error = beta * N - split.B.T @ X.T @ X @ split.a - split.g * (split.c * (r.T @ r).trace())
    laws = [gaussian(Hm.rows, symbol_letter(H), role) for role in ("one", "other")]
    u, w = (ClosedForm.of(law.letter) for law in laws)
    root = (u.T @ error).trace() * (w.T @ beta).trace() - (u.T @ beta).trace() * (w.T @ error).trace()
    return mean_of_square(root, *laws, task=task) * (1 / (N * N * 2))


def variance_less_mean(split, p, gamma, theta, prior):
    """E[2m − t²]/n, from ‖p‖²(2m − t²) = ‖‖p‖²a − γ(sp − 2⟨p, ξ⟩ξ)‖² + 4γ²σ²⟨p, ξ⟩²."""
    s, _, _ = moments(split.a, p, gamma, theta)
    rest = split.a * inner(p, p) - (p * s - theta * (inner(p, theta) * 2)) * gamma
    u = gaussian(Hm.rows, symbol_letter(H), "direction")
    scale = 1 / (N * inner(p, p))
    yield mean_of_square((ClosedForm.of(u.letter).T @ rest).trace(), u, prior, task=task) * scale
    yield mean_of_square(gamma * inner(p, theta) * 2, prior, task=task) * (variance * scale)


def best_mean_is_missed(split, p, gamma, theta, prior):
    """(1 + 1/n) E[(t − nh/(n+1))²]."""
    _, t, _ = moments(split.a, p, gamma, theta)
    missed = t - b2 * N / (N + 1)
    return mean_of_square(missed, prior, task=task) * ((N + 1) / N)
