"""How a name is written: Greek letters, superscripts and subscripts, and the words that are taken."""

from __future__ import annotations

GREEK_NAMES = {
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi",
    "Ψ": "Psi", "Ω": "Omega", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon",
    "ϵ": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda",
    "μ": "mu", "µ": "mu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon",
    "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
"""Σ is the same name as Sigma."""

LOOKALIKES = {
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O",
    "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X", "ο": "o", "ν": "v", "А": "A", "В": "B", "Е": "E", "К": "K",
    "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C", "Т": "T", "Х": "X", "а": "a", "е": "e", "о": "o",
    "р": "p", "с": "c", "х": "x", "∑": "Sigma", "∏": "Pi", "ϒ": "Y",
}  # fmt: skip
"""Greek and Cyrillic characters that a reader cannot tell from another one."""

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))

STAR = "⋆"
"""β⋆ is the same name as beta_star."""

COMMANDS = {*GREEK_NAMES.values(), "nu", "omicron", "varepsilon", "varphi", "vartheta", "varrho"}
"""Greek letters as LaTeX commands."""

VARIANTS = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varrho": "rho"}

STATEMENTS = {
    "dims": "DIMS",
    "let": "LET",
    "assume": "ASSUME",
    "task": "TASK",
    "model": "MODEL",
    "claim": "CLAIM",
}
KEYWORDS = {
    "tr": "TRACE",
    "E": "EXPECT",
    "Var": "MOMENT",
    "Cov": "MOMENT",
    "Corr": "MOMENT",
    "Kurt": "MOMENT",
    "inv": "INVERSE",
    "relu": "RELU",
    "limit": "LIMIT",
    "of": "OF",
    "with": "WITH",
    "infinity": "INFINITY",
    "oo": "INFINITY",
    "minimises": "MINIMISES",
    "minimizes": "MINIMISES",
    "minimum": "FUNCTION",
    "coefficient": "FUNCTION",
    "loss": "FUNCTION",
    "at": "AT",
}
ENTRYWISE = {"diag": 1, "vec": 1, "hadamard": 2, "kron": 2, "entry": 3, "commutation": 2}
"""Functions of entries, and how many arguments each takes."""

INFIX = {"∘": "hadamard", "⊙": "hadamard", "⊗": "kron"}
"""Those that stand between their arguments."""

KEYWORDS |= dict.fromkeys(ENTRYWISE, "ENTRYWISE")
RESERVED = {*STATEMENTS, *KEYWORDS, "I", "latex", "norm", "true", "false"}

ABSENT = {
    "det": "determinants are not in the language",
    "sqrt": "a root is not a rational function",
    "exp": "exponentials are not in the language",
    "log": "logarithms are not in the language",
    "abs": "absolute values are squared here, |c|^2; max(0, c) is relu(c)",
    "sign": "signs are not in the language",
    "max": "max(0, c) is relu(c) here",
    "rank": "ranks are assumed of projectors, assume P^2 = P, tr(P) = r",
}
"""Functions that a reader may look for, and why there are none."""


def why_reserved(name: str) -> str:
    """Why a name cannot be declared, or nothing."""
    if name == "I" or name.startswith("I_"):
        return "I is the identity, and I_d the d×d identity"
    if name == "E" or name.startswith("E_"):
        return "E is the expectation"
    return f"{name} is a word of the language" if name in RESERVED else ""
