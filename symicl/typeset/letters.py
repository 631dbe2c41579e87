"""The letters of a formula: which it uses, which it binds, and which it defines.

A letter has accents, subscripts and superscripts: ``\\hat{y}_{t}``, ``K^{*}``, ``Q_{pp}`` and ``\\mathrm{gap}`` are
letters, while the exponents of ``x^{2}`` and ``X^{\\top}`` are not part of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from symicl.typeset.macros import FRACTIONS

ACCENTS = frozenset(("hat", "tilde", "bar", "dot", "check", "underline", "overline"))
ALPHABETS = frozenset(("mathbb", "mathcal", "mathbf", "mathsf", "mathrm", "boldsymbol"))
WORDS = frozenset(("operatorname", "text", "textrm", "begin", "end"))
BINDERS = frozenset(("sum", "prod", "bigoplus", "min", "max", "inf", "sup", "lim", "int"))
DELIMITERS = frozenset(("left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr"))
# fmt: off
GREEK = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "varrho", "sigma", "tau", "upsilon", "phi", "varphi", "chi", "psi",
    "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega", "ell", "imath",
))
# fmt: on
STARS = re.compile(r"\*|\\star|\\prime|'|\([^()]*\)")
"""Superscripts that are part of a name."""

OPERATIONS = {"rVert": r"\lVert\cdot\rVert", "rangle": r"\langle\cdot,\cdot\rangle"}
"""Norms and products with a subscript, which count as letters."""

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.S)


@dataclass(frozen=True)
class Atom:
    """A character, command or group with its subscript and superscript.

    Attributes
    ----------
    nucleus : str
        A character or the name of a command with its backslash; empty for a group in braces.
    arguments : tuple of str
        LaTeX of the arguments of a command, or of the group.
    sub, sup : str
        LaTeX of the scripts.
    """

    nucleus: str
    arguments: tuple[str, ...] = ()
    sub: str = ""
    sup: str = ""


@dataclass(frozen=True)
class Letter:
    """A letter as it occurs.

    Attributes
    ----------
    base : str
        With its accents and alphabet.
    sub : str
    star : str
        A superscript that belongs to the name.
    parent : str
        Name of the letter in whose subscript it stands.
    """

    base: str
    sub: str = ""
    star: str = ""
    parent: str = ""

    @property
    def name(self) -> str:
        """One spelling for each letter."""
        return (
            self.base + (f"_{{{self.sub}}}" if self.sub else "") + (f"^{{{self.star}}}" if self.star else "")
        )


@lru_cache(maxsize=4096)
def atoms(latex: str) -> tuple[Atom, ...]:
    """The atoms of LaTeX mathematics, from left to right; white space and alignment are left out."""
    tokens = [
        t for t in _TOKEN.findall(latex) if not t.isspace() and t not in ("&", r"\\", r"\,", r"\;", r"\!")
    ]
    found: list[Atom] = []
    i = 0

    def argument() -> str:
        nonlocal i
        if i >= len(tokens):
            return ""
        start = i
        depth = 0
        while i < len(tokens):
            depth += (tokens[i] == "{") - (tokens[i] == "}")
            i += 1
            if depth == 0:
                break
        taken = tokens[start:i]
        if taken[0] == "{":
            taken = taken[1:-1]
        elif taken[0][1:] in ACCENTS | ALPHABETS and i < len(tokens):  # as in x_\bar\imath
            return taken[0] + "{" + argument() + "}"
        return " ".join(taken)

    while i < len(tokens):
        token = tokens[i]
        if token == "{":
            nucleus, arguments = "", [argument()]
        else:
            i += 1
            command = token[1:] if token.startswith("\\") else ""
            if command in DELIMITERS:
                continue
            count = 2 if command in FRACTIONS else int(command in ACCENTS | ALPHABETS | WORDS | {"sqrt"})
            nucleus, arguments = token, [argument() for _ in range(count)]
        sub = sup = ""
        while i < len(tokens) and tokens[i] in ("_", "^", "'"):
            mark = tokens[i]
            i += 1
            if mark == "'":
                sup = "'" + sup
            elif mark == "_":
                sub = argument()
            else:
                sup += argument()
        found.append(Atom(nucleus, tuple(arguments), sub, sup))
    return tuple(found)


def _compact(latex: str) -> str:
    """One spelling: no white space, commas or braces around a single symbol."""
    text = re.sub(r"[\s,]|\\[,;!]", "", latex)
    return re.sub(
        r"\{(\\?[A-Za-z]+|.)\}", lambda m: m[1] if m[1].startswith("\\") or len(m[1]) == 1 else m[0], text
    )


def _base(atom: Atom) -> str:
    """The base of a letter, or "" where the atom is none."""
    command = atom.nucleus[1:] if atom.nucleus.startswith("\\") else ""
    if len(atom.nucleus) == 1 and atom.nucleus.isalpha():
        return atom.nucleus
    if command in GREEK:
        return atom.nucleus
    if command in ALPHABETS:
        return f"{atom.nucleus}{{{atom.arguments[0].replace(' ', '')}}}"
    if command in ACCENTS:
        inner = list(atoms(atom.arguments[0]))
        if len(inner) == 1 and _base(inner[0]):
            return f"{atom.nucleus}{{{_base(inner[0])}}}"
    return ""


def letter_of(atom: Atom) -> Letter | None:
    """The letter that an atom is, without exponents."""
    base = _base(atom)
    if not base and not atom.nucleus and atom.arguments:  # {u^*}^2
        inner = list(atoms(atom.arguments[0]))
        if len(inner) == 1 and not atom.sub:
            return letter_of(inner[0])
        return None
    if not base:
        return None
    if atom.nucleus[1:] in ACCENTS:
        (accented,) = atoms(atom.arguments[0])
        if accented.sub and not atom.sub:
            atom = replace(atom, sub=accented.sub)
    star = STARS.match(atom.sup.replace(" ", ""))
    named = star[0].replace(r"\star", "*").replace(r"\prime", "'") if star else ""
    if not star and re.fullmatch(r"[A-Z]{2,}", atom.sup.replace(" ", "")):  # W^{KQ}
        named = atom.sup.replace(" ", "")
    return Letter(base, _compact(atom.sub), named)


def used(latex: str) -> Iterator[Letter]:
    """Every letter that occurs in a formula, in scripts too where it is not part of a name."""
    for atom in atoms(latex):
        command = atom.nucleus[1:] if atom.nucleus.startswith("\\") else ""
        letter = letter_of(atom)
        if letter is not None:
            yield letter
            yield from _indices(atom.sub, letter)
            rest = atom.sup.replace(" ", "")
            if not (letter.star and letter.star == rest):
                star = STARS.match(rest)
                yield from used(rest[star.end() :] if star else atom.sup)
            continue
        operation = Letter(OPERATIONS[command], _compact(atom.sub)) if command in OPERATIONS else None
        if operation is not None and atom.sub:
            yield operation
        elif command not in WORDS:
            for argument in atom.arguments:
                yield from used(argument)
        yield from _indices(atom.sub, operation)
        yield from used(atom.sup)


def _indices(latex: str, parent: Letter | None) -> Iterator[Letter]:
    name = parent.name if parent is not None else "no letter"
    return (replace(letter, parent=letter.parent or name) for letter in used(latex))


def bound(latex: str) -> set[str]:
    """Names of the letters that sums, minima, limits and averages in a formula bind."""
    names: set[str] = set()
    for atom in atoms(latex):
        command = atom.nucleus[1:] if atom.nucleus.startswith("\\") else ""
        if command in BINDERS or (command == "mathbb" and atom.arguments == ("E",)):
            names |= {letter.name for letter in used(atom.sub)}
        for part in (*(() if command in WORDS else atom.arguments), atom.sup):
            names |= bound(part)
    return names


_OPENING = re.compile(r"^\s*(?:\\begin\{(?:align\*|aligned)\}|\\\[|\{\})*\s*")
_PIECES = re.compile(r"\\qquad|\\quad|\\;|\\\\|,(?!\s*\\[,;])|\\Rightarrow|\\ ")


def defined(latex: str) -> Iterator[tuple[Letter, set[str]]]:
    r"""The letters that a formula defines: those that stand alone on the left of a sign of equality.

    Yields
    ------
    letter, arguments : Letter, set of str
        Of ``F(u)=u^{2},\qquad v=F(1)`` F with its argument u, which is bound, and v.
    """
    for piece in pieces(latex):
        left, equals, _ = piece.partition("=")
        if not equals:
            continue
        found = list(atoms(_OPENING.sub("", left)))
        head = letter_of(found[0]) if found else None
        if head is None or STARS.sub("", found[0].sup.replace(" ", "")) not in (
            "",
            head.star,
        ):  # as in u^2 = …
            continue
        rest = found[1:]
        if not rest:
            yield head, set()
        elif rest[0].nucleus == "(" and rest[-1].nucleus == ")":
            inner = [letter_of(a) for a in rest[1:-1] if a.nucleus not in (",", ";")]
            if all(letter is not None for letter in inner):
                yield head, {letter.name for letter in inner if letter is not None}


def pieces(latex: str) -> Iterator[str]:
    """The parts of a formula between commas and wide spaces outside of brackets."""
    depth, piece = 0, ""
    i = 0
    while i < len(latex):
        match = _PIECES.match(latex, i)
        if match and depth == 0:
            yield piece
            piece, i = "", match.end()
            continue
        depth += latex[i] in "{([" and latex[i - 1 : i] != "\\"
        depth -= latex[i] in "})]" and latex[i - 1 : i] != "\\"
        piece += latex[i]
        i += 1
    yield piece
