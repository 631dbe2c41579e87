"""Bounds by the smallest eigenvalue of H: of norms of vectors and matrices, and of the curvature of the risk in Γ."""

from symicl.algebra import (
    ClosedForm,
    SmallestEigenvalue,
    letter,
    letter_of,
    read_form,
    scalar,
    scalar_letter,
    symbol_letter,
)
from symicl.proofs.zhang2024.flow.q_lemma import any_vector, norm
from symicl.proofs.zhang2024.setting import H, Psi, n, tau
from symicl.theory import at_least, known

SQUARES = "the difference is the mean of a square"
"""The rule by which one side is at least the other."""

lambda_min = scalar("lambda_min", nonnegative=True)
level = scalar("tau", nonnegative=True)


def shown(step, said, *terms, claim=""):
    """A conclusion as one term, which may be used at other values without being shown again."""
    return known(step.conclude(said, *terms, claim=claim), said.excess)


def above_its_least_eigenvalue(form):
    """The same with H = λ_min I + Y Y, Y symmetric."""
    dim = read_form(H).rows
    Y = ClosedForm.of(letter("square root of H - lambda_min I", dim, dim, symmetric=True))
    return form.substitute({symbol_letter(H): ClosedForm.identity(dim) * read_form(lambda_min) + Y @ Y})


def of_the_metric(form):
    """The same with the smallest eigenvalue of H itself in the place of its letter."""
    return form.substitute({scalar_letter(lambda_min): ClosedForm.of(scalar_letter(SmallestEigenvalue(H)))})


def with_root_of_prior(form):
    """The same with Ψ = P P, P symmetric."""
    dim = read_form(H).rows
    P = ClosedForm.of(letter("symmetric square root of Psi", dim, dim, symmetric=True))
    return form.substitute({symbol_letter(Psi): P @ P})


def frobenius(E):
    """‖E‖² = tr(EᵀE), of a matrix or a vector."""
    return (E.T @ E).trace()


def least_eigenvalue(step):
    """vᵀHv ≥ λ‖v‖² and tr(EᵀHEH) ≥ λ²‖E‖², λ = λ_min(H)."""
    Hm, lam = read_form(H), read_form(lambda_min)
    v = read_form(any_vector)
    E = ClosedForm.of(letter("any matrix", Hm.rows, Hm.rows))
    step(
        r"Norms are bounded by the smallest eigenvalue of $H$",
        r"\lVert v\rVert_H^{2}\ge\lambda_{\min}(H)\lVert v\rVert^{2},\qquad"
        r"\operatorname{tr}(E^{\top}HEH)\ge\lambda_{\min}(H)^{2}\lVert E\rVert_F^{2}",
        where={
            "v": r"$\in\mathbb{R}^{d}$ is any vector",
            "E": r"$\in\mathbb{R}^{d\times d}$ is any matrix",
            r"\lVert E\rVert_F^{2}": r"$=\operatorname{tr}(E^{\top}E)$",
            "Y": r"$=(H-\lambda_{\min}(H)I)^{1/2}$ is the symmetric square root",
        },
        name="least eigenvalue",
    )
    step.axiom(
        r"$H-\lambda_{\min}(H)I\succeq0$ has a symmetric square root $Y$ (spectral theorem); $\lambda_{\min}(H)>0$ "
        r"as $H\succ0$"
    )
    step.require(
        r"$\lVert v\rVert_H^{2}-\lambda_{\min}(H)\lVert v\rVert^{2}=\lVert Yv\rVert^{2}\ge0$",
        at_least(above_its_least_eigenvalue(norm(v)), frobenius(v) * lam),
        rule=SQUARES,
    )
    step.require(
        r"$\operatorname{tr}(E^{\top}HEH)\ge\lambda_{\min}(H)^{2}\lVert E\rVert_F^{2}$, with "
        r"$H=\lambda_{\min}(H)I+YY$",
        at_least(
            above_its_least_eigenvalue((E.T @ Hm @ E @ Hm).trace()),
            frobenius(E) * lam * lam,
        ),
        rule=SQUARES,
    )


def curvature(step, flow):
    """tr(EᵀHEM_S) ≥ (τ/n)λ²‖E‖² for every E and δ; returns (τ/n)λ²."""
    N, lam = read_form(n), read_form(lambda_min)
    E = ClosedForm.of(letter("any matrix", flow.dim, flow.dim))
    whole = (E.T @ flow.H @ E @ flow.M(flow.S())).trace()
    part = (E.T @ flow.H @ E @ flow.H).trace()
    metric = letter_of(flow.H)
    constant = flow.M(flow.Psi).coefficient((metric,)) * lam * lam
    step(
        r"The curvature of the risk in $\Gamma$ is bounded from below, for every $\delta$",
        r"\operatorname{tr}(E^{\top}HEM_S)\ge\tfrac{\tau}{n}\operatorname{tr}(E^{\top}HEH)"
        r"\ge\tfrac{\tau}{n}\lambda_{\min}(H)^{2}\lVert E\rVert_F^{2}",
        where={"P": r"$=\Psi^{1/2}$ is the symmetric square root", r"M_\Psi": r"is $M_S$ at $\delta=0$"},
        name="curvature",
    )
    step.axiom(r"$\Psi\succeq0$ has a symmetric square root")
    step.require(
        r"$n\operatorname{tr}(E^{\top}HEM_S)\ge\tau\operatorname{tr}(E^{\top}HEH)$, where $\Psi=PP$",
        at_least(with_root_of_prior(whole * N), with_root_of_prior(part * read_form(tau))),
        rule=SQUARES,
    )
    step.check(
        r"the constant is $\frac{\tau}{n}$, the coefficient of $H$ in $M_\Psi$",
        constant * N,
        lam * lam * read_form(tau),
    )
    step.require(
        r"$\tau\operatorname{tr}(E^{\top}HEH)\ge\tau\lambda_{\min}(H)^{2}\lVert E\rVert_F^{2}$ for $\tau\ge0$",
        at_least(
            above_its_least_eigenvalue(part) * read_form(level),
            frobenius(E) * lam * lam * read_form(level),
        ),
        rule=SQUARES,
    )
    return constant
