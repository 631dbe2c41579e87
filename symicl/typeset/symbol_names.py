"""Which LaTeX is a name for a symbol: one letter with accents, subscripts and superscripts, and nothing else."""

from __future__ import annotations

import re

from symicl.errors import InputError

WORD_MACROS = {
    r"\mathrm", r"\operatorname", r"\text", r"\textrm", r"\begin", r"\end",
    r"\mathbb", r"\mathcal", r"\mathbf", r"\mathsf", r"\boldsymbol",
}  # fmt: skip
# fmt: off
_GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "varrho", "sigma", "tau", "upsilon", "phi", "varphi", "chi", "psi",
    "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
)
# fmt: on
_ALLOWED = {
    f"\\{name}" for name in (*_GREEK, "ell", "hat", "bar", "tilde", "star", "prime", "max", "min")
} | (WORD_MACROS - {r"\begin", r"\end", r"\text", r"\textrm", r"\operatorname"})


def checked_name(name: str, latex: str) -> str:
    """A new name for a symbol, as LaTeX that is safe to paste anywhere in a formula.

    Raises
    ------
    InputError
        If it is anything but a letter with accents, subscripts and superscripts.
    """
    from pylatexenc.latexencode import unicode_to_latex

    if not isinstance(latex, str) or not latex.strip():
        raise InputError(f"the new name of {name} must be text such as N or \\lambda")
    text = latex.strip().strip("$").strip()
    if not text.isascii():
        text = re.sub(r"\\ensuremath\{(.*?)\}", r"\1", unicode_to_latex(text, non_ascii_only=True))
        text = re.sub(r"^\{(\\[A-Za-z]+)\}$", r"\1", text)
    complaint = InputError(
        f"{latex!r} is no name for the symbol {name}; give one letter, such as N, \\Lambda, \\mathbf{{w}} or n_0"
    )
    commands = re.findall(r"\\[A-Za-z]+\*?|\\.", text)
    if (
        not text.isascii()
        or any(c not in _ALLOWED for c in commands)
        or re.search(r"[^A-Za-z0-9\\{}_^*' ,]", text)
    ):
        raise complaint
    if not re.match(r"\\?[A-Za-z]", text) or text.count("{") != text.count("}") or len(text) > 40:
        raise complaint
    base = re.sub(r"[_^](\{[^{}]*(\{[^{}]*\})?[^{}]*\}|\\[A-Za-z]+|.)", "", text).strip()
    atom = r"\\(?:mathrm|mathbb|mathcal|mathbf|mathsf|boldsymbol|hat|bar|tilde) ?\{(?:\\[A-Za-z]+|[A-Za-z0-9]+)\}"
    if not re.fullmatch(rf"(?:{atom}|\\[A-Za-z]+|[A-Za-z])'*", base) or base in (r"\hat", r"\bar", r"\tilde"):
        raise complaint
    if any(base == word for word in WORD_MACROS):
        raise complaint
    return text
