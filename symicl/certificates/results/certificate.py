"""`certificate`: a result as a file that the checkers recompute."""

from __future__ import annotations

from typing import Any

from symicl.certificates.results.depth import depth_certificate, loop_certificate
from symicl.certificates.results.recursion import recursion_certificate
from symicl.errors import InputError, described
from symicl.theory import AfterTokens, Depth, Loop


def certificate(result: Any) -> str:
    """The certificate of a result: text that `symicl check-certificate` recomputes, line by line.

    Parameters
    ----------
    result : AfterTokens, Depth or Loop
        What `recursion`, `depth` and `iterate` give. For one at numbers, give the numbers to the task.

    Returns
    -------
    str
        One JSON object a line, as for theorems. Written to a file, it is checked by ``symicl check-certificate FILE``.

    Raises
    ------
    InputError
        For another result.
    UnsupportedError
        Where the rules of certificates do not reach, with the reason.

    Notes
    -----
    Nothing in it is asserted. Of a recursion the checker recomputes what one token does to each invariant, and the
    induction over their number; of a depth the loss of the forward pass, and that any other polynomial loses a mean square
    more; of a tied depth at numbers the sum of squares by which the loss exceeds its least value.

    Examples
    --------
    >>> import symicl as si
    >>> text = si.certificate(si.depth(si.LinearRegression(), layers=1))
    >>> "minimum" in text
    True
    """
    if isinstance(result, AfterTokens):
        return recursion_certificate(result)
    if isinstance(result, Depth):
        return depth_certificate(result)
    if isinstance(result, Loop):
        return loop_certificate(result)
    raise InputError(
        f"certificate() takes a result of recursion(…).expect(…), depth() or iterate(), not {described(result)}; theorems "
        "have theirs by symicl prove ID --certificate DIR"
    )
