"""The laws of claims beside Gaussian ones, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from symicl.algebra import read_form
from symicl.errors import InputError
from symicl.expectation import (
    EllipticalMatrix,
    FiniteTokens,
    HaarMatrix,
    IndependentEntries,
    elliptical,
    finite_tokens,
    goe,
    haar,
    independent_entries,
    rademacher,
    sparse_signs,
    sphere,
    student,
    uniform,
)
from symicl.theory import is_nonnegative

MOMENTS = dict.fromkeys(("second", "fourth", "sixth", "eighth"), "scalar")

OTHER_LAWS: dict[str, dict[str, str]] = {
    "entries": MOMENTS,
    "rademacher": {},
    "uniform": {},
    "sparse_signs": {"density": "scalar"},
    "sphere": {"radius2": "scalar"},
    "finite_tokens": {"vectors": "matrix"},
    "haar": {},
    "goe": {"variance": "scalar"},
    "student": {"degrees": "scalar", "cov": "matrix"},
    "elliptical": {"cov": "matrix"} | dict.fromkeys(("second", "fourth", "sixth"), "scalar"),
}
"""Their arguments; the sizes stand in front."""

AXIOMS = {
    IndependentEntries: "independent entries: sums over partitions into even blocks, each with its cumulant",
    FiniteTokens: "independent rows: joint cumulants of rows from a finite set, over partitions of the factors",
    HaarMatrix: "Weingarten's functions of the orthogonal group, for sizes at least half the number of factors",
    EllipticalMatrix: "the length and the direction of a Gaussian vector are independent",
}


def other_law(kind: str, name: str, sizes: Sequence[Any], given: Mapping[str, Any]) -> Any:
    """A random matrix of such a law.

    Raises
    ------
    InputError
        If its moments are not known to be those of a law for all values of their symbols: counterexamples would be
        looked for where there is no such law.
    """
    if kind == "haar":
        return haar(name, (sizes[0], sizes[-1]))
    if kind == "goe":
        if len(sizes) != 1:
            raise InputError(f"{name} ~ goe(d) takes one size")
        return goe(name, sizes[0], **given)
    if kind == "finite_tokens":
        if len(sizes) != 1 or "vectors" not in given:
            raise InputError(
                f"{name} ~ finite_tokens(n, vectors = V) takes one size, and the vectors as rows of V"
            )
        return finite_tokens(name, sizes[0], given["vectors"])
    shape = (sizes[0], sizes[1] if len(sizes) == 2 else 1)
    if kind == "rademacher":
        return rademacher(name, shape)
    if kind == "uniform":
        return uniform(name, shape)
    if kind == "sparse_signs":
        if "density" not in given:
            raise InputError(f"{name} ~ sparse_signs(…) needs density = …")
        _need(1 / given["density"] - 1, "the density", "1/(1 + t)")
        return sparse_signs(name, shape, given["density"])
    if kind == "sphere":
        return sphere(name, shape, **given)
    if kind == "student":
        if "degrees" not in given:
            raise InputError(
                f"{name} ~ student(…) needs degrees = …, such as 5, or 4 + t with t : scalar(positive)"
            )
        return student(name, shape, given["degrees"], cov=given.get("cov"))
    moments = [1, *(given.get(m, 1 if m == "second" else None) for m in MOMENTS)]
    for before, here, after in zip(moments, moments[1:], moments[2:], strict=False):
        if after is not None:
            if here is None:
                raise InputError(
                    f"{name} has a higher moment and not the one before it; give all up to the highest"
                )
            _need(after * before - here**2, f"a moment of {name}", "fourth = 1 + t")
    return (independent_entries if kind == "entries" else elliptical)(name, shape, **given)


def _need(value: Any, what: str, example: str) -> None:
    if not is_nonnegative(read_form(value)):
        raise InputError(
            f"{what} is not known to be that of a law, whatever its symbols are; write it with something that is not "
            f"negative, such as {example} with t : scalar(nonnegative)"
        )


HALF_SPACES = "signs of X a are independent of what is even in each row of X, where x and -x have one law"
INVERSE_WISHART = (
    "moments of the inverse Wishart law and of projectors on uniform subspaces, for as many rows as they need"
)


def axioms_of_laws(symbols: Iterable[Any]) -> tuple[str, ...]:
    """The axioms of expectations over some symbols, beside Stein's identity."""
    kinds = {type(symbol) for symbol in symbols}
    return tuple(axiom for kind, axiom in AXIOMS.items() if kind in kinds)
