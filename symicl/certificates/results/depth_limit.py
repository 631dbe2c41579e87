"""The certificate of depth where n and d grow together: the recursions of its polynomials, and moments of the engine.

It says what the least loss is under the law of Marchenko and Pastur. That this is the limit of the spectrum is its axiom;
the moments of XᵀX/n up to some order, which are recomputed, tend to those of that law.
"""

from __future__ import annotations

import sympy

from symicl.algebra import ONE, ClosedForm, dims, gaussian, letter, limit_at_infinity, read_form, scalar_letter, vector
from symicl.certificates.minimum_entries import MinimumLog
from symicl.errors import DerivationError, UnsupportedError
from symicl.expectation import Gaussian, expect_form, law_of
from symicl.theory import MAX_MOMENT, RATIO, ROOT, TURN, DepthLimit, LinearSolution, limit_moment

AXIOMS = (
    "w and x are isotropic and independent of X, so that E <p(S) w, x>^2 / E |w|^2 = E tr p(S)^2 / d, S = X'X/n",
    "Marchenko-Pastur: as n grows with d/n -> c, E tr S^k / d tends to the k-th moment of the law of that name, for every k",
    "Stein's identity for centred Gaussians",
)

MAX_LAYERS = 50
"""A number of layers that the checker takes; for a symbol there is no limit."""


class DepthLimitEvidence:
    """The recursions over L and k, and the moments; made while a recording runs.

    Raises
    ------
    UnsupportedError
        For a number of layers that the checker does not take.
    DerivationError
        If a moment tends to another one than that of the law.
    """

    def __init__(self, result: DepthLimit):
        self.result = result
        self.n, self.d = dims("n d")
        self.number = result.layers if isinstance(result.layers, int) else None
        if self.number is not None and self.number > MAX_LAYERS:
            raise UnsupportedError(
                f"{self.number} layers are more than the {MAX_LAYERS} that the checker takes; depth_limit() is for all of them"
            )
        self.moments = [self._moment(k) for k in range(1, MAX_MOMENT + 1)]
        self.error = self._error()

    def _error(self) -> tuple[ClosedForm, ClosedForm]:
        """The error v − w of an estimate after a step of size s, and (I − s XᵀX/n)(v − w)."""
        X, v, w = (read_form(z) for z in (gaussian("X", (self.n, self.d)), vector("v", self.d), vector("w", self.d)))
        size = read_form(sympy.Symbol("s")) / read_form(self.n)
        moved = v + X.T @ (X @ w - X @ v) * size - w
        kept = (v - w) - X.T @ X @ (v - w) * size
        if moved != kept:
            raise DerivationError("a step makes something else of the error")
        return moved, kept

    def _moment(self, k: int) -> ClosedForm:
        """E tr Sᵏ/d at d = c n."""
        X = gaussian("X", (self.n, self.d))
        law, _ = law_of(X)
        assert isinstance(law, Gaussian)
        n, d, c = (read_form(s) for s in (self.n, self.d, RATIO))
        found = expect_form(read_form(sympy.Trace((X.T * X) ** k)), [law]) / n**k / d
        found = found.substitute({scalar_letter(self.d): c * n})
        if limit_at_infinity(found, self.n) != limit_moment(c, k):
            raise DerivationError(f"the moment of order {k} tends to another limit")
        return found

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], tuple[str, ...], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms, quantities and propositions of a certificate of its own."""
        what = f"{self.result.layers} linear layers, each with a step of its own, isotropic covariates and prior, no noise"
        statement = (
            f"as n and d grow with d/n -> c, the least excess of {what}, over the variance of the prior, tends to {self.result}"
        )
        claims = [self._moment_claim(k) for k in range(1, MAX_MOMENT + 1)]
        return "depth limit", statement, what, (), AXIOMS, [], [*claims, str(self.result)]

    def _moment_claim(self, k: int) -> str:
        return f"E tr S^{k} / d, at d = c n, tends to the moment {k} of the law of Marchenko and Pastur"

    # --- writing -----------------------------------------------------------------------------------------

    def write(self, log: MinimumLog, name: str, text: str) -> None:
        """Write the limits of the moments, the recursions, and what is least."""
        c, proof = read_form(RATIO), self.result.proof
        moved, kept = map(log.node, self.error)
        log.emit("equal", claim="a step of size s turns the error v - w into (I - s S)(v - w)", left=moved, right=kept)
        moments = [self._limit(log, k, form) for k, form in enumerate(self.moments, 1)]
        fields = {"sines": self._recursion(log, proof.sines, dims("k"), _from_polynomials(ROOT * (TURN + 1 / TURN), ROOT**2))}
        if self.number is None:
            L = self.result.layers
            assert isinstance(L, sympy.Symbol)
            fields["at_zero"] = self._recursion(log, proof.at_zero, L, _from_polynomials(-1 - c, c))
            fields["integral"] = self._recursion(log, proof.integral, L, (-c, -1 - c, c))
            top, below = (_at(found, 0, L) for found in (proof.integral, proof.at_zero))
        else:
            fields["layers"] = self.number
            top, below = (found.value(found.terms[0], self.number) for found in (proof.integral, proof.at_zero))
        log.emit(
            "least_polynomial",
            claim=str(self.result),
            ratio=log.letter_id(scalar_letter(RATIO)),
            radius=_letter_of(log, ROOT),
            turn=_letter_of(log, TURN),
            parts=[log.data(top), log.data(below)],
            moments=moments,
            **fields,
        )

    def _limit(self, log: MinimumLog, k: int, form: ClosedForm) -> int:
        small = letter(("one over", self.n), ONE, ONE)
        value = log.data(limit_moment(read_form(RATIO), k))
        steps = [[[[log.letter_id(scalar_letter(self.n)), log.letter_id(small)]], []]]
        log.emit("limit", claim=self._moment_claim(k), of=log.node(form), value=value, steps=steps)
        return value

    def _recursion(
        self, log: MinimumLog, found: LinearSolution, size: sympy.Symbol, coefficients: tuple[ClosedForm, ...]
    ) -> int:
        """v₀ = 1, v₁ as given, v_{k+1} = a v_k − b v_{k−1}, and v_k in closed form."""
        first, slope, below = coefficients
        v, w = (letter(f"{part} of {size}", ONE, ONE) for part in ("v", "v next"))
        after = slope * ClosedForm.of(w) - below * ClosedForm.of(v)
        rows = [(v, ClosedForm.number(1), ClosedForm.of(w)), (w, first, after)]
        used = sorted({k for terms in found.terms for k, _ in terms})
        bases = [[log.letters.id(_power(found, k, size)), log.data(found.eigenvalues[k])] for k in used]
        means = [_at(found, i, size) for i in range(2)]
        return log.emit_value(
            "recursion",
            means[0],
            of=log.data(ClosedForm.of(v)),
            tokens=log.letters.id(scalar_letter(size)),
            state=[[log.letters.id(a), log.data(b), log.data(t)] for a, b, t in rows],
            fresh=[],
            powers=bases,
            means=[
                [[[log.letters.id(a)]], log.data(mean), log.data(b), log.data(t)]
                for (a, b, t), mean in zip(rows, means, strict=True)
            ],
            result=log.data(means[0]),
        )

    def write_more(self, log: MinimumLog) -> None:
        """Nothing more."""


def _from_polynomials(slope: ClosedForm, below: ClosedForm) -> tuple[ClosedForm, ...]:
    """The recursion of the polynomials at a point: v₁ = a."""
    return slope, slope, below


def _power(found: LinearSolution, k: int, size: sympy.Symbol) -> int:
    """The letter of an eigenvalue to the power of the number of steps."""
    return letter(f"({found.eigenvalues[k].expr})^{size}", ONE, ONE)


def _at(found: LinearSolution, place: int, size: sympy.Symbol) -> ClosedForm:
    """A component of the solution, in letters for the powers."""
    total = ClosedForm.number(0)
    for (k, j), c in sorted(found.terms[place].items()):
        total = total + c * read_form(size) ** j * ClosedForm.of(_power(found, k, size))
    return total


def _letter_of(log: MinimumLog, form: ClosedForm) -> int:
    (only,) = form.letters()
    return log.letter_id(only)
