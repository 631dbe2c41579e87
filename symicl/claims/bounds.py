"""How large a claim file may be: far beyond every use, and small enough that nothing eats the machine."""

from typing import Final

MOST_CHARACTERS: Final = 64 * 1024
MOST_TOKENS: Final = 20_000
MOST_STATEMENTS: Final = 200
MOST_NESTING: Final = 30
MOST_POSTFIXES: Final = 4
"""Transposes and powers that follow one another, as in A'^2'."""

MOST_NAME: Final = 40
MOST_DIGITS: Final = 60
MOST_EXPONENT: Final = 24
MOST_SIZE: Final = 1000
"""Of a dimension that is given as a number."""

MOST_TERMS: Final = 20_000
"""Terms of a closed form, and products of terms in one multiplication ten times as many."""

MOST_BITS: Final = 4_000
"""Of a coefficient."""

MOST_PAIRINGS: Final = 200_000
"""Pairings of Gaussian factors in one expectation, counted before it is taken."""

MOST_HEADS: Final = 4
MOST_VARIATIONS: Final = 400
"""Changed versions of a refuted claim that are tried for an explanation."""
