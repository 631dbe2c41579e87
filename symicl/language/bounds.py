"""How large a claim file may be: far beyond every use, and small enough that nothing eats the machine."""

from typing import Final

MAX_CHARACTERS: Final = 64 * 1024
MAX_TEXT_TOKENS: Final = 20_000
MAX_STATEMENTS: Final = 200
MAX_NESTING: Final = 30
MAX_POSTFIXES: Final = 4
"""Transposes and powers that follow one another, as in A'^2'."""

MAX_NAME_LENGTH: Final = 40
MAX_DIGITS: Final = 60
MAX_EXPONENT: Final = 24
MAX_SIZE: Final = 1000
"""Of a dimension that is given as a number."""

MAX_TERMS: Final = 20_000
"""Terms of a closed form, and products of terms in one multiplication ten times as many."""

MAX_BITS: Final = 4_000
"""Of a coefficient."""

MAX_STEPS: Final = 400_000
"""Steps of Stein's identity in one expectation; two or three seconds."""

MAX_DEGREE: Final = 400
"""Random factors in one product."""

MAX_PAIRINGS: Final = 200_000
"""Pairings of random factors in one expectation where there are means, or laws other than Gaussians."""

MAX_HEADS: Final = 4
MAX_VARIATIONS: Final = 400
"""Changed versions of a refuted claim that are tried for an explanation."""
