"""Flows again: gradients, velocities on a set, scalar equations, solutions, by derivatives along lines at numbers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.duals import moving, slope, still
from symicl.certificates.coordinates.matrices import Matrix
from symicl.certificates.coordinates.proof_log import Line
from symicl.certificates.coordinates.valuation import NUMBERS, Table, Undetermined, Valuation

Sides = tuple[Matrix, Matrix]
"""Two matrices that have to be equal."""


class Motion:
    """The entries of a proof log on flows, at one instance."""

    def __init__(self, at: Valuation):
        self.at, self.log = at, at.log

    # --- the entries -------------------------------------------------------------------------------------

    def gradient_flow(self, line: Line) -> Sides:
        """tr(V'D) and −r times the derivative of the loss along D, for each letter and asymmetric numbers D."""
        said, found = [], []
        ((rate,),) = self.at.value(line["rate"])
        for x, velocity in line["velocities"]:
            here, source = self.at.value(x), random.Random(f"{line['id']} {x}")
            along = [[source.choice(NUMBERS) for _ in row] for row in here]
            ((change,),) = slope(self.at.with_letters(line["loss"], {x: moving(here, along)}))
            product = matrices.product(matrices.transpose(self.at.value(velocity)), along)
            said.append([matrices.trace(product)])
            found.append([-rate * change])
        return said, found

    def reduction(self, line: Line) -> Sides:
        """The velocities of the motion on the set, and those with which its points move."""
        roots, speeds = self._roots(line), dict(line["velocities"])
        there = self._moving(speeds, roots)
        images = {x: self.at.with_letters(a, there) for x, a in line["place"]}
        place = roots | {x: still(image) for x, image in images.items()}
        old = self.log.entries[line["motion"]]["velocities"]
        said = [self.at.with_letters(velocity, place) for _, velocity in old]
        return _row(said), _row([slope(images[x]) for x, _ in old])

    def equation(self, line: Line) -> Sides:
        """(du/dt)^k and what it is said to be; and 0 for the velocity of each constant."""
        motion = self.log.entries[line["motion"]]
        roots, speeds = self._roots(motion), dict(motion["velocities"])
        there = self._moving(speeds, roots)
        u = self.at.with_letters(line["of"], there)
        constants = {c: self.at.with_letters(b, there) for c, b in line.get("constants", [])}
        known = roots | {line["letter"]: still(u)} | {c: still(b) for c, b in constants.items()}
        ((du,),), ((said,),) = slope(u), self.at.with_letters(line["value"], known)
        moved = [slope(b)[0][0] for b in constants.values()]
        return [[said, *(0 for _ in moved)]], [[du ** line["degree"], *moved]]

    def solution(self, line: Line) -> Sides:
        """The equation is a u + b u^m; dw/dt = k (a w + b); and w = s^k at the start."""
        equation = self.log.entries[line["equation"]]
        roots = self._roots(self.log.entries[equation["motion"]])
        m, k = line["degree"], 1 - line["degree"]
        numbers = (self.at.with_letters(line[name], roots) for name in ("alpha", "beta"))
        ((a,),), ((b,),) = numbers
        ((u,),), ((s,),) = self.at.value(equation["letter"]), self.at.value(line["start"])
        ((F,),) = self.at.with_letters(equation["value"], roots)
        exponential = self.at.value(line["exponential"])
        faster = roots | {line["exponential"]: moving(exponential, matrices.scaled(exponential, k * a))}
        w = self.at.with_letters(line["value"], faster)
        ((begun,),) = self.at.with_letters(line["value"], roots | {line["exponential"]: [[1]]})
        said = [a * u + b * Fraction(u) ** m, k * (a * still(w)[0][0] + b), Fraction(s) ** k]
        return [said], [[F, slope(w)[0][0], begun]]

    # --- values ------------------------------------------------------------------------------------------

    def _moving(self, speeds: Mapping[int, int], roots: Table) -> dict[int, Matrix]:
        """Letters at their numbers, with the velocities that they have there as slopes."""
        return {**roots} | {
            x: moving(self.at.value(x), self.at.with_letters(velocity, roots))
            for x, velocity in speeds.items()
        }

    def _roots(self, line: Line) -> dict[int, Matrix]:
        """The values of letters that are roots of sizes, of this motion and those before it.

        Raises
        ------
        Undetermined
            If a size is no square.
        """
        found: dict[int, Matrix] = {}
        while True:
            for root, size in line.get("roots", []):
                ((number,),) = self.at.value(size)
                value = isqrt(int(number))
                if value * value != number:
                    raise Undetermined("the root of a size is no rational number")
                found[root] = [[value]]
            if "motion" not in line:
                return found
            line = self.log.entries[line["motion"]]


def _row(values: list[Matrix]) -> Matrix:
    """All entries of several matrices, one after the other."""
    entries: list[Any] = [x for value in values for row in value for x in row]
    return [entries]
