"""Equations u̇² = P(u, C) with conserved C, for quantities that have no equation of their own without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import sympy

from symicl.algebra import ClosedForm, degree, powers, read_form, scalar, scalar_letter
from symicl.errors import DerivationError, InputError, UnsupportedError, brief
from symicl.theory.dynamics.motion import Motion
from symicl.theory.dynamics.relations import relations
from symicl.theory.dynamics.scalar_equation import check_free
from symicl.theory.quadratic.signs import is_nonnegative, is_positive
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import Equation

MAX_DEGREE, MAX_CONSTANTS = 8, 2
"""Degrees in u and in all conserved quantities up to which P is looked for."""


@dataclass(frozen=True, eq=False, repr=False)
class SquaredEquation(TypesetQuantity):
    """u̇² = P(u, C); see `System.equation_of`.

    Attributes
    ----------
    system : Motion
        Whose quantity u is.
    symbol : sympy.Symbol
        u.
    constants : dict
        From the symbol of each conserved quantity to its closed form.
    quantity, slope : ClosedForm
        u and u̇ in the letters of the system.
    closed_form : ClosedForm
        P.
    """

    system: Motion
    symbol: sympy.Symbol
    constants: Mapping[sympy.Symbol, ClosedForm]
    quantity: ClosedForm
    slope: ClosedForm
    closed_form: ClosedForm

    @cached_property
    def expr(self) -> sympy.Expr:
        """P as a SymPy expression."""
        return self.system.written(self.closed_form)

    @property
    def equations(self) -> list[Equation]:
        return [Equation(rf"\dot{{{sympy.latex(self.symbol)}}}^{{2}}", self.expr)]

    @property
    def limit(self) -> sympy.Expr:
        """The limit of u for t → ∞ from every start with u_0 > 0, whatever the conserved quantities are.

        Raises
        ------
        UnsupportedError
            If it is not seen that there is one.

        Notes
        -----
        It is a number u* > 0 with u̇ = h (u* − u), where h ≥ 0 is seen from its terms and h² = R(u, C) is positive for
        u > 0: u moves towards u* for ever, and stops nowhere else. This speaks of flows that exist for all times, as
        gradient flows of losses that are bounded below do.
        """
        for candidate in self._candidates():
            if self._attracts(candidate):
                return self.system.written(candidate)
        raise UnsupportedError(
            f"it is not seen from {self} that {self.symbol} has one limit from every start with {self.symbol} > 0"
        )

    def _candidates(self) -> Iterator[ClosedForm]:
        """Roots of P in u that are free of the conserved quantities, and of even order."""
        expression = sympy.fraction(sympy.together(self.closed_form.expr))[0]
        for factor, order in sympy.factor_list(expression)[1]:
            if order % 2 == 0 and sympy.degree(factor, self.symbol) == 1 and not factor.has(*self.constants):
                one, zero = sympy.Poly(factor, self.symbol).all_coeffs()
                yield read_form(-zero / one)

    def _attracts(self, limit: ClosedForm) -> bool:
        put = self.system.roots.put
        h = put(self.slope / (limit - self.quantity))
        if not h.denominator_letters().isdisjoint(self.system.letters.values()) or not is_nonnegative(h):
            return False
        u = scalar_letter(self.symbol)
        R = put(self.closed_form / (limit - ClosedForm.of(u)) ** 2)
        if u in R.denominator_letters() or not is_positive(limit):
            return False
        # R ≥ c uᵏ > 0 for u > 0.
        above = ClosedForm.of(scalar_letter(sympy.Symbol("positive " + self.symbol.name, positive=True)))
        R_above = R.substitute({u: above})
        without = R.substitute({scalar_letter(C): ClosedForm.number(0) for C in self.constants})
        return any(
            is_positive(c) and is_nonnegative(R_above - c * above**k)
            for k, c in powers(without, (u,)).items()
        )

    def __repr__(self) -> str:
        return f"SquaredEquation({self})"


def squared_equation_of(
    system: Motion, quantity: ClosedForm, name: str, constants: Mapping[str, ClosedForm]
) -> SquaredEquation:
    """See `System.equation_of`.

    Raises
    ------
    InputError
        If a constant is not conserved.
    UnsupportedError
        If no such equation is found.
    """
    check_free(system, name, *constants)
    if not quantity.is_scalar or quantity.letters().isdisjoint(system.letters.values()):
        raise InputError("an equation is found for a scalar quantity that moves")
    for constant, form in constants.items():
        if not form.is_scalar or not system.vanishes(system.derivative(form)):
            raise InputError(f"{constant} is not conserved, or no scalar; see conserved()")
    moving = set(system.letters.values())
    slope = system.derivative(quantity)
    values = {scalar(name): quantity} | {scalar(c): form for c, form in constants.items()}
    images = [(ClosedForm.of(scalar_letter(symbol)), form) for symbol, form in values.items()]
    square = system.roots.put(slope**2)
    highest = min(MAX_DEGREE, degree(square, moving) // degree(quantity, moving))
    for most in range(1, highest + 1):
        columns, named = [], []
        for exponents in product(range(most + 1), *([range(MAX_CONSTANTS + 1)] * len(constants))):
            if sum(exponents[1:]) > MAX_CONSTANTS:
                continue
            columns.append(_monomial([form for _, form in images], exponents, system))
            named.append(_monomial([image for image, _ in images], exponents, system))
        found = relations([[f] for f in (*columns, square)], moving)
        vector = next((v for v in found if v[-1]), None)
        if vector is None:
            continue
        P = sum((x * (-c / vector[-1]) for c, x in zip(vector, named, strict=False) if c), square * 0)
        P = system.roots.put(P)
        put = {scalar_letter(symbol): form for symbol, form in values.items()}
        if system.roots.put(P.substitute(put) - square):
            raise DerivationError("an equation that was found does not hold")
        symbols = {scalar(c): form for c, form in constants.items()}
        return SquaredEquation(system, scalar(name), symbols, quantity, slope, P)
    raise UnsupportedError(
        f"the square of the derivative of {name} is not seen to be a polynomial in {name} and "
        f"{brief(', '.join(constants))}"
    )


def _monomial(forms: list[ClosedForm], exponents: tuple[int, ...], system: Motion) -> ClosedForm:
    value = ClosedForm.number(1)
    for form, k in zip(forms, exponents, strict=True):
        value = value * form**k
    return system.roots.put(value)
