"""Numbers from text: `name=value` as the command line takes them, read exactly and never executed.

The value is one of

    number      3   -1/4   0.25   1e-3          decimals are read exactly: 0.25 is 1/4
    vector      [1, -2, 1/3]
    matrix      [[2, 1], [1, 3]]   diag(1, 2, 3)   I   1/5*I   2*[[2, 1], [1, 3]]
    file        covariance.npy                   an array of floats is inexact, one of integers is exact
    word        relu                             for inputs that are a choice by name

and nothing else: there is no way from here to Python's or SymPy's own parsers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.errors import InputError
from symicl.tasks import ScaledIdentity

# Far beyond every use, and small enough that a slip of the keyboard does not eat the memory.
MAX_INPUT_DIGITS = 1000
MAX_MATRIX_ROWS = 500
MAX_BRACKETS = 20

NPY_MAGIC = b"\x93NUMPY"
NUMBER = "a number such as 3, 1/4 or 0.25"
VECTOR = "a vector such as [1,-2,3] or file.npy"
MATRIX = "a matrix such as [[2,1],[1,3]], diag(1,2), I or file.npy"


def read_inputs(
    texts: Iterable[str],
    symbols: Mapping[str, sympy.Basic],
    options: Mapping[str, Collection[str]] | None = None,
) -> dict[str, Any]:
    """Read the inputs of a theorem.

    Parameters
    ----------
    texts : iterable of str
        Each ``name=value``.
    symbols : mapping from names to SymPy symbols
        The numeric inputs.
    options : mapping from names to choices, optional
        The inputs that are a choice by name.

    Returns
    -------
    dict
        From names to int or Fraction, nested lists of these, `ScaledIdentity`, the chosen word, or, where
        the value is inexact, a float or an array of float64. Whether the numbers can be meant (signs,
        shapes, symmetry) is decided by `symicl.tasks.values.exact_values`.

    Raises
    ------
    InputError
        For text that cannot be read, an unknown name or a name given twice.
    """
    options = options or {}
    known = [*symbols, *options]
    given: dict[str, Any] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name:
            raise InputError(
                f"{_short(text)!r} is not of the form name=value; the inputs are {', '.join(known)}"
            )
        if name not in known:
            raise InputError(
                f"{_short(name)} is not an input here{_nearest(name, known)}; the inputs are {', '.join(known)}"
            )
        if name in given:
            raise InputError(f"{name} is given twice; leave out one of the two")
        given[name] = (
            _choice(name, value, options[name]) if name in options else read_value(name, value, symbols[name])
        )
    _refuse_huge_identities(given, symbols)
    return given


def read_value(name: str, text: str, symbol: sympy.Basic) -> Any:
    """Read the value of one numeric input.

    Raises
    ------
    InputError
        If the text is not a value, or one of another kind than the symbol (a matrix for a scalar, say).
    """
    wanted = _kind(symbol)
    text = text.strip()
    if not text:
        raise InputError(f"{name}= has no value; give {wanted}")
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity", "oo"}:
        raise InputError(f"{name}={text} is not a finite number; give {wanted}")
    value = _read_npy(name, text) if text.endswith(".npy") else _Parser(name, text, wanted).value()
    is_number = isinstance(value, int | float | Fraction)
    if is_number != (wanted is NUMBER):
        raise InputError(f"{name}={_short(text)} does not fit: {name} must be {wanted}")
    return value


def _kind(symbol: sympy.Basic) -> str:
    if not isinstance(symbol, MatrixExpr):
        return NUMBER
    return VECTOR if symbol.shape[1] == 1 else MATRIX


def _choice(name: str, word: str, choices: Collection[str]) -> str:
    if word not in choices:
        raise InputError(
            f"{name}={_short(word)} is not a choice here{_nearest(word, choices)}; the choices are {', '.join(choices)}"
        )
    return word


def _refuse_huge_identities(given: Mapping[str, Any], symbols: Mapping[str, sympy.Basic]) -> None:
    """I is short to write, but its size is another input, which may be astronomical."""
    for name, value in given.items():
        if isinstance(value, ScaledIdentity):
            size = given.get(str(symbols[name].shape[0]))
            if isinstance(size, int | Fraction) and size > MAX_MATRIX_ROWS:
                raise InputError(
                    f"{name} would be {size}×{size}; matrices up to {MAX_MATRIX_ROWS}×{MAX_MATRIX_ROWS} are taken here"
                )


def _nearest(word: str, known: Collection[str]) -> str:
    folded = {k.lower(): k for k in known}
    matches = get_close_matches(word.lower(), folded, n=2, cutoff=0.6)
    return f" (did you mean {' or '.join(folded[m] for m in matches)}?)" if matches else ""


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


# --- arrays from files -----------------------------------------------------------------------------------


def _read_npy(name: str, text: str) -> Any:
    path = Path(text).expanduser()
    try:
        is_file = path.is_file()
        start = b""
        if is_file:
            with path.open("rb") as file:
                start = file.read(len(NPY_MAGIC))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{name}: {text} cannot be read ({getattr(error, 'strerror', None) or error})"
        ) from None
    if not is_file:
        raise InputError(f"{name}: there is no file {text}")
    if start != NPY_MAGIC:
        raise InputError(f"{name}: {text} is not an .npy file; write one with numpy.save")
    try:
        # Mapped, not read: a header that promises terabytes is found out without allocating them.
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # a damaged header raises nearly anything, tokenize.TokenError for one
        if "object" in str(error).lower():
            raise InputError(
                f"{name}: {text} holds pickled Python objects, which are never loaded; save an array of numbers"
            ) from None
        raise InputError(f"{name}: {text} is damaged; write it anew with numpy.save") from None
    return _array_value(name, text, array)


def _array_value(name: str, text: str, array: np.ndarray) -> Any:
    if array.dtype.kind not in "iuf":
        raise InputError(f"{name}: {text} holds entries of type {array.dtype}; save an array of real numbers")
    if array.ndim > 2:
        raise InputError(f"{name}: {text} has {array.ndim} axes; save a vector or a matrix")
    if array.size == 0 or max(array.shape, default=1) > MAX_MATRIX_ROWS:
        shape = "×".join(map(str, array.shape))
        raise InputError(
            f"{name}: {text} holds {shape} numbers; arrays of 1 to {MAX_MATRIX_ROWS} rows and columns are taken here"
        )
    if array.dtype.kind in "iu":
        return array.tolist()
    array = np.array(array, dtype=np.float64)
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        where = f"entry ({','.join(str(i + 1) for i in bad[0])})" if array.ndim else "the number"
        raise InputError(
            f"{name}: {where} of {text} is {array[tuple(bad[0])]}; only finite numbers are taken"
        )
    return array if array.ndim else float(array)


# --- the grammar -----------------------------------------------------------------------------------------


class Token(NamedTuple):
    """A piece of the text; kind is "number", "word", "end" or the sign itself."""

    kind: str
    text: str
    start: int


TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<word>[^\W\d]\w*)|(?P<sign>\S)|(?P<end>$))"
)


def _tokens(text: str) -> Iterable[Token]:
    for match in TOKEN.finditer(text):
        group = match.lastgroup
        assert group is not None
        piece = "-" if match[group] == "−" else match[group]
        yield Token(piece if group == "sign" else group, piece, match.start(group))
        if group == "end":
            return


class _Parser:
    """Recursive descent over

    value   = product end
    product = ["+" | "-"] factor {("*" | "/") factor}
    factor  = number | "I" | "diag" "(" product {"," product} ")" | "(" product ")"
            | "[" product {"," product} "]"
    """

    def __init__(self, name: str, text: str, wanted: str):
        self.name, self.text, self.wanted = name, text, wanted
        self.stream = iter(_tokens(text))
        self.token = next(self.stream)
        self.depth = 0

    def value(self) -> Any:
        result = self.product()
        if self.token.kind != "end":
            self.fail("expected the end")
        return result

    def product(self) -> Any:
        sign = 1
        if self.token.kind in "+-":
            sign = -1 if self.token.kind == "-" else 1
            self.advance()
        start = self.token
        result = self.times(sign, self.factor(), start)
        while self.token.kind in ("*", "/"):
            operator = self.advance()
            factor = self.factor()
            if operator.kind == "*":
                result = self.times(result, factor, operator)
            elif not isinstance(factor, int | Fraction):
                self.fail("only a number can be a divisor", operator)
            elif factor == 0:
                self.fail("a division by zero", operator)
            else:
                result = self.times(1 / Fraction(factor), result, operator)
        return result

    def factor(self) -> Any:
        token = self.token
        if token.kind == "number":
            return self.number(self.advance())
        if token.kind == "word":
            self.advance()
            if token.text == "I":
                return ScaledIdentity(1)
            if token.text == "diag":
                return self.diagonal()
            self.fail_word(token)
        if token.kind in ("(", "["):
            self.advance()
            self.depth += 1
            if self.depth > MAX_BRACKETS:
                self.fail("too many nested brackets", token)
            result = self.row(token) if token.kind == "[" else self.product()
            self.expect("]" if token.kind == "[" else ")")
            self.depth -= 1
            return result
        return self.fail(
            "expected a number or a matrix" if self.wanted is not NUMBER else "expected a number"
        )

    def number(self, token: Token) -> int | Fraction:
        mantissa, _, exponent = token.text.lower().partition("e")
        if (
            len(mantissa) > MAX_INPUT_DIGITS
            or len(exponent) > 6
            or abs(int(exponent or 0)) > MAX_INPUT_DIGITS
        ):
            self.fail(f"a number of more than {MAX_INPUT_DIGITS} digits", token)
        return _simple(Fraction(token.text))

    def diagonal(self) -> list[list[Any]]:
        start = self.token
        self.expect("(")
        entries = self.row(start)
        self.expect(")")
        if isinstance(entries[0], list):
            self.fail("diag takes numbers, as in diag(1,2,3)", start)
        return [[x if i == j else 0 for j in range(len(entries))] for i, x in enumerate(entries)]

    def row(self, opening: Token) -> list[Any]:
        """The entries up to the closing bracket: all numbers, or all rows of numbers."""
        entries: list[Any] = []
        while True:
            start = self.token
            entry = self.product()
            is_row = isinstance(entry, list) and not isinstance(entry[0], list)
            if not (is_row or isinstance(entry, int | Fraction)):
                self.fail("a row holds numbers only", start)
            if entries and is_row != isinstance(entries[0], list):
                self.fail("a matrix has either rows or numbers here, not both", start)
            entries.append(entry)
            if len(entries) > MAX_MATRIX_ROWS:
                self.fail(f"more than {MAX_MATRIX_ROWS} entries in a row", opening)
            if self.token.kind != ",":
                return entries
            self.advance()

    def times(self, left: Any, right: Any, where: Token) -> Any:
        """The product of two values, at most one of which is a matrix."""
        if not isinstance(left, int | Fraction):
            left, right = right, left
        if not isinstance(left, int | Fraction):
            self.fail("only numbers can be multiplied with a matrix", where)
        if isinstance(right, ScaledIdentity):
            return ScaledIdentity(self.times(left, right.factor, where))
        if isinstance(right, list):
            return [self.times(left, entry, where) for entry in right]
        result = Fraction(left) * right
        if max(result.numerator.bit_length(), result.denominator.bit_length()) > 4 * MAX_INPUT_DIGITS:
            self.fail(f"a number of more than {MAX_INPUT_DIGITS} digits", where)
        return _simple(result)

    def advance(self) -> Token:
        token, self.token = self.token, next(self.stream, self.token)
        return token

    def expect(self, kind: str) -> None:
        if self.token.kind != kind:
            self.fail(f"expected {kind}" if kind == "(" else f"expected , or {kind}")
        self.advance()

    def fail_word(self, token: Token) -> NoReturn:
        if token.text == self.text:
            raise InputError(f"{self.name}={_short(self.text)} is not {self.wanted}")
        self.fail(
            "unknown word; expected a number"
            if self.wanted is NUMBER
            else "unknown word; expected a number, I or diag(…)",
            token,
        )

    def fail(self, problem: str, token: Token | None = None) -> NoReturn:
        token = token or self.token
        found = "the end" if token.kind == "end" else repr(_short(token.text, 20))
        raise InputError(
            f"{self.name}={_short(self.text)} cannot be read: {problem} "
            f"(character {token.start + 1} of the value, {found}); give {self.wanted}"
        )


def _simple(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value
