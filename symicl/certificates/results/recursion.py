"""The certificate of an expectation after n tokens: what one token does to each invariant, and the induction over n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from symicl.algebra import (
    ONE,
    ClosedForm,
    RandomMatrix,
    closed_form,
    letter,
    parts_of,
    read_form,
    scalar_letter,
    symbol_letter,
    terms_of,
)
from symicl.certificates.operations import OperationLog
from symicl.errors import UnsupportedError
from symicl.expectation import Gaussian, expect_form, law_of
from symicl.theory import AfterTokens, read_powers

TOKEN_AXIOMS = ("Stein's identity for centred Gaussians", "induction over the number of tokens")

Values = Mapping[int, ClosedForm]


def _refuse(result: AfterTokens) -> None:
    if not isinstance(result.tokens, sympy.Symbol):
        raise UnsupportedError(
            f"a certificate is one for every number of tokens, not for {result.tokens}; give a symbol from dims()"
        )
    if result.depends_on_tokens:
        raise UnsupportedError(
            f"the step, the beginning or the quantity depends on {result.tokens}, which no rule of a certificate takes; "
            "give the number of tokens another symbol"
        )
    if result.solution.radicand is not None:
        raise UnsupportedError("an eigenvalue has a square root in it, for which certificates have no letter")
    if max(result.solution.start) > 1:
        raise UnsupportedError("the closed form of an invariant begins after the first token, which has no letter")
    if any(isinstance(part, sympy.MatrixBase) for e in result.invariants for part in parts_of(e)):
        raise UnsupportedError("the invariants hold matrices of numbers, which certificates know no letters for")


class AverageEvidence:
    """The closed form in n, with every average that it rests on; made while a recording runs.

    Attributes
    ----------
    before, after : dict
        The value of each letter of the state at first, and after one more token. What is drawn once is a part of it.
    first, later : list of ClosedForm
        E of each invariant before the first token, and after one more token.

    Raises
    ------
    UnsupportedError
        If the number of tokens is no symbol, the step depends on it, or the closed form has a square root or a matrix
        of numbers in it, or begins after the first token.
    """

    def __init__(self, result: AfterTokens):
        _refuse(result)
        update = result.update
        self.result = result
        self._laws: dict[int, Gaussian] = {}
        self.fresh = sorted(map(self._letter, update.fresh))
        self.before = {_key(a): self._form(value) for a, value in update.beginning.items()}
        kept = {symbol: symbol for symbol in update.held.values()}
        self.after = {_key(a): self._form(value) for a, value in (update.turned | kept).items()}
        self.invariants = [read_form(i) for i in result.invariants]
        self.first = [self._mean(i.substitute(_used(self.before, i))) for i in self.invariants]
        self.later = [self._mean(i.substitute(_used(self.after, i))) for i in self.invariants]
        self.quantity = self._mean(self._form(result.quantity.xreplace(update.held)))

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], tuple[str, ...], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        result, update = self.result, self.result.update
        name = f"E[{result.quantity}] after {result.tokens} tokens"
        steps = "; ".join(f"{a} = {b} at first, then {update.step[a]}" for a, b in update.state.items())
        assumption = (
            f"every token is drawn anew and independent of all before it; {result.tokens} is a whole number"
        )
        return name, f"{name} is {result}", f"a recursion: {steps}", (assumption,), TOKEN_AXIOMS, [name]

    def _letter(self, z: RandomMatrix) -> int:
        """The letter of the centred part."""
        law, _ = law_of(z)
        if not isinstance(law, Gaussian) or law.made_of:
            raise UnsupportedError(
                f"{z.name} is not Gaussian, or its covariance is a sum or a product; certificates of recursions take a "
                "Gaussian whose covariance is a symbol"
            )
        self._laws[law.letter] = law
        return law.letter

    def _form(self, expression: Any) -> ClosedForm:
        """A closed form in which Gaussians are their mean and their centred part."""
        form = read_form(expression)
        means = {}
        for z in (part for part in parts_of(expression) if isinstance(part, RandomMatrix)):
            self._letter(z)
            _, mean = law_of(z)
            if mean is not None:
                means[symbol_letter(z)] = closed_form(mean)
        form = form.trace() if form.rows == form.cols == ONE else form
        return form.substitute(means) if means else form

    def _mean(self, form: ClosedForm) -> ClosedForm:
        used = form.letters()
        return expect_form(form, [law for a, law in sorted(self._laws.items()) if a in used])

    # --- writing -----------------------------------------------------------------------------------------

    def write(self, log: OperationLog, name: str, text: str, claim: sympy.Expr | None = None) -> None:
        """Write all averages, the induction that joins them, and what a theorem states of the result, if one does."""
        tokens, solution = self.result.tokens, self.result.solution
        n = scalar_letter(tokens)
        powers = [ClosedForm.of(_power(k, tokens)) for k in range(len(solution.eigenvalues))]
        powers = [
            ClosedForm.number(1) if base == 1 else power
            for base, power in zip(solution.eigenvalues, powers, strict=True)
        ]
        means = [
            sum(
                (c * ClosedForm.of(n) ** j * powers[k] for (k, j), c in sorted(terms.items())),
                ClosedForm.number(0),
            )
            for terms in solution.terms
        ]
        # Where an eigenvalue is zero, the closed form holds from the first token on; 0ⁿ is 1 before it.
        nothing = letter(f"0^{tokens}", ONE, ONE)
        for i, start in enumerate(solution.start):
            if start:
                rest = self.result.initial[i] - solution.value(solution.terms[i], 0)
                means[i] = means[i] + rest * ClosedForm.of(nothing)
        state = [
            [log.letters.id(a), log.node(value), log.node(self.after[a])] for a, value in self.before.items()
        ]
        result = sum((c * means[i] for i, c in self.result.map.quantity.items()), ClosedForm.number(0))
        bases = [
            [log.letters.id(_power(k, tokens)), log.data(base)]
            for k, base in enumerate(solution.eigenvalues)
            if base != 1
        ]
        if any(solution.start):
            bases.append([log.letters.id(nothing), log.data(ClosedForm.number(0))])
        entry = log.emit_value(
            "recursion",
            result,
            of=log.node(self.quantity),
            tokens=log.letters.id(n),
            state=state,
            fresh=[log.letters.id(z) for z in self.fresh],
            powers=bases,
            means=[
                [self._words(log, i), log.data(mean), log.node(first), log.node(later)]
                for i, mean, first, later in zip(self.invariants, means, self.first, self.later, strict=True)
                if i != 1
            ],
            result=log.data(result),
        )
        stated = result if claim is None or any(solution.start) else self._stated(claim, powers)
        log.emit("stated", name=name, text=text, stated=log.data(stated), derived=entry)

    def _stated(self, claim: sympy.Expr, powers: Sequence[ClosedForm]) -> ClosedForm:
        """The statement of a theorem in the letters for powers of the eigenvalues."""
        found = ClosedForm.number(0)
        for base, c in read_powers(claim, self.result.tokens):
            place = next((k for k, known in enumerate(self.result.solution.eigenvalues) if known == base), None)
            if place is None:
                raise UnsupportedError(f"{base.expr} to the power {self.result.tokens} is stated and not derived")
            found = found + c * powers[place]
        return found

    def write_more(self, log: OperationLog) -> None:
        """Nothing: the closed form is all that there is."""

    def _words(self, log: OperationLog, invariant: ClosedForm) -> list[list[int]]:
        """The product of traces that an invariant is."""
        ((monomial, word),) = terms_of(invariant)
        if invariant.den != 1 or word:
            raise UnsupportedError(f"{invariant} is no product of traces")
        return log.letters.monomial(monomial)


def _key(symbol: sympy.Basic) -> int:
    return symbol_letter(symbol) if isinstance(symbol, sympy.MatrixSymbol) else scalar_letter(symbol)


def _used(table: Values, form: ClosedForm) -> Values:
    letters = form.letters()
    return {a: value for a, value in table.items() if a in letters}


def _power(k: int, tokens: sympy.Symbol) -> int:
    """The letter of the k-th eigenvalue to the power n."""
    return letter(f"b{k + 1}^{tokens}", ONE, ONE)
