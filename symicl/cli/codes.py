"""Exit codes, and the exception for Ctrl-C."""

from collections.abc import Iterable

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


class Interrupted(Exception):
    """Ctrl-C, with a sentence on what it leaves behind."""


def worst(verdicts: Iterable[str]) -> int:
    """The exit code of several verdicts: one failure outweighs anything undecided, that any success."""
    codes = {OF_VERDICT[verdict] for verdict in verdicts}
    return next((code for code in (FAILURE, UNDECIDED) if code in codes), SUCCESS)
