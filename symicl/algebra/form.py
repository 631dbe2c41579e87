"""Closed forms: matrices, and scalars as 1×1 matrices, of rational functions in lowest terms.

A closed form is a sum of open words, each times a product of traces and a coefficient, over one scalar denominator:

    ( Σ coefficient · tr(…) tr(…) … · word ) / denominator.

Coefficients and the denominator are polynomials over one field (see `symicl.algebra.coefficients`). Traces stay words
in the keys until something is divided by them; from then on they are generators of the field.

Guarantee: the coefficients and the denominator have no common divisor, and the leading coefficient of the denominator
is positive. Over one field two closed forms are therefore equal as functions of all letters, for all dimensions, if
and only if their terms and denominators are. What the inverse of a
sum has to do with the letters in that sum, terms do not show; for ``==`` they cancel first, see
`symicl.algebra.cancellation`. (For small dimensions further identities exist, Cayley–Hamilton, which
are never needed.) A value is meant where the denominators that went into it do not vanish: what has been cancelled is
gone, and the domain of a statement comes from the statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from fractions import Fraction
from typing import Any, TypeAlias

import sympy

from symicl.algebra.cancellation import has_inverse_of_sum, vanishes
from symicl.algebra.coefficients import Coefficient, Field, is_scalar, lifted, word_name
from symicl.algebra.letters import COLS, DIMENSIONS, ONE, PARTNER, ROWS, letter
from symicl.algebra.numerators import (
    Terms,
    add_into,
    brought_by,
    cancelled,
    common_divisor,
    lifted_terms,
    product_of,
    reduced,
    scaled,
    sum_of,
)
from symicl.algebra.polynomial import MatrixPolynomial, Number, OpenTerm, Polynomial, namesake
from symicl.algebra.provenance import Origin, is_heard, note, reported
from symicl.algebra.reciprocals import as_power, collected, reciprocals_of
from symicl.algebra.substitution import substitute
from symicl.algebra.words import Word, closed, transposed_word
from symicl.algebra.writer import write_matrix, write_scalar
from symicl.errors import ShapeError

_RATIONALS = Field.of(())
_UNIT: OpenTerm = ((), ())


class ClosedForm:
    """A matrix of rational functions; scalars are 1×1.

    Attributes
    ----------
    rows, cols : int
        Dimension indices, see `symicl.algebra.letters`.
    field : Field
    terms : dict
        From (product of traces, open word) to its coefficient, none of them zero. The empty word is the identity.
    denominator : polynomial of the field
    """

    __slots__ = ("_expr", "_parts", "cols", "denominator", "field", "origin", "rows", "terms")
    origin: Origin

    def __init__(self, rows: int, cols: int, field: Field, terms: Terms, denominator: Coefficient):
        self.rows, self.cols, self.field = rows, cols, field
        self.terms, self.denominator = terms, denominator
        self._parts: tuple[Any, Polynomial] | None = None
        self._expr: Any = None

    def __reduce__(self) -> Any:
        return closed_form, (self.num, self.den)

    # Making

    @classmethod
    def number(cls, value: Number) -> ClosedForm:
        """A rational number."""
        exact, field = Fraction(value), _RATIONALS
        terms = {_UNIT: field.context.constant(exact.numerator)} if exact else {}
        return cls(ONE, ONE, field, terms, field.context.constant(exact.denominator))

    @classmethod
    def of(cls, a: int) -> ClosedForm:
        """The scalar or the matrix of a letter."""
        if ROWS[a] == COLS[a] == ONE:
            return _scalar_letter(min(a, PARTNER[a]))
        return cls(ROWS[a], COLS[a], _RATIONALS, {((), (a,)): _RATIONALS.one}, _RATIONALS.one)

    @classmethod
    def identity(cls, dim: int) -> ClosedForm:
        """The identity of a dimension."""
        return cls(dim, dim, _RATIONALS, {_UNIT: _RATIONALS.one}, _RATIONALS.one)

    @classmethod
    def zero(cls, rows: int, cols: int) -> ClosedForm:
        """The matrix of zeros."""
        return cls(rows, cols, _RATIONALS, {}, _RATIONALS.one)

    # Properties

    @property
    def is_scalar(self) -> bool:
        return self.rows == self.cols == ONE

    @property
    def shape_text(self) -> str:
        """Rows × columns, for messages."""
        return f"{DIMENSIONS[self.rows]}×{DIMENSIONS[self.cols]}"

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __len__(self) -> int:
        """The number of terms of the numerator, written out."""
        return sum(map(len, self.terms.values()))

    def letters(self) -> set[int]:
        """All letters that occur, untransposed."""
        used = {word for poly in (*self.terms.values(), self.denominator) for word in self.field.used(poly)}
        words = used.union(*(m for m, _ in self.terms), (w for _, w in self.terms))
        return {min(a, PARTNER[a]) for word in words for a in word}

    def denominator_letters(self) -> set[int]:
        """The letters of the denominator, untransposed."""
        return {min(a, PARTNER[a]) for word in self.field.used(self.denominator) for a in word}

    # Numerator and denominator as polynomials in words, for readers of single terms

    @property
    def num(self) -> Any:
        """The numerator in words: a `Polynomial`, or a `MatrixPolynomial` unless the shape is 1×1."""
        return self._part(0, "numerator")

    @property
    def den(self) -> Polynomial:
        """The denominator in words; 1 instead of a number, which the numerator is then divided by."""
        return self._part(1, "denominator")

    def _part(self, which: int, rule: str) -> Any:
        part = self._split()[which]
        if not is_heard():
            return part
        # What is kept here comes from nowhere; a copy knows what it is of this form.
        made = copy(part)
        note(rule, (self,), made)
        return made

    def fraction(self) -> tuple[ClosedForm, ClosedForm]:
        """Numerator and denominator, neither with a denominator of its own but a number in the numerator."""
        whole = self.denominator.is_constant()
        if whole and not is_heard():
            return self, ClosedForm.number(1)
        one = self.field.one
        num = ClosedForm(self.rows, self.cols, self.field, self.terms, self.denominator if whole else one)
        if whole:
            note("numerator", (self,), num)
            return num, ClosedForm.number(1)
        den = ClosedForm(ONE, ONE, self.field, {_UNIT: self.denominator}, one)
        note("numerator", (self,), num)
        note("denominator", (self,), den)
        return num, den

    def _split(self) -> tuple[Any, Polynomial]:
        if self._parts is None:
            constant = self.denominator.is_constant()
            scale = int(self.denominator.leading_coefficient()) if constant else 1
            terms: dict[OpenTerm, Number] = {}
            for (monomial, word), coefficient in self.terms.items():
                for generators, c in self.field.in_words(coefficient):
                    number = Fraction(c, scale) if c % scale else c // scale
                    terms[tuple(sorted(monomial + generators)), word] = number
            num: Polynomial | MatrixPolynomial = (
                Polynomial({m: c for (m, _), c in terms.items()})
                if self.is_scalar
                else MatrixPolynomial(self.rows, self.cols, terms)
            )
            below = [((), 1)] if constant else self.field.in_words(self.denominator)
            self._parts = num, Polynomial(dict(below))
        return self._parts

    @property
    def expr(self) -> Any:
        """As a SymPy expression."""
        if self._expr is None:
            num, den = self._split()
            if self.is_scalar:
                self._expr = write_scalar(num) / write_scalar(den)
            else:
                matrix = write_matrix(num)
                self._expr = matrix if den == 1 else sympy.MatMul(1 / write_scalar(den), matrix)
        return self._expr

    def _latex(self, printer: Any) -> str:
        return printer._print(self.expr)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {sympy.latex(self.expr)}$"

    def coefficient(self, word: Word) -> ClosedForm:
        """The scalar in front of an open word."""
        terms: Terms = {(m, ()): c for (m, w), c in self.terms.items() if w == word}
        return lowest_terms(ONE, ONE, self.field, terms, self.denominator)

    def content(self) -> ClosedForm:
        """The scalar c for which self/c is a sum of words with coprime polynomials in front, the first one positive."""
        first = min(self.terms, key=lambda key: (word_name(key[1]), sorted(map(word_name, key[0]))))
        common = common_divisor(self.field.zero, self.terms)
        sign = 1 if self.terms[first].leading_coefficient() > 0 else -1
        return ClosedForm(ONE, ONE, self.field, {_UNIT: common * sign}, self.denominator)

    @reported("multiple")
    def scalar_multiple_of_identity(self) -> ClosedForm | None:
        """r if the matrix is r·I, else None."""
        if any(word for _, word in self.terms):
            return None
        return ClosedForm(ONE, ONE, self.field, self.terms, self.denominator)

    # Arithmetic

    @reported("sum")
    def __add__(self, other: Operand) -> ClosedForm:
        a, b = self, _form(other)
        if (a.rows, a.cols) != (b.rows, b.cols):
            remedy = namesake(a.rows, b.rows) or namesake(a.cols, b.cols) or "the shapes must be equal"
            raise ShapeError(f"cannot add {a.shape_text} and {b.shape_text}; {remedy}")
        if not b.terms:
            return _anew(a)
        if not a.terms:
            return _anew(b)
        a, b, field = _over_one_field(a, b)
        if a.denominator == b.denominator:
            return lowest_terms(a.rows, a.cols, field, sum_of(a.terms, b.terms), a.denominator)
        common = a.denominator.gcd(b.denominator)
        over_a, over_b = b.denominator / common, a.denominator / common
        terms = sum_of(scaled(a.terms, over_a), scaled(b.terms, over_b))
        return lowest_terms(a.rows, a.cols, field, terms, a.denominator * over_a)

    __radd__ = __add__

    @reported("negative")
    def __neg__(self) -> ClosedForm:
        terms = {key: -c for key, c in self.terms.items()}
        return ClosedForm(self.rows, self.cols, self.field, terms, self.denominator)

    @reported("difference")
    def __sub__(self, other: Operand) -> ClosedForm:
        return self + (-_form(other))

    @reported("reversed difference")
    def __rsub__(self, other: Operand) -> ClosedForm:
        return _form(other) - self

    @reported("product")
    def __mul__(self, other: Operand) -> ClosedForm:
        """Times a scalar; of matrices the product is ``@``."""
        other = _form(other)
        if not (self.is_scalar or other.is_scalar):
            raise ShapeError(
                f"cannot multiply {self.shape_text} by {other.shape_text} with *; use @ for matrices"
            )
        return self @ other

    __rmul__ = __mul__

    @reported("product")
    def __matmul__(self, other: Operand) -> ClosedForm:
        """The product of matrices; a scalar multiplies anything."""
        a, b = self, _form(other)
        scalar_a, scalar_b = a.is_scalar, b.is_scalar
        if not (scalar_a or scalar_b or a.cols == b.rows):
            remedy = namesake(a.cols, b.rows) or "the inner dimensions must be equal"
            raise ShapeError(f"cannot multiply {a.shape_text} by {b.shape_text}; {remedy}")
        rows, cols = (b.rows, b.cols) if scalar_a else (a.rows, a.cols if scalar_b else b.cols)
        if not a.terms or not b.terms:
            return ClosedForm.zero(rows, cols)
        # A scalar times an identity is neither of the two.
        if (scalar_a or not scalar_b) and _is_one(a):
            return _anew(b)
        if (scalar_b or not scalar_a) and _is_one(b):
            return _anew(a)
        a, b, field = _over_one_field(a, b, brought_by(a.terms, b.terms))
        if a.denominator.is_one() and b.denominator.is_one():
            link = ONE if scalar_a or scalar_b else a.cols
            return ClosedForm(rows, cols, field, product_of(a.terms, b.terms, field, link), field.one)
        left, below_b = cancelled(a.terms, b.denominator)
        right, below_a = cancelled(b.terms, a.denominator)
        denominator = below_a * below_b
        if scalar_a or scalar_b:
            # In lowest terms already: by Gauss's lemma the contents of the two numerators multiply.
            return ClosedForm(rows, cols, field, product_of(left, right, field, ONE), denominator)
        # Words can merge into one, A A⁻¹ = I, and traces that arise can be generators of the field.
        return lowest_terms(rows, cols, field, product_of(left, right, field, a.cols), denominator)

    @reported("reversed product")
    def __rmatmul__(self, other: Operand) -> ClosedForm:
        return _form(other) @ self

    @reported("quotient")
    def __truediv__(self, other: Operand) -> ClosedForm:
        return self * _form(other).reciprocal()

    @reported("reversed quotient")
    def __rtruediv__(self, other: Operand) -> ClosedForm:
        return _form(other) * self.reciprocal()

    @reported("reciprocal")
    def reciprocal(self) -> ClosedForm:
        """1 over a scalar; its traces become generators of the field.

        Raises
        ------
        ZeroDivisionError
            If it is identically zero.
        """
        if not self.is_scalar:
            raise ShapeError(f"cannot divide by a {self.shape_text} matrix; only by a scalar")
        if not self.terms:
            raise ZeroDivisionError("a closed form is divided by zero")
        field = self.field.join(Field.of({word for monomial, _ in self.terms for word in monomial}))
        here = over_field(self, field)
        (numerator,) = here.terms.values()
        sign = -1 if numerator.leading_coefficient() < 0 else 1
        return ClosedForm(ONE, ONE, field, {_UNIT: here.denominator * sign}, numerator * sign)

    @reported("power")
    def __pow__(self, exponent: int) -> ClosedForm:
        """An integer power of a scalar or of a square matrix; negative ones of scalars only."""
        if exponent < 0:
            return self.reciprocal() ** -exponent
        if self.is_scalar and self.terms.keys() == {_UNIT}:  # powers of coprime polynomials are coprime
            terms = {_UNIT: self.terms[_UNIT] ** exponent}
            return ClosedForm(ONE, ONE, self.field, terms, self.denominator**exponent)
        if self.rows != self.cols:
            raise ShapeError(f"a power needs a square matrix, not {self.shape_text}")
        result = ClosedForm.identity(self.rows)
        for _ in range(exponent):
            result = result @ self
        return result

    @property
    @reported("transpose")
    def T(self) -> ClosedForm:
        """The transpose."""
        terms = {(m, transposed_word(w)): c for (m, w), c in self.terms.items()}
        return ClosedForm(self.cols, self.rows, self.field, terms, self.denominator)

    @reported("trace")
    def trace(self) -> ClosedForm:
        """tr of a square matrix, a scalar; of a scalar the scalar itself."""
        if self.rows != self.cols:
            raise ShapeError(f"the trace needs a square matrix, not {self.shape_text}")
        if self.is_scalar:
            return self
        a, _, field = _over_one_field(self, self, brought_by(self.terms))
        normals = {word: closed(word) if word else None for _, word in a.terms}
        if None in normals.values():  # an identity, whose trace is its size
            a, size, field = _over_one_field(a, size_of(a.rows))
        terms: Terms = {}
        for (monomial, word), c in a.terms.items():
            normal = normals[word]
            if normal is None:
                c, key = c * size.terms[_UNIT], (monomial, ())
            else:
                part, rest = field.split(tuple(sorted(monomial + normal)))
                c, key = c if part is None else c * part, (rest, ())
            add_into(terms, key, c)
        return lowest_terms(ONE, ONE, field, terms, a.denominator)

    # Equality

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ClosedForm | Polynomial | MatrixPolynomial | int | Fraction):
            return NotImplemented
        other = _form(other)
        if same_form(self, other):
            return True
        if (self.rows, self.cols) != (other.rows, other.cols):
            return False
        return (has_inverse_of_sum(self) or has_inverse_of_sum(other)) and vanishes(self - other)

    # Equal forms may stand over different fields, and python-flint's polynomials have no hash.
    __hash__ = None  # type: ignore[assignment]

    # Elsewhere: numbers and closed forms for letters

    @reported("substitute")
    def substitute(self, replacements: Mapping[int, Operand]) -> ClosedForm:
        """Replace letters, everywhere and at once; see `symicl.algebra.substitution.substitute`."""
        return substitute(self, {a: _form(value) for a, value in replacements.items()})

    def __repr__(self) -> str:
        if len(self) + len(self.denominator) > SHOWN:
            return f"ClosedForm({self.shape_text}, {len(self)} terms over {len(self.denominator)})"
        return f"ClosedForm({self.expr})"


Operand: TypeAlias = ClosedForm | Polynomial | MatrixPolynomial | Number

SHOWN = 40
"""Terms up to which a closed form is written out in its ``repr``."""


@reported("over")
def closed_form(numerator: Operand, denominator: Operand = 1) -> ClosedForm:
    """A number, a polynomial in words or a matrix of them as a closed form, over a scalar if one is given.

    Letters that stand for a negative power, such as 1/n, become powers.

    Raises
    ------
    ZeroDivisionError
        If the denominator is identically zero.
    """
    top = _form(numerator)
    if isinstance(denominator, int) and denominator == 1:
        return top
    below = _form(denominator)
    if not below:
        raise ZeroDivisionError("the denominator of a closed form is identically zero")
    return top / below


def same_form(a: ClosedForm, b: ClosedForm) -> bool:
    """True if two closed forms have equal terms: they are the same rational functions of all letters.

    Letters stand for themselves here; ``==`` also knows what the inverse of a sum has to do with the letters in it.
    """
    if (a.rows, a.cols) != (b.rows, b.cols):
        return False
    a, b, _ = _over_one_field(a, b)
    return bool(a.denominator == b.denominator) and a.terms == b.terms


def _anew(form: ClosedForm) -> ClosedForm:
    """The same closed form as a value of its own: where 1·a comes from is not where a does."""
    return ClosedForm(form.rows, form.cols, form.field, form.terms, form.denominator)


def _is_one(form: ClosedForm) -> bool:
    """True for the number 1 and for an identity that stand over no letters."""
    if form.field is not _RATIONALS or form.terms.keys() != {_UNIT}:
        return False
    return bool(form.denominator.is_one() and form.terms[_UNIT].is_one())


def _form(value: Operand) -> ClosedForm:
    if isinstance(value, ClosedForm):
        return value
    if isinstance(value, Polynomial):
        return _cleared(collected_terms(ONE, ONE, (((m, ()), c) for m, c in value)))
    if isinstance(value, MatrixPolynomial):
        return _cleared(collected_terms(value.rows, value.cols, value.terms.items()))
    return ClosedForm.number(value)


def _cleared(form: ClosedForm) -> ClosedForm:
    """The same with letters such as 1/(n + 1) written as the fractions that they stand for."""
    table = reciprocals_of(word[0] for word in form.field.words if is_scalar(word))
    return form.substitute({a: 1 / _form(of) for a, of in table}) if table else form


def _scalar_letter(a: int) -> ClosedForm:
    """A scalar letter; one that means a negative power, such as 1/n, is that power."""
    base, exponent = as_power(a)
    field = Field.of([(base,)])
    one, power = field.one, field.generator((base,)) ** abs(exponent)
    top, bottom = (power, one) if exponent > 0 else (one, power)
    return ClosedForm(ONE, ONE, field, {_UNIT: top}, bottom)


def size_of(dim: int) -> ClosedForm:
    """The number of rows of an identity: tr(I_d) = d."""
    size = DIMENSIONS[dim]
    return ClosedForm.number(size) if isinstance(size, int) else _scalar_letter(letter(size, ONE, ONE))


def collected_terms(rows: int, cols: int, items: Iterable[tuple[OpenTerm, Number]]) -> ClosedForm:
    """From single terms with rational coefficients: scalars go into coefficients, 1/n into the denominator."""
    return lowest_terms(rows, cols, *collected(items))


def lowest_terms(rows: int, cols: int, field: Field, terms: Terms, denominator: Coefficient) -> ClosedForm:
    """A closed form from a numerator and a denominator that may have a common divisor."""
    return ClosedForm(rows, cols, field, *reduced(terms, denominator, field))


def over_field(form: ClosedForm, field: Field) -> ClosedForm:
    """The same closed form over a field that holds its own; traces that are generators there leave the keys."""
    source = form.field
    if source is field:
        return form
    terms = lifted_terms(form.terms, source, field)
    return ClosedForm(form.rows, form.cols, field, terms, lifted(form.denominator, source, field))


def _over_one_field(
    a: ClosedForm, b: ClosedForm, more: Iterable[Word] = ()
) -> tuple[ClosedForm, ClosedForm, Field]:
    """Two forms over one field, which has some further scalars."""
    field = a.field.join(b.field)
    if any(word not in field.place for word in more):
        field = field.join(Field.of(more))
    if a.field is b.field is field:
        return a, b, field
    return over_field(a, field), over_field(b, field), field
