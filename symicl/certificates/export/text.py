"""Formulas as text that Coq and Lean read alike."""

from __future__ import annotations

from symicl.certificates.export.formulas import Formula, Fraction_, Number, Power, Product, Sum, Use, Variable

# How tightly a formula holds together: sums, products, and what needs no parentheses.
LOOSE, MIDDLE, TIGHT = 0, 1, 2


def text(formula: Formula, place: int = LOOSE) -> str:
    """A formula; parentheses where the place needs them."""
    match formula:
        case Number(value):
            found = (
                f"{value.numerator}" if value.denominator == 1 else f"{value.numerator} / {value.denominator}"
            )
            return found if value >= 0 and value.denominator == 1 else f"({found})"
        case Variable(_, name):
            return name
        case Sum(parts):
            found = " + ".join(text(part, MIDDLE) for part in parts)
            return found if place == LOOSE else f"({found})"
        case Product(parts):
            found = " * ".join(text(part, TIGHT) for part in parts)
            return found if place < TIGHT else f"({found})"
        case Power(base, exponent):
            found = f"{text(base, TIGHT)} ^ {exponent}"
            return found if place < TIGHT else f"({found})"
        case Fraction_(above, below):
            found = f"{text(above, TIGHT)} / {text(below, TIGHT)}"
            return found if place < TIGHT else f"({found})"
        case Use(name, arguments):
            found = " ".join([name, *(text(part, TIGHT) for part in arguments)])
            return found if not arguments else f"({found})"
