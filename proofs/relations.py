"""Which theorem is a special case of which: tests and the map of the field compare the stated closed forms."""

from collections.abc import Iterator

import sympy
from sympy import Identity, Integer

from symicl.algebra import dims
from symicl.statements import Specialisation, find

N, D = dims("n d")


def letter(theorem_id: str, name: str) -> sympy.Basic:
    """The symbol of that name in what a theorem states."""
    claims = find(theorem_id).claims.values()
    symbols = {a for expr in claims for a in expr.free_symbols | expr.atoms(sympy.MatrixSymbol)}
    return next(a for a in symbols if getattr(a, "name", "") == name)


def special(
    theorem_id: str, general: str, quantities: dict[str, str], words: str = "", **values: sympy.Basic
) -> Specialisation:
    """A theorem as a special case of another, whose letters are given by their names."""
    at = {letter(general, name): value for name, value in values.items()}
    return Specialisation(theorem_id, general, at, quantities, words)


def relations() -> Iterator[Specialisation]:
    """All of them."""
    isotropic, preconditioned = "mahankali2023.isotropic", "mahankali2023.preconditioned"
    gd_beta, elliptical = "zhang2024.gd_beta", "tokens.elliptical"
    both = {"eta": "eta", "loss": "loss"}
    one = Identity(D)
    yield special(isotropic, preconditioned, {"loss": "general_loss"}, Sigma=one, Psi=one)
    yield special(
        preconditioned,
        gd_beta,
        {"general_loss": "risk"},
        H=letter(preconditioned, "Sigma"),
        Psi=letter(preconditioned, "Psi"),
    )
    mismatch = "letey2025.mismatch"
    yield special(
        gd_beta,
        mismatch,
        {"risk": "risk"},
        H=letter(gd_beta, "H"),
        Psi=letter(gd_beta, "Psi"),
        Omega=letter(gd_beta, "Psi"),
    )
    wu = "wu2023.excess"
    yield special(
        wu,
        gd_beta,
        {"loss": "risk", "preconditioner": "Gamma"},
        H=letter(wu, "H"),
        Psi=letter(wu, "psi") * one,
    )
    yield special(
        "zhang2023.optimum",
        wu,
        {"loss": "loss", "preconditioner": "preconditioner"},
        H=letter("zhang2023.optimum", "Lambda"),
        psi=Integer(1),
        sigma2=Integer(0),
    )
    yield special("ahn2023.depth", "zhang2023.optimum", {"loss": "loss"}, "its one layer", Lambda=one)
    yield special(
        "zhang2023.flow",
        "zhang2023.optimum",
        {"limit": "preconditioner"},
        "the limit",
        Lambda=letter("zhang2023.flow", "Lambda"),
    )
    yield special(
        "saxe2025.dynamics", "zhang2023.optimum", {"loss": "loss"}, "where one head ends", Lambda=one
    )
    yield special("huang2025.steps", isotropic, {"loss": "loss"}, "a single step, without a chain of thought")
    yield special(
        "gatmiry2024.looped",
        "ahn2023.depth",
        {"untied": "two_layers"},
        "free layers, which the loop is compared with",
    )
    yield special(isotropic, elliptical, both, q=Integer(1))
    yield special(isotropic, "tokens.kurtosis", both, kappa=Integer(3))
    yield special(isotropic, "tokens.correlated", both, R=Identity(N))
    yield special(isotropic, "li2025.gating", both, weights=Identity(N))
    yield special(isotropic, "li2024.retrieval", {"eta": "step", "loss": "loss"}, alpha=Integer(0))
    yield special("tokens.sphere", elliptical, both, q=D / (D + 2))
    yield special(
        "attention.relu",
        elliptical,
        {"excess": "excess", "noiseless_excess": "noiseless_excess"},
        q=Integer(2),
        sigma2=2 * letter("attention.relu", "sigma2"),
    )
    yield special(
        isotropic, "mahankali2023.nonlinear", {"eta": "linear_eta", "loss": "linear_loss"}, "linear responses"
    )
    yield special("zhang2024.ltb", gd_beta, {"risk": "risk"}, "the same least risk")
    yield special("zhang2024.bayes", gd_beta, {"risk": "risk"}, "the risk that is compared with Bayes")
    delta_rule, gated = "deltanet.delta_rule", "deltanet.gated"
    yield special(delta_rule, gated, {"excess": "excess"}, alpha=Integer(1))
    for id in (delta_rule, gated):
        yield special(id, isotropic, {"loss": "loss"}, "the attention beside it")
    yield special(
        "jiang2025.decay", isotropic, {"loss": "loss"}, "the attention beside it", sigma2=Integer(0)
    )
    guess, heads = "xie2025.guess", "xie2025.heads"
    prior = letter(guess, "psi") * one
    yield special(isotropic, guess, both, psi=Integer(1))
    yield special(guess, gd_beta, {"loss": "risk"}, H=one, Psi=prior)
    yield special(
        heads,
        "zhang2024.lsa_gap",
        {"gap": "multi_head_gap"},
        H=one,
        Psi=prior,
        beta_star=letter(heads, "mu"),
    )
