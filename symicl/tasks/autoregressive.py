"""Autoregressive sequences x_{t+1} = W x_t with a random unitary W."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal, Self

import sympy

from symicl.algebra import dims, exact_scalar, exact_size
from symicl.errors import InputError, UnsupportedError
from symicl.expectation import (
    GivenMoments,
    InTime,
    MomentLaw,
    PhaseExpectation,
    PhaseScalar,
    PhaseVector,
    SymbolicSequence,
    expect_phases,
)
from symicl.numeric import evaluate
from symicl.tasks.arrays import Array, ArraySequence, library
from symicl.tasks.draws import Draws
from symicl.tasks.first_vector import FirstVectorLaw, find_law
from symicl.tasks.task import Task, TaskAt
from symicl.tasks.values import Values
from symicl.typeset import Passage, formula_latex

Kind = Literal["unitary", "orthogonal", "haar"]
PHASE_KINDS = ("unitary", "orthogonal", "haar")

D, T = dims("d T")


@dataclass(frozen=True)
class AutoregressiveSample:
    """A batch of sequences.

    Attributes
    ----------
    x : array, batch × T × d
        x_1, …, x_T; complex unless W is Haar-distributed.
    """

    x: Array

    @property
    def data(self) -> ArraySequence:
        """The sequence that a model sees, with the query times t = 2, …, T − 1."""
        return ArraySequence(self.x[..., :-1, :])

    @property
    def target(self) -> Array:
        """x_{t+1} for t = 2, …, T − 1."""
        return self.x[..., 2:, :]


class AutoregressiveTask(Task):
    """x_{t+1} = W x_t for t = 1, …, T − 1, where x_{t+1} is to be predicted from x_1, …, x_t for t ≥ 2.

    Parameters
    ----------
    kind : "unitary", "orthogonal" or "haar"
        W = diag(λ_1, …, λ_d) with independent λ uniform on the unit circle; the same with conjugate pairs
        λ_{2k} = conj(λ_{2k−1}), which is a real orthogonal W in its eigenbasis; or a Haar-distributed real
        orthogonal W, which can be sampled but not averaged over.
    law : str or MomentLaw
        The law of x_1: "gaussian", "rademacher", "sparse", "uniform", "ones", or moments of your own such as
        `given_moments`. For kind="orthogonal" these are the coordinates in the eigenbasis.
    scale : positive scalar expression
        The standard deviation or size of x_1, for a law given by name.
    d, T : positive integer symbols, integers, or expressions in one symbol such as T_max + 1
        Number of coordinates, and length of the sequence including the last target.

    Notes
    -----
    The setting of Zheng et al. (2024), and of Sander et al. (2024) with law="ones" and T = T_max + 1.
    """

    def __init__(
        self,
        kind: Kind = "unitary",
        law: str | MomentLaw = "gaussian",
        scale: sympy.Expr | Fraction | int = 1,
        d: sympy.Expr | int = D,
        T: sympy.Expr | int = T,
    ):
        if kind not in PHASE_KINDS:
            raise InputError(f"the kind of W is {kind!r}; choose one of {', '.join(PHASE_KINDS)}")
        scale = sympy.Rational(scale) if isinstance(scale, int | Fraction) else scale
        if not isinstance(scale, sympy.Expr) or scale.has(sympy.Float) or not scale.is_positive:
            raise InputError(
                f"the scale of x_1 is {scale}; give an exact positive number or scalar(..., positive=True)"
            )
        self.kind: Kind = kind
        self._d, self.T, self.scale = exact_size(d), exact_size(T), scale
        self.law: MomentLaw = find_law(law, self.d, scale) if isinstance(law, str) else law
        if self.law.d != self.d:
            raise InputError(
                f"the moments of x_1 are given for {self.law.d} coordinates, the task has {self.d}"
            )
        self._check_sizes(self.d, self.T)

    shows: ClassVar[str] = "sequence"

    @property
    def d(self) -> sympy.Expr:
        """The number of coordinates."""
        return self._d

    def under(self, law: MomentLaw) -> AutoregressiveTask | None:
        """The same sequences with another law of x_1; None for a task of one's own, which may differ in more.

        Parameters
        ----------
        law : MomentLaw
        """
        if type(self) is not AutoregressiveTask:
            return None
        return AutoregressiveTask(self.kind, law, d=self.d, T=self.T)

    def differs_in_law_alone(self, other: Any) -> bool:
        """True if another task has the same sequences, except for the law of x_1."""
        if not type(self) is type(other) is AutoregressiveTask:
            return False
        return (self.kind, self.d, self.T) == (other.kind, other.d, other.T)

    def __repr__(self) -> str:
        law = type(self.law).__name__
        return f"AutoregressiveTask({self.kind}, x_1 ~ {law}, d={self.d}, T={self.T})"

    @property
    def paired(self) -> bool:
        """True if the phases come in conjugate pairs."""
        return self.kind == "orthogonal"

    @property
    def last(self) -> sympy.Expr:
        """The last time t at which x_{t+1} is predicted, T − 1."""
        return self.T - 1

    def _check_sizes(self, d: sympy.Expr, T: sympy.Expr) -> None:
        if d.is_Integer and (d < 1 or (self.paired and d % 2)):
            raise InputError(
                f"d={d} is odd; real orthogonal matrices have conjugate pairs of phases, so give an even d"
                if d >= 1
                else f"d={d} must be a positive integer"
            )
        if T.is_Integer and T < 3:
            free = sorted(self.T.free_symbols, key=str)
            if len(free) == 1:
                name, shift = free[0].name, int(self.T - free[0])
            else:
                name, shift = "T", 0
            raise InputError(
                f"{name}={T - shift} is too short; the loss sums over t = 2, …, {self.T if free else 'T'} − 1, "
                f"so give {name} ≥ {3 - shift}"
            )

    def setting(self) -> Passage:
        last = formula_latex(self.last)
        pairs = r"\lambda_{2k}=\bar\lambda_{2k-1},\quad\lambda_1,\lambda_3,\dots"
        phases = pairs if self.paired else r"\lambda_1,\dots,\lambda_d"
        law = (
            r"W\text{ Haar-distributed on the orthogonal matrices}"
            if self.kind == "haar"
            else rf"W=\operatorname{{diag}}(\lambda_1,\dots,\lambda_d),\qquad {phases}"
            r"\text{ independent and uniform on the unit circle}"
        )
        return Passage(
            "A sequence without noise, whose matrix $W$ is drawn anew for each sequence and is independent of $x_1$",
            (rf"x_{{t+1}}=W x_t,\qquad t=1,\dots,{last}", law),
            {
                "x_t": r"$\in\mathbb{C}^{d}$ is the vector at time $t$",
                "x_{tj}": "are its coordinates",
                "t": "is time",
                "d": "is the dimension",
                ",".join(sorted(map(formula_latex, self.T.free_symbols))): (
                    "is the length of the sequence" if self.T.is_Symbol else "sets the length of the sequence"
                ),
                "W": r"$\in\mathbb{C}^{d\times d}$ is unitary",
                r"\lambda_j,\bar\lambda_j": "are its eigenvalues, the phases, and their complex conjugates",
                "x_t^{*}": "is the conjugate transpose of $x_t$",
                r"\bar x_{tj}": "are the complex conjugates of the coordinates",
            },
        )

    # --- symbols -------------------------------------------------------------------------------------

    def sequence(self) -> SymbolicSequence:
        """The sequence x_1, …, x_t in symbols."""
        return SymbolicSequence()

    def data(self) -> SymbolicSequence:
        """The sequence."""
        return self.sequence()

    def target(self) -> PhaseVector:
        """x_{t+1}."""
        return self.sequence().target()

    def over_phases(self, expression: PhaseScalar) -> PhaseExpectation:
        """E over W of a scalar in the data, for every t ≥ 2.

        Raises
        ------
        UnsupportedError
            For Haar-distributed matrices.
        """
        if self.kind == "haar":
            raise UnsupportedError(
                "Haar-distributed orthogonal matrices do not commute, so they have no common phases and no closed "
                "form here; they can be sampled, or choose kind='unitary' or 'orthogonal'"
            )
        return expect_phases(expression, paired=self.paired)

    def expectation(self, expression: PhaseScalar) -> InTime:
        """E over W and x_1 of a scalar in the data, for every t ≥ 2."""
        return self.over_phases(expression).over(self.law)

    def symbols(self) -> dict[str, sympy.Basic]:
        """The free symbols of the law by name: sizes, scale, moments."""
        parts = [self.d, self.T]
        if isinstance(self.law, FirstVectorLaw):
            parts.append(self.scale)
        if isinstance(self.law, GivenMoments):
            parts += [exact_scalar(value, "a moment of x_1") for _, value in self.law.known]
        found: dict[str, sympy.Basic] = {}
        for part in parts:
            for symbol in sorted(part.free_symbols, key=str):
                found.setdefault(symbol.name, symbol)
        return found

    def at_values(self, values: Values) -> TaskAt[Self]:
        """The task at exact values; refuses T = 2 or an odd d for conjugate pairs.

        Raises
        ------
        InputError
            For sizes that are impossible here.
        """
        self._check_sizes(evaluate(self.d, values), evaluate(self.T, values))
        return super().at_values(values)

    # --- numbers -------------------------------------------------------------------------------------

    def sample(
        self, values: Values | Mapping[sympy.Basic, Any], batch: int, draws: Draws
    ) -> AutoregressiveSample:
        """Draw sequences x_1, …, x_T, batch × T × d."""
        if not isinstance(self.law, FirstVectorLaw):
            raise InputError("a law of x_1 that is given by moments cannot be sampled; choose a law by name")
        d, length = (int(evaluate(size, values)) for size in (self.d, self.T))
        self._check_sizes(sympy.Integer(d), sympy.Integer(length))
        x = self.law.unit_sample(draws, batch, d) * float(evaluate(self.scale, values))
        if self.kind == "haar":
            W = _haar(draws, batch, d)
            found = [x[..., None]]
            for _ in range(length - 1):
                found.append(W @ found[-1])
            return AutoregressiveSample(library(x).stack([v[..., 0] for v in found], -2))
        phases = self._phases(draws, batch, d)
        found = [x + 0 * phases]
        for _ in range(length - 1):
            found.append(phases * found[-1])
        return AutoregressiveSample(library(x).stack(found, -2))

    def _phases(self, draws: Draws, batch: int, d: int) -> Array:
        """λ, batch × d: normalised complex Gaussians are uniform on the unit circle."""
        count = d // 2 if self.paired else d
        z = draws.normal(batch, count) + 1j * draws.normal(batch, count)
        phases = z / abs(z)
        if not self.paired:
            return phases
        pairs = library(phases).concatenate([phases[..., None], phases.conj()[..., None]], axis=-1)
        return pairs.reshape(batch, d)


def _haar(draws: Draws, batch: int, d: int) -> Array:
    """Orthogonal matrices, batch × d × d: Q of a Gaussian matrix, with the signs that make R's diagonal positive."""
    z = draws.normal(batch, d, d)
    Q, R = library(z).linalg.qr(z)
    diagonal = R.diagonal(0, -2, -1)
    return Q * (diagonal / abs(diagonal))[..., None, :]
