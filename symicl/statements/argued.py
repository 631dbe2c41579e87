"""All that a theorem says or rests on and nothing decides: argued, not checked.

There are three sorts. A derivation decides something by itself, as in ``step.require(claim, True)``, or by evidence of
a class of its own. A step claims or infers something and nothing is attached to it. An author's wording says more than
the propositions. Named axioms are told apart from these: they have sources.
"""

from __future__ import annotations

from symicl.statements.derivation import Derivation
from symicl.statements.theorem import UNCHECKED, Theorem


def argued_in(theorem: Theorem, derivation: Derivation | None) -> tuple[str, ...]:
    """All of it as sentences, with LaTeX mathematics between dollar signs and why in parentheses.

    Parameters
    ----------
    theorem : Theorem
    derivation : Derivation or None
        None where it stopped; then the wording alone is found.
    """
    facts = () if derivation is None else derivation.argued
    words = (f"{theorem.wording.rstrip('.')} ({UNCHECKED[0].lower()}{UNCHECKED[1:]})",)
    return (*facts, *(words if theorem.wording else ()))


def counted(number: int) -> str:
    """The count that stands beside a verdict; empty for none.

    Examples
    --------
    >>> counted(2)
    '2 things argued, not checked'
    """
    return f"{number} thing{'s' * (number != 1)} argued, not checked" if number else ""
