"""LaTeX commands as Unicode."""

from __future__ import annotations

import unicodedata

from symicl.typeset.line import Kind, Word

_GREEK = (
    "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
LETTERS = {
    **{
        name: unicodedata.lookup(
            f"GREEK {'CAPITAL' if name[0].isupper() else 'SMALL'} LETTER "
            f"{'LAMDA' if name.lower() == 'lambda' else name.upper()}"
        )
        for name in _GREEK.split()
    },
    "epsilon": "ϵ", "varepsilon": "ε", "phi": "ϕ", "varphi": "φ", "vartheta": "ϑ", "varrho": "ϱ",
    "varsigma": "ς", "varpi": "ϖ", "varkappa": "ϰ", "omicron": "ο",
    "ell": "ℓ", "imath": "ı", "jmath": "ȷ", "hbar": "ℏ", "infty": "∞", "emptyset": "∅", "top": "ᵀ", "star": "⋆",
    "ast": "⋆", "prime": "′", "dots": "…", "ldots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "bullet": "•",
    "Re": "Re", "Im": "Im", "dagger": "†", "%": "%", "_": "_", "#": "#", "&": "&", "$": "$", "perp": "⊥",
    "hdots": "…", "dotsc": "…", "dotsb": "⋯", "square": "□", "lor": "∨", "land": "∧", "backslash": "\\",
}  # fmt: skip
"""Letters, and signs that are like letters."""

RELATIONS = {
    "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "lt": "<", "gt": ">",
    "ne": "≠", "neq": "≠", "sim": "∼", "simeq": "≃", "approx": "≈", "equiv": "≡", "cong": "≅", "propto": "∝",
    "to": "→", "rightarrow": "→", "gets": "←", "leftarrow": "←", "longrightarrow": "⟶", "mapsto": "↦",
    "Rightarrow": "⇒", "implies": "⇒", "Longrightarrow": "⇒", "Leftarrow": "⇐", "iff": "⇔", "Leftrightarrow": "⇔",
    "Longleftrightarrow": "⇔", "leftrightarrow": "↔", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂",
    "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "succ": "≻", "succeq": "≽", "prec": "≺", "preceq": "≼",
    "mid": "|", "parallel": "∥", "ll": "≪", "gg": "≫", "lesssim": "≲", "gtrsim": "≳", "coloneqq": "≔",
    "uparrow": "↑", "downarrow": "↓", "searrow": "↘", "nearrow": "↗", "models": "⊨", "vdash": "⊢", "asymp": "≍",
    "hookrightarrow": "↪", "xrightarrow": "→", "succcurlyeq": "≽", "preccurlyeq": "≼", "doteq": "≐",
}  # fmt: skip
NEGATED = {"=": "≠", "∈": "∉", "≡": "≢", "<": "≮", ">": "≯", "≤": "≰", "≥": "≱", "⊂": "⊄", "⊆": "⊈", "∼": "≁"}
OPERATORS = {
    "pm": "±", "mp": "∓", "cdot": "·", "times": "×", "div": "÷", "circ": "∘", "odot": "⊙", "otimes": "⊗",
    "oplus": "⊕", "cup": "∪", "cap": "∩", "setminus": "∖", "wedge": "∧", "vee": "∨",
}  # fmt: skip
FUNCTIONS = {
    "sin", "cos", "tan", "cot", "sec", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "exp", "ln", "log", "lg",
    "det", "dim", "ker", "rank", "tr", "Tr", "deg", "gcd", "arg", "hom", "Pr",
}  # fmt: skip
BIG = {
    "sum": "∑", "prod": "∏", "int": "∫", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂",
    "lim": "lim", "limsup": "lim sup", "liminf": "lim inf", "max": "max", "min": "min", "sup": "sup", "inf": "inf",
    "argmin": "arg min", "argmax": "arg max", "coprod": "∐", "iint": "∬", "oint": "∮",
}  # fmt: skip
"""Operators whose argument extends to the next sign, and whose scripts are bounds."""

PREFIXES = {"partial": "∂", "nabla": "∇", "forall": "∀", "exists": "∃", "nexists": "∄", "neg": "¬", "lnot": "¬",
            "triangle": "△"}  # fmt: skip
SPACES = {"quad": "  ", "qquad": "    "}
IGNORED = {
    ",", ":", ";", "!", ">", " ", "/", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "bigm", "Bigl", "Bigr", "Bigm",
    "biggl", "biggr", "Biggl", "Biggr", "left", "right", "middle", "limits", "nolimits", "displaystyle", "textstyle",
    "scriptstyle", "nonumber", "notag", "thinspace", "allowbreak", "hfill", "hline", "boldmath",
}  # fmt: skip
"""Blanks and sizes: the writer sets its own."""

OPENING_DELIMITERS = {
    "(": ")",
    "[": "]",
    "langle": "⟩",
    "lVert": "‖",
    "lvert": "|",
    "{": "}",
    "lfloor": "⌋",
    "lceil": "⌉",
}
DELIMITER_SIGNS = {"langle": "⟨", "lVert": "‖", "lvert": "|", "lfloor": "⌊", "lceil": "⌈", "rangle": "⟩", "rVert": "‖",
         "rvert": "|", "rfloor": "⌋", "rceil": "⌉"}  # fmt: skip
CLOSING_DELIMITERS = {")", "]", "rangle", "rVert", "rvert", "}", "rfloor", "rceil"}

COMBINING_MARKS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0304", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "check": "\u030c", "mathring": "\u030a",
    "underline": "\u0332", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300",
}  # fmt: skip
FONTS = {"mathbb": "DOUBLE-STRUCK", "mathcal": "SCRIPT", "mathscr": "SCRIPT", "mathbf": "BOLD", "bm": "BOLD",
         "boldsymbol": "BOLD", "mathfrak": "FRAKTUR"}  # fmt: skip
UPRIGHT = {"mathrm", "operatorname", "mathsf", "mathit", "mathtt", "mathop"}
TEXTS = {"text", "textrm", "textit", "textbf", "textnormal", "mbox", "emph", "textsf", "texttt"}
FRACTIONS = {"frac", "tfrac", "dfrac", "cfrac"}
MATRICES = {"pmatrix", "bmatrix", "matrix", "smallmatrix", "vmatrix", "array", "aligned", "cases", "split"}


def in_font(text: str, font: str) -> str:
    """Letters and digits in another alphabet of Unicode; what it does not hold stays as it is."""
    return "".join(_in_font(character, FONTS[font]) for character in text)


def _in_font(character: str, style: str) -> str:
    name = unicodedata.name(character, "")
    for old, new in (("LATIN ", ""), (" LETTER", ""), ("GREEK ", ""), ("DIGIT", "DIGIT")):
        name = name.replace(old, new)
    for prefix in ("MATHEMATICAL ", ""):
        try:
            return unicodedata.lookup(f"{prefix}{style} {name}")
        except KeyError:
            continue
    return character


def word_of(command: str) -> Word | None:
    """The word that a command is; None if it takes arguments, or is not known."""
    if command in LETTERS:
        return Word(LETTERS[command], Kind.FUNCTION if command in ("Re", "Im") else Kind.LETTER)
    for table, kind in ((RELATIONS, Kind.RELATION), (OPERATORS, Kind.OPERATOR), (BIG, Kind.BIG),
                        (PREFIXES, Kind.PREFIX), (SPACES, Kind.SPACE)):  # fmt: skip
        if command in table:
            return Word(table[command], kind)
    return Word(command, Kind.FUNCTION) if command in FUNCTIONS else None
