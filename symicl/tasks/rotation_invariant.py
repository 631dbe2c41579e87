"""In-context regression on a random function whose law is invariant under rotations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import (
    Blocks,
    ClosedForm,
    matrix,
    read_form,
    read_scalar,
    scalar,
    scalar_letter,
    symbol_letter,
)
from symicl.errors import InputError, described
from symicl.expectation import Pattern, SampleSpace
from symicl.numeric import evaluate
from symicl.tasks.draws import Draws, gaussian
from symicl.tasks.gaussian_regression import prompt_letters
from symicl.tasks.neurons import Neuron, find_neuron
from symicl.tasks.prompt import Prompt
from symicl.tasks.regression_defaults import SIGMA2, D, N
from symicl.tasks.task import PromptTask, Sample
from symicl.typeset import Passage

MOMENTS = {name: scalar(name, nonnegative=True) for name in ("g2", "xf2", "f2", "f2f2", "f4")}

_PATTERNS: dict[Pattern, str] = {
    ((1, 1), (1, 1)): "g2",
    ((2, 2),): "xf2",
    ((0, 2),): "f2",
    ((0, 2), (0, 2)): "f2f2",
    ((0, 4),): "f4",
}


class RotationInvariantRegression(PromptTask):
    """yᵢ = f(xᵢ) + εᵢ with x ~ N(0, I_d) and a random f whose law is invariant under orthogonal maps of its argument.

    Without a neuron the moments of f stay symbols: ``g2`` = E g_i² with g = E_x[x f(x)], ``xf2`` = E x_i² f²,
    ``f2`` = E f², ``f2f2`` = E (E_x f²)², ``f4`` = E f⁴, so that E‖g‖² = d·g2 and E‖x‖²f² = d·xf2.

    Parameters
    ----------
    neuron : Neuron, optional
        A concrete family f(x) = φ(uᵀx); needed for sampling only.
    reflections : bool
        False if only rotations of the argument leave the law of f alone, and besides them f ↦ −f: for d odd this says
        nothing of −I. Averages that vanish by −I alone are refused then.
    signs : bool
        False if nothing is known of the law of −f either, which goes with ``reflections=False``: rotations alone, for
        d ≥ 2.

    Raises
    ------
    InputError
        If a neuron is given of which −f has another law, and reflections are excluded; or signs are, and reflections
        are not.

    Notes
    -----
    The setting of the nonlinear result of Mahankali, Hashimoto, Ma (2023).
    """

    def __init__(self, neuron: Neuron | None = None, *, reflections: bool = True, signs: bool = True):
        if neuron is not None and not isinstance(neuron, Neuron):
            raise InputError(f"the neuron is {described(neuron)}; give one from si.find_neuron('relu')")
        if reflections and not signs:
            raise InputError(
                "where reflections leave the law of f alone nothing is said of -f; leave signs=False out"
            )
        if neuron is not None and neuron.even and signs and not reflections:
            raise InputError(
                f"with f(x) = {neuron.name}(u'x) the law of -f is another one; leave reflections=False out, or take an "
                "odd neuron such as si.find_neuron('cubic')"
            )
        self.neuron, self.reflections, self.signs = neuron, reflections, signs
        self.n, self._d, self.noise = N, D, SIGMA2
        self.X, self.y = matrix("X", (N, D)), matrix("y", (N, 1))
        self.x, self.y0 = matrix("x", (D, 1)), scalar("y_0")

    @property
    def axioms(self) -> tuple[str, ...]:
        maps = "orthogonal maps" if self.reflections else "rotations"
        other = ", and under f -> -f" if self.signs and not self.reflections else ""
        return (
            f"given f, the samples are independent and identically distributed; the law of f is invariant under {maps}"
            f"{other}",
        )

    @property
    def d(self) -> sympy.Symbol:
        return self._d

    def __repr__(self) -> str:
        law = self.neuron.name if self.neuron else "any f"
        less = [name for name in ("reflections", "signs") if not getattr(self, name)]
        return f"RotationInvariantRegression({', '.join([law, *(f'{name}=False' for name in less)])})"

    @property
    def _symmetries(self) -> str:
        if self.reflections:
            return "orthogonal maps of the argument"
        if not self.signs:
            return r"rotations of the argument, and $d\ge2$"
        return r"rotations of the argument, and that of $-F$ is the same"

    def setting(self) -> Passage:
        return Passage(
            "In-context regression on a random function $F$: $n$ labelled examples $(x_i,y_i)$ and a query $x$, whose "
            "response $y_{0}$ is to be predicted",
            (
                r"y_i=F(x_i)+\varepsilon_i,\qquad y_{0}=F(x)+\varepsilon_{0}",
                r"x_i,x\sim N(0,I_{d}),\quad\varepsilon_i,\varepsilon_{0}\sim N(0,\sigma^{2}),\quad "
                r"\text{all independent, also of }F",
            ),
            prompt_letters(self.n, self.d)
            | {
                "F": rf"$:\mathbb{{R}}^{{d}}\to\mathbb{{R}}$ is drawn anew for each prompt; its law does not change "
                rf"under {self._symmetries}",
                r"\varepsilon_i,\varepsilon_{0}": "are noise",
                r"\sigma^{2}": "is the variance of the noise",
                "G": r"$=\mathbb{E}_{x}[x\,F(x)]\in\mathbb{R}^{d}$, the average over $x$ alone, so that $G$ is random "
                "as $F$ is",
                r"\mathbb{E}F^{k}": r"is short for $\mathbb{E}[F(x)^{k}]$ for every $k$, and "
                r"$\mathbb{E}\lVert x\rVert^{2}F^{2}$ for $\mathbb{E}[\lVert x\rVert^{2}F(x)^{2}]$",
                "e": r"$\in\mathbb{R}^{d}$ is any fixed vector of length 1: averages do not depend on which",
            },
        )

    def prompt(self) -> Prompt:
        X, y, x = (Blocks([[ClosedForm.of(symbol_letter(s))]]) for s in (self.X, self.y, self.x))
        return Prompt(X, y, x)

    def target(self) -> ClosedForm:
        return read_form(self.y0)

    @cached_property
    def space(self) -> SampleSpace:
        """The expectation over samples and functions."""
        return SampleSpace(
            X=symbol_letter(self.X),
            y=symbol_letter(self.y),
            x=symbol_letter(self.x),
            y0=scalar_letter(self.y0),
            sigma2=read_scalar(self.noise),
            moment=lambda pattern: read_scalar(MOMENTS[_PATTERNS[pattern]]),
            reflections=self.reflections,
            signs=self.signs,
        )

    def expectation(self, form: ClosedForm) -> ClosedForm:
        return self.space.over_samples(form)

    def symbols(self) -> dict[str, sympy.Basic]:
        return {"n": self.n, "d": self._d, "sigma2": self.noise}

    def moments(self) -> dict[sympy.Symbol, sympy.Expr]:
        """The moments of the neuron as expressions in d; empty for a general f."""
        if self.neuron is None:
            return {}
        return {MOMENTS[name]: value for name, value in self.neuron.moments(self._d).items()}

    def opaque_moments(self) -> dict[str, sympy.Basic]:
        return dict(MOMENTS)

    def examples(self) -> dict[str, RotationInvariantRegression]:
        """Two families whose f is a polynomial: the moments of any f stand for theirs."""
        law = {"reflections": self.reflections, "signs": self.signs}
        names = ("linear", "cubic")
        return {f"the {name} neuron": RotationInvariantRegression(find_neuron(name), **law) for name in names}

    def sample(self, values: Mapping[sympy.Basic, Any], batch: int, draws: Draws) -> Sample:
        """Draw prompts: covariates batch × n × d, responses batch × n × 1, query batch × d × 1."""
        if self.neuron is None:
            raise InputError("a general random function cannot be sampled; choose a neuron")
        n, d = (int(evaluate(size, values)) for size in (self.n, self._d))
        noise = evaluate(self.noise, values)
        covariates, query = gaussian(draws, batch, n, d), gaussian(draws, batch, d, 1)
        u = gaussian(draws, batch, d, 1)
        responses = self.neuron(covariates @ u) + gaussian(draws, batch, n, 1, variance=noise)
        target = self.neuron(u.swapaxes(-1, -2) @ query) + gaussian(draws, batch, 1, 1, variance=noise)
        return Sample(Prompt(covariates, responses, query), target)
