"""Laws of random matrices as LaTeX, beside Gaussian ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symicl.algebra import RandomMatrix
from symicl.expectation import EllipticalMatrix, FiniteTokens, GOEMatrix, HaarMatrix, IndependentEntries
from symicl.typeset import formula_latex


def written_law(z: RandomMatrix, name: str) -> str:
    """The law in a formula with a few words.

    Parameters
    ----------
    z : random matrix
        That is not Gaussian.
    name : str
        Its LaTeX.
    """
    if isinstance(z, IndependentEntries):
        words = {"rademacher": r"\pm1", "uniform": r"\text{uniform on }[-\sqrt3,\sqrt3]"}
        law = words.get(z.family) or _moments("z", z.known)
        return rf"\text{{entries of }}{name}\text{{ independent, }}z\text{{: }}{law}"
    if isinstance(z, EllipticalMatrix):
        whose = name if z.is_column else rf"\text{{rows of }}{name}"
        if z.family == "sphere":
            return (
                rf"{whose}\text{{ uniform on the sphere, }}\lVert\cdot\rVert^{{2}}={formula_latex(z.radius2)}"
            )
        if z.family == "student":
            law = rf"\text{{ Student, }}\nu={formula_latex(z.degrees)}"
            return rf"{whose}{law},\ \Sigma={formula_latex(z.cov)}"
        factor = _moments(r"\rho", z.known)
        return rf"{whose}=\rho z,\ z\sim N(0,{formula_latex(z.cov)}),\ {factor}"
    if isinstance(z, FiniteTokens):
        whose = name if z.is_column else rf"\text{{rows of }}{name}"
        weights = (
            r"\text{ uniform}" if z.is_uniform else rf"\text{{ with weights }}{formula_latex(z.weights)}"
        )
        return rf"{whose}\text{{ among the rows of }}{formula_latex(z.vectors)},{weights}"
    if isinstance(z, GOEMatrix):
        return rf"{name}={name}^{{\top}}\text{{ Gaussian, variance }}{formula_latex(z.variance)}"
    assert isinstance(z, HaarMatrix)
    return rf"{name}^{{\top}}{name}=I\text{{ from Haar's law}}"


def letters_of_law(z: RandomMatrix) -> dict[str, str]:
    """The letters that the law is written with, and their meaning."""
    if isinstance(z, EllipticalMatrix) and z.family == "elliptical":
        return {
            r"\rho": "is a random factor $\\ge0$ of the length, drawn anew for each row, independent of all else",
            "z": "is a Gaussian vector, drawn anew for each row",
        }
    return {"z": f"is an entry of ${formula_latex(z)}$"} if isinstance(z, IndependentEntries) else {}


def _moments(letter: str, known: Sequence[Any]) -> str:
    values = [(2 * k + 2, m) for k, m in enumerate(known) if m is not None]
    return r",\ ".join(rf"\mathbb{{E}}{letter}^{{{k}}}={formula_latex(m)}" for k, m in values)
