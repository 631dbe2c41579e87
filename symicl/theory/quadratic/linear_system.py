"""Linear equations for matrices, vectors and scalars at once, such as the normal equations of several features.

Elimination, block by block: what stands in a trace becomes a number of its own, and what meets a vector a vector of its
own. The matrices are then solved for one after the other, in terms of these; then the vectors; and the numbers in the
end by elimination over the field of rational functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from symicl.algebra import (
    COLS,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Number,
    OpenTerm,
    Word,
    closed_form,
    from_terms,
    gradient,
    letter,
    product_of_letters,
    product_of_words,
    solutions,
    terms_of,
    transposed_word,
)
from symicl.errors import UnsupportedError
from symicl.theory.quadratic.one_unknown import Contradiction, isolate
from symicl.theory.quadratic.vanishing import vanishes


@dataclass(frozen=True)
class SystemSolution:
    """The solution of a system of linear equations.

    Attributes
    ----------
    values : dict of ClosedForm
        From each unknown letter to its value.
    unique : bool
        True if it is known to be the only solution, unless something vanishes that was divided by on the way.
    reason : str
        Why it is, or what may be added.
    """

    values: dict[int, ClosedForm]
    unique: bool
    reason: str


def solve_system(gradients: Mapping[int, ClosedForm]) -> SystemSolution:
    """Solve linear equations, one for each unknown.

    Parameters
    ----------
    gradients : mapping
        From each unknown, an untransposed letter, to the matrix or the scalar that has to vanish: of the shape of the
        letter, and linear in all unknowns, which may be multiplied from both sides, transposed, and stand in traces.

    Returns
    -------
    SystemSolution

    Raises
    ------
    UnsupportedError
        If an equation is not linear, if there is no solution (a `Contradiction`), or if none is found.

    Notes
    -----
    The gradient of a convex quadratic vanishes exactly where the quadratic is minimal. That it is convex, this function
    does not look at.
    """
    system = _System(list(gradients), {a: form.fraction()[0] for a, form in gradients.items()})
    found = system.solve()
    if not all(vanishes(form, found.values) for form in gradients.values()):
        raise UnsupportedError(
            "what was found does not solve the equations term by term; give numbers for the sizes and the matrices"
        )
    return found


class _System:
    """The elimination.

    Attributes
    ----------
    unknowns : list of int
        The letters that are asked for.
    equations : dict
        From each of them to its equation.
    traces : dict
        From each closed word with an unknown in it to the letter of its value.
    vectors : dict
        From each product of an unknown and a vector, an open word, to the letter of it.
    multiples : list of int
        Vectors that an unknown is made of, of which not all is in the equations.
    values : dict
        Of what has been solved for, in terms of the rest.
    chosen : bool
        True if one value of several was taken on the way.
    """

    def __init__(self, unknowns: list[int], equations: dict[int, ClosedForm]):
        self.unknowns, self.equations = unknowns, equations
        self.traces: dict[Word, int] = {}
        self.vectors: dict[Word, int] = {}
        self.multiples: list[int] = []
        self.values: dict[int, ClosedForm] = {}
        self.open_because: list[str] = []
        self.chosen = False
        for a, equation in equations.items():
            _check_linear(equation, unknowns, a)

    def solve(self) -> SystemSolution:
        wide = [a for a in self.unknowns if ROWS[a] != ONE and COLS[a] != ONE]
        thin = [a for a in self.unknowns if a not in wide and not _is_number(a)]
        if len(self.unknowns) == 1 and self.unknowns == wide + thin and self._alone():
            return self._result()
        equations = {a: self._hidden(equation) for a, equation in self.equations.items()}
        left = self._eliminate(wide, {a: equations[a] for a in wide})
        left |= {a: self._reduced(equations[a]) for a in thin}
        known: set[int] = set()
        while new := {a: word for word, a in self.vectors.items() if a not in known}:
            for a, word in new.items():
                known.add(a)
                of = product_of_letters(ROWS[word[0]], COLS[word[-1]], word)
                left[a] = self._reduced(ClosedForm.of(a) - of)
        left = self._eliminate([*thin, *self.multiples, *known], left)
        numbers = [c for equation in left.values() for c in _coefficients(equation)]
        self._solve_numbers(numbers + [equations[a] for a in self.unknowns if _is_number(a)])
        return self._result()

    def _result(self) -> SystemSolution:
        values = {a: self._final(self.values[a]) for a in self.unknowns}
        reasons = list(dict.fromkeys(self.open_because))
        unique = (
            "no other point solves the equations, unless something vanishes that was divided by on the way"
        )
        return SystemSolution(values, not reasons, "; ".join(reasons) or unique)

    def _alone(self) -> bool:
        """One matrix or vector that stands in no trace: solved for as it is, if that is possible."""
        (a,) = self.unknowns
        equation = self.equations[a]
        if any(_holds(word, [a]) for monomial, _ in terms_of(equation) for word in monomial):
            return False
        try:
            found = isolate(equation, a)
        except Contradiction:
            raise
        except UnsupportedError:
            return False
        self._take(a, found.value, found.open_because)
        return True

    def _take(self, a: int, value: ClosedForm, open_because: str) -> None:
        self.values = {b: form.substitute({a: value}) for b, form in self.values.items()}
        self.values[a] = value
        if open_because:
            self.open_because.append(open_because)

    # --- matrices and vectors ----------------------------------------------------------------------------

    def _hidden(self, equation: ClosedForm) -> ClosedForm:
        """Letters in the place of traces, and of products of a matrix and a vector."""
        letters = [a for a in self.unknowns if not _is_number(a)] + list(self.vectors.values())
        form, den = equation.fraction()
        terms: dict[OpenTerm, Number] = {}
        for (monomial, word), c in terms_of(form).items():
            words = [(self._trace(w),) if _holds(w, letters) else w for w in monomial]
            key = tuple(sorted(words)), self._shortened(word)
            terms[key] = terms.get(key, 0) + c
        return from_terms(equation.rows, equation.cols, terms) / den

    def _trace(self, word: Word) -> int:
        if word not in self.traces:
            self.traces[word] = letter(("trace of an unknown", word), ONE, ONE)
        return self.traces[word]

    def _shortened(self, word: Word) -> Word:
        """K u in an open word as one vector."""
        at = next((i for i, a in enumerate(word) if _is_wide_unknown(a, self.unknowns)), None)
        if at is None:
            return word
        end = next((i for i in range(at, len(word)) if COLS[word[i]] == ONE), None)
        if end is not None:
            return (*word[:at], self._vector(word[at : end + 1]), *word[end + 1 :])
        start = next((i for i in range(at, -1, -1) if ROWS[word[i]] == ONE), None)
        if start is None:
            return word
        vector = self._vector(transposed_word(word[start : at + 1]))
        return (*word[:start], PARTNER[vector], *word[at + 1 :])

    def _vector(self, word: Word) -> int:
        if word not in self.vectors:
            self.vectors[word] = letter(("vector of an unknown", word), ROWS[word[0]], ONE)
        return self.vectors[word]

    def _reduced(self, equation: ClosedForm) -> ClosedForm:
        """An equation with what is known put in, again without traces of unknowns."""
        return self._hidden(equation.substitute(self.values)).fraction()[0]

    def _eliminate(self, letters: list[int], left: dict[int, ClosedForm]) -> dict[int, ClosedForm]:
        """Solve for letters, one after the other; what is left of the equations."""
        pending = list(letters)
        while pending:
            a, key = self._next(pending, left)
            pending.remove(a)
            left = {b: equation for b, equation in left.items() if b != key}
            left = {b: self._reduced(equation) for b, equation in left.items()}
        return left

    def _next(self, pending: list[int], left: dict[int, ClosedForm]) -> tuple[int, int | None]:
        """Solve for one letter by one of the equations, if possible by its own."""
        present = {a: [b for b, equation in left.items() if a in equation.letters()] for a in pending}
        for a in pending:
            if not present[a]:
                self._in_traces_only(a)
                return a, None
        problem: tuple[int, UnsupportedError] | None = None
        pairs = [(a, key) for a in pending for key in present[a]]
        for unknown, key in sorted(pairs, key=lambda pair: pair[0] != pair[1]):
            try:
                found = isolate(left[key], unknown, self._letters())
            except Contradiction:
                raise
            except UnsupportedError as error:
                problem = problem or (key, error)
                continue
            self._take(unknown, found.value, found.open_because)
            self.chosen = self.chosen or bool(found.open_because)
            return unknown, key
        assert problem is not None
        key, why = problem
        stated = f", {_shown(self.equations[key])} = 0," if key in self.equations else ""
        raise UnsupportedError(
            f"the equation of {_name(key)}{stated} is not solved in closed form ({why}); solved are A K B + C = 0, "
            "A (K + c K') B + C = 0 with traces of K in C, and equations in functions of one symmetric matrix"
        )

    def _in_traces_only(self, a: int) -> None:
        """A matrix that enters through t = tr(C K) and K u only: K = Σ s C' + Σ v u', for numbers s and vectors v."""
        value = ClosedForm.zero(ROWS[a], COLS[a])
        for word in [word for word in self.traces if _holds(word, [a])]:
            number = letter(("multiple of a gradient", a, word), ONE, ONE)
            value = value + gradient(product_of_words((word,)), a) * ClosedForm.of(number)
        for word in [word for word in self.vectors if _holds(word, [a])]:
            vector = letter(("multiple of a gradient", a, word), ROWS[word[0]], ONE)
            self.multiples.append(vector)
            row = product_of_letters(COLS[word[0]], ONE, word[1:]).T
            product = ClosedForm.of(vector) @ row
            value = value + (product if word[0] == a else product.T)
        self._take(a, value, f"not all of {_name(a)} is in the equations")

    # --- numbers -----------------------------------------------------------------------------------------

    def _solve_numbers(self, equations: list[ClosedForm]) -> None:
        """The numbers: those asked for, the traces, and multiples of gradients."""
        done: set[int] = set()
        rows = list(equations)
        while new := {a: w for w, a in self.traces.items() if a not in done}:
            for a, word in new.items():
                done.add(a)
                rows.append(ClosedForm.of(a) - self._hidden(self._final(product_of_words((word,)))))
        rows = [form for row in rows if (form := self._final(row).fraction()[0])]
        letters = sorted(
            {a for a in self.unknowns if _is_number(a)}
            | {a for form in (*rows, *self.values.values()) for a in form.letters() if _is_new_number(a)},
            key=lambda a: (a not in self.unknowns, a),
        )
        if not letters:
            if rows:
                raise self._no_solution()
            return
        zero = dict.fromkeys(letters, closed_form(0))
        if not rows:
            self.open_because.append("nothing depends on the unknowns")
            found_values, free = [closed_form(0)] * len(letters), tuple(range(len(letters)))
        else:
            matrix = [[gradient(row, a) for a in letters] for row in rows]
            found = solutions(matrix, [-row.substitute(zero) for row in rows])
            if found is None:
                raise self._no_solution()
            found_values, free = found.values, found.free
        if free:
            names = ", ".join(dict.fromkeys(_name(letters[i]) for i in free))
            self.open_because.append(f"the equations leave {names} open, which is 0 here")
        table = dict(zip(letters, found_values, strict=True))
        self.values = {b: form.substitute(table) for b, form in self.values.items()} | {
            a: value for a, value in table.items() if a in self.unknowns
        }

    def _no_solution(self) -> UnsupportedError:
        """That there is none, unless another choice of what was left open might have given one."""
        if not self.chosen:
            return Contradiction(NO_SOLUTION)
        return UnsupportedError(f"no solution is found in closed form ({'; '.join(self.open_because)})")

    def _letters(self) -> set[int]:
        """All letters that are not known."""
        return {*self.unknowns, *self.traces.values(), *self.vectors.values(), *self.multiples} | {
            a for form in self.values.values() for a in form.letters() if _is_new_number(a)
        }

    def _final(self, form: ClosedForm) -> ClosedForm:
        """A form with all values put in."""
        known = {a: value for a, value in self.values.items() if a in form.letters()}
        return form.substitute(known) if known else form


NO_SOLUTION = "the equations contradict each other, so that there is no point at which the gradient vanishes"


def _is_number(a: int) -> bool:
    return ROWS[a] == COLS[a] == ONE


def _is_new_number(a: int) -> bool:
    meaning = MEANING[a]
    return isinstance(meaning, tuple) and meaning[0] in ("trace of an unknown", "multiple of a gradient")


def _is_wide_unknown(a: int, unknowns: Iterable[int]) -> bool:
    return ROWS[a] != ONE and COLS[a] != ONE and min(a, PARTNER[a]) in unknowns


def _holds(word: Word, letters: Iterable[int]) -> bool:
    wanted = set(letters)
    return any(min(a, PARTNER[a]) in wanted for a in word)


def _check_linear(equation: ClosedForm, unknowns: list[int], of: int) -> None:
    for monomial, word in terms_of(equation):
        if sum(min(a, PARTNER[a]) in unknowns for w in (*monomial, word) for a in w) > 1:
            raise UnsupportedError(f"the equation of {_name(of)} is not linear in the unknowns")


def _coefficients(equation: ClosedForm) -> list[ClosedForm]:
    """The scalars that have to vanish for a matrix without unknown matrices to vanish."""
    return [equation.coefficient(word) for word in dict.fromkeys(word for _, word in equation.terms)]


def _name(a: int) -> str:
    meaning = MEANING[a]
    if isinstance(meaning, tuple) and meaning[0] == "multiple of a gradient":
        return _name(meaning[1])
    if isinstance(meaning, tuple):
        word = meaning[1]
        return "".join(f"{_name(min(b, PARTNER[b]))}{chr(39) * (b > PARTNER[b])} " for b in word).strip()
    return str(meaning)


def _shown(equation: ClosedForm) -> str:
    text = str(equation.expr)
    return text if len(text) <= 200 else f"{text[:200]}…"
