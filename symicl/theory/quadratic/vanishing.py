"""Zeros that are seen only after inverses of sums have cancelled against these sums."""

from __future__ import annotations

from collections.abc import Mapping

from symicl.algebra import ClosedForm, cancelled


def vanishes(form: ClosedForm, at: Mapping[int, ClosedForm]) -> bool:
    """True if a form is seen to be zero when letters are replaced; inverses of sums cancel against the sums."""
    put = form.substitute({a: value for a, value in at.items() if a in form.letters()})
    try:
        return not put or not cancelled(put)
    except ZeroDivisionError:  # a denominator that vanishes is none
        return False
