"""Exit codes, and the exception for Ctrl-C."""

from collections.abc import Iterable

from symicl.verdicts import PROVED_AT

SUCCESS, FAILURE, BAD_INPUT, UNDECIDED = 0, 1, 2, 3
# Not a verdict of any kind: a defect of symicl itself (EX_SOFTWARE of sysexits.h), Ctrl-C, and a closed pipe.
DEFECT, INTERRUPTED, UNREAD = 70, 130, 141

OF_VERDICT = {
    "proved": SUCCESS,
    "confirmed": SUCCESS,
    "refuted": FAILURE,
    "contradicted": FAILURE,
    "undecided": UNDECIDED,
    "inconclusive": UNDECIDED,
}

GENERAL = "Exit codes: 0 done; 2 bad input."
OF_COMMAND = {
    "derive": "Exit codes: 0 derived; 2 bad input; 3 a step of the derivation does not hold.",
    "latex": "Exit codes: 0 written; 2 bad input; 3 a step of the derivation does not hold.",
    "prove": "Exit codes: 0 all proved; 1 one refuted; 2 bad input; 3 none refuted, one undecided; 130 interrupted.",
    "check": "Exit codes: 0 all proved; 1 one refuted; 2 bad input; 3 none refuted, one undecided; 130 interrupted.",
    "train": "Exit codes: 0 confirmed; 1 contradicted; 2 bad input; 3 inconclusive; 130 interrupted.",
    "verify": "Exit codes: 0 all proved and confirmed; 1 one refuted or contradicted; 2 bad input; "
    "3 one undecided or inconclusive; 130 interrupted, and the same command goes on.",
    "sweep": "Exit codes: 0 reached, or evaluated, at every point; 1 a run contradicts a theorem; 2 bad input; "
    "3 neither; 130 interrupted, and the same command goes on.",
    "export": "Exit codes: 0 written; 2 bad input; 3 the theorem is not proved.",
    "new": "Exit codes: 0 written; 2 bad name, or files that are there already.",
    "eject": "Exit codes: 0 written; 2 unknown theorem, or files that are there already.",
    "cite": "Exit codes: 0 printed; 2 unknown theorem.",
    "tour": "Exit codes: 0 always, whatever the commands in it return.",
    "doctor": "Exit codes: 0 always, whatever is missing.",
}
"""The last line of each command's help."""


class Interrupted(Exception):
    """Ctrl-C, with a sentence on what it leaves behind."""


def worst(verdicts: Iterable[str]) -> int:
    """The exit code of several verdicts: one failure outweighs anything undecided, that any success."""
    codes = {SUCCESS if verdict.startswith(PROVED_AT) else OF_VERDICT[verdict] for verdict in verdicts}
    return next((code for code in (FAILURE, UNDECIDED) if code in codes), SUCCESS)
