"""Closed forms normalised by n: the leading power of n stands in front, what remains is c + O(1/n)."""

from __future__ import annotations

import sympy
from sympy.matrices.expressions import MatrixExpr

CONTEXT_LENGTH = "n"


def normalised_form(expression: sympy.Basic) -> sympy.Basic | None:
    """The expression with leading powers of n split off; None where it does not contain n."""
    n = next((s for s in expression.atoms(sympy.Symbol) if s.name == CONTEXT_LENGTH), None)
    if n is None:
        return None
    if isinstance(expression, MatrixExpr):
        return _matrix(expression, n)
    return _sum(expression, n)


def _sum(expression: sympy.Expr, n: sympy.Symbol) -> sympy.Expr:
    traces: dict[sympy.Basic, sympy.Basic] = {}
    hidden = expression.xreplace(
        {t: _hidden(t, n, traces) for t in sorted(expression.atoms(sympy.Trace), key=str)}
    )
    terms = [_fraction(term, n) for term in sympy.Add.make_args(hidden)]
    return (terms[0] if len(terms) == 1 else sympy.Add(*terms, evaluate=False)).xreplace(traces)


def _hidden(trace: sympy.Trace, n: sympy.Symbol, traces: dict) -> sympy.Expr:
    """A letter for a trace; the power of n that its inverses give is in front of it."""
    letter = sympy.Dummy(str(len(traces)), nonnegative=True)
    power, inside = _factors(trace.arg, n)
    traces[letter] = sympy.Trace(inside)
    return n**power * letter


def _matrix(expression: MatrixExpr, n: sympy.Symbol) -> MatrixExpr:
    factors = expression.args if isinstance(expression, sympy.MatMul) else (expression,)
    scalar = sympy.Mul(*(f for f in factors if not isinstance(f, MatrixExpr)))
    matrices = [f for f in factors if isinstance(f, MatrixExpr)]
    power, body = _factors(sympy.MatMul(*matrices) if len(matrices) > 1 else matrices[0], n)
    coefficient = _sum(sympy.factor(scalar * n**power), n)
    if coefficient == 1:
        return body
    return sympy.MatMul(coefficient, *(body.args if isinstance(body, sympy.MatMul) else (body,)))


def _factors(product: MatrixExpr, n: sympy.Symbol) -> tuple[int, MatrixExpr]:
    """n^k times a product whose inverses are normalised."""
    power, new = 0, []
    for factor in product.args if isinstance(product, sympy.MatMul) else (product,):
        if isinstance(factor, sympy.Inverse) and isinstance(factor.arg, sympy.MatAdd):
            k, inside = _terms(factor.arg, n)
            power -= k
            factor = sympy.Inverse(inside)
        new.append(factor)
    return power, (new[0] if len(new) == 1 else sympy.MatMul(*new))


def _terms(matrix: sympy.MatAdd, n: sympy.Symbol) -> tuple[int, MatrixExpr]:
    """The degree in n of a sum of matrices, and the sum over n to that degree."""
    pairs = []
    for term in matrix.args:
        factors = term.args if isinstance(term, sympy.MatMul) else (term,)
        scalar = sympy.Mul(*(f for f in factors if not isinstance(f, MatrixExpr)))
        if not scalar.is_polynomial(n) or scalar.has(sympy.Inverse):
            return 0, matrix
        pairs.append((scalar, [f for f in factors if isinstance(f, MatrixExpr)]))
    degree = max(int(sympy.degree(scalar, n)) if scalar.has(n) else 0 for scalar, _ in pairs)
    if not degree:
        return 0, matrix
    parts = []
    for scalar, matrices in pairs:
        coefficient = _over(scalar, n, degree)
        product = matrices if coefficient == 1 else [coefficient, *matrices]
        parts.append(product[0] if len(product) == 1 else sympy.MatMul(*product))
    return degree, sympy.MatAdd(*parts, evaluate=False)


def _fraction(term: sympy.Expr, n: sympy.Symbol) -> sympy.Expr:
    """n^k N/D, where N and D are sums of a constant and powers of 1/n."""
    if not term.has(n):
        return term
    numerator, denominator = sympy.fraction(sympy.together(term))
    top, above = _product(sympy.factor(numerator), n)
    bottom, below = _product(sympy.factor(denominator), n)
    power = top - bottom
    parts = [*above]
    if power > 0:
        parts.append(n**power)
    under = [*below] + ([n**-power] if power < 0 else [])
    parts += [sympy.Pow(f, -1, evaluate=False) for f in under]
    if not parts:
        return sympy.Integer(1)
    return parts[0] if len(parts) == 1 else sympy.Mul(*parts, evaluate=False)


def _product(expression: sympy.Expr, n: sympy.Symbol) -> tuple[int, list[sympy.Expr]]:
    power, factors = 0, []
    for factor in sympy.Mul.make_args(expression):
        base, exponent = factor.as_base_exp()
        if not factor.has(n):
            if factor != 1:
                factors.append(factor)
        elif base == n:
            power += int(exponent)
        else:
            degree = int(sympy.degree(base, n))
            power += degree * int(exponent)
            lead = _over(base, n, degree)
            factors.append(lead if exponent == 1 else sympy.Pow(lead, exponent, evaluate=False))
    return power, factors


def _over(expression: sympy.Expr, n: sympy.Symbol, degree: int) -> sympy.Expr:
    """A polynomial in n over n to the given degree, by powers of 1/n, each coefficient factored."""
    collected = sympy.collect(sympy.expand(expression), n, evaluate=False)
    terms = []
    for monomial, coefficient in collected.items():
        k = 0 if monomial == 1 else int(sympy.degree(monomial, n))
        terms.append(sympy.factor(coefficient) * n ** (k - degree))
    return terms[0] if len(terms) == 1 else sympy.Add(*terms, evaluate=False)
