"""Formulas to values: names are looked up, shapes are checked, expectations are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import sympy

from symicl.algebra import (
    ONE,
    ClosedForm,
    RandomMatrix,
    SymmetricMatrix,
    dimension_index,
    ones,
    read_form,
    relu,
)
from symicl.errors import ClaimError, InputError, SymiclError, UnsupportedError
from symicl.expectation import EntrywiseProduct
from symicl.language import tree as t
from symicl.language import value as v
from symicl.language.entrywise import entrywise_value
from symicl.language.library import from_library
from symicl.language.limits import Diverges, limit
from symicl.language.moments import moment
from symicl.language.powers import inverse, power
from symicl.language.randomness import expectation
from symicl.language.scope import Scope
from symicl.language.source import Source, Span
from symicl.language.value import MultipleOfI, Value

Result = TypeVar("Result")


class OutsideCalculus(UnsupportedError):
    """A formula that can be read but not computed; its text says where."""


class Reader:
    """Evaluates the formulas of one file.

    Attributes
    ----------
    source : Source
    scope : Scope
    statements : list of Statement
        What the file has declared so far.
    unwritten : dict
        Formulas whose value no rule of a certificate computes, and why.
    """

    def __init__(self, source: Source, scope: Scope):
        self.source, self.scope = source, scope
        self.statements: list[t.Statement] = []
        self.unwritten: dict[t.Expr, str] = {}
        self._known: dict[t.Expr, Value] = {}

    def at(self, span: Span, work: Callable[[], Result]) -> Result:
        """Do something, and blame what goes wrong on a place of the file.

        Raises
        ------
        ClaimError
            For input that cannot be meant.
        OutsideCalculus
            For what the exact calculus cannot take.
        """
        try:
            return work()
        except (ClaimError, OutsideCalculus, Diverges):
            raise
        except InputError as error:
            raise self.source.error(span, str(error)) from None
        except ZeroDivisionError:
            raise self.source.error(span, "a division by zero") from None
        except SymiclError as error:
            raise OutsideCalculus(f"{self.source.where(span)}: {error}") from None

    def value(self, node: t.Expr) -> Value:
        """The meaning of a formula.

        Raises
        ------
        ClaimError, OutsideCalculus
        """
        if self.scope.has_entries(node):
            if node not in self._known:
                self._known[node] = self.at(node.span, lambda: entrywise_value(node, self))
            return self._known[node]
        if isinstance(node, t.Expectation | t.Library | t.Limit):
            # The costly ones; versions of a claim that differ elsewhere share them.
            if node not in self._known:
                self._known[node] = self.at(node.span, lambda: self._costly(node))
            return self._known[node]
        if isinstance(node, t.Block):
            raise self.source.error(
                node.span,
                "a matrix of blocks stands in equalities, in sums, products, transposes, averages and traces",
            )
        if isinstance(node, t.Moment):
            return self.at(node.span, lambda: self._moment(node))
        if isinstance(node, t.Sum):
            return self._sum(node)
        if isinstance(node, t.Product):
            return self._product(node)
        return self.at(node.span, lambda: self._single(node))

    def _single(self, node: t.Expr) -> Value:
        if isinstance(node, t.Number):
            return ClosedForm.number(node.value)
        if isinstance(node, t.Name):
            return self._name(node)
        if isinstance(node, t.Constant):
            return self._constant(node)
        if isinstance(node, t.Power):
            return self._power(node)
        if isinstance(node, t.Norm):
            return self._norm(node)
        assert isinstance(node, t.Transpose | t.Trace | t.Inverse | t.Relu)
        inner = self.value(node.base)
        if isinstance(node, t.Transpose):
            symbol = self.scope.entries.get("T")
            if node.by_letter and symbol is not None and isinstance(symbol.symbol, sympy.Symbol):
                raise InputError("^T is a transpose or a power of the symbol T; write A' for the transpose")
            return v.transpose(inner)
        if isinstance(node, t.Relu):
            if isinstance(inner, MultipleOfI):
                raise InputError("relu(I) needs the size of I; write I_d")
            return relu(inner)
        return v.trace(inner) if isinstance(node, t.Trace) else inverse(inner)

    def _name(self, node: t.Name) -> Value:
        entry = self.scope.find(node)
        if entry.value is None:
            raise InputError(f"{node.name} is a {entry.kind}, which cannot stand in a formula")
        return entry.value

    def _constant(self, node: t.Constant) -> Value:
        if node.size is None:
            return MultipleOfI(ClosedForm.number(1))
        what = "1" if isinstance(node, t.Ones) else "I"
        if node.size.isdigit():
            if not 0 < int(node.size) <= 1000:
                raise InputError(f"{what}_{node.size} has no possible size")
            size = int(node.size)
        else:
            entry = self.scope.find(replace(t.Name(node.size), span=node.span))
            if entry.kind != "dimension":
                raise InputError(
                    f"the size {node.size} of {what}_{node.size} is a {entry.kind}, not a dimension"
                )
            size = entry.symbol
        return read_form(ones(size)) if what == "1" else ClosedForm.identity(dimension_index(size))

    def _power(self, node: t.Power) -> Value:
        base = node.base
        variance = self.scope.variance(base.name) if isinstance(base, t.Name) else None
        if variance is not None and isinstance(base, t.Name):
            assert variance.value is not None
            if base.name in self.scope.entries:
                raise InputError(
                    f"{base.name}^{node.exponent} is a power of {base.name}, or of the variance {base.name}2; "
                    "declare one of the two only"
                )
            if node.exponent % 2:
                raise InputError(
                    f"{base.name}2 stands for the square of {base.name}, so odd powers of {base.name} are "
                    "roots, which are not in the language"
                )
            return power(variance.value, node.exponent // 2)
        return power(self.value(base), node.exponent)

    def _moment(self, node: t.Moment) -> Value:
        values = [self.value(part) for part in node.parts]
        for value in values:
            columns = isinstance(value, ClosedForm) and value.cols == ONE
            if not (v.is_scalar(value) if node.name in ("Corr", "Corr²", "Kurt") else columns):
                wanted = "scalars" if node.name in ("Corr", "Corr²", "Kurt") else "scalars and columns"
                raise InputError(
                    f"{node.name.removesuffix('²')}[…] is one of {wanted}, not of {v.kind_of(value)}"
                )
        if node.name == "Corr":
            variances = [self.value(moment("Var", (part,), node.over, (), node.span)) for part in node.parts]
            if variances[0] != variances[1]:
                raise UnsupportedError(
                    "a correlation is a quotient by a root unless both variances are the same; claim its square, "
                    "Corr[f, g]^2"
                )
        return self.value(node.spelled)

    def _norm(self, node: t.Norm) -> Value:
        inner = self.value(node.base)
        if isinstance(inner, MultipleOfI):
            raise InputError("the norm of I needs its size; write I_d")
        if node.weight == "F" and "F" not in self.scope.entries:
            return v.trace(v.multiply(v.transpose(inner), inner))
        if node.weight is not None and node.weight != "2":
            weight = self._name(t.Name(node.weight, span=node.span))
            symbol = self.scope.entries[node.weight].symbol
            if not isinstance(symbol, SymmetricMatrix):
                raise InputError(
                    f"the weight {node.weight} of a norm must be a covariance or a symmetric matrix"
                )
            middle = v.multiply(weight, inner)
        else:
            middle = inner
        result = v.multiply(v.transpose(inner), middle)
        if not v.is_scalar(result):
            raise InputError(
                f"the norm of {v.kind_of(inner)} has several meanings; write ||A||_F^2 for tr(A' A)"
            )
        return result

    def _sum(self, node: t.Sum) -> Value:
        total: Value | None = None
        for sign, item in node.items:
            term = self.value(item)
            term = v.negate(term) if sign == "-" else term
            before = total
            total = term if before is None else self.at(item.span, lambda a=before, b=term: v.add(a, b))  # type: ignore[misc]
        assert total is not None
        return total

    def _product(self, node: t.Product) -> Value:
        result: Value | None = None
        for i, (operator, item) in enumerate(node.items):
            factor = self.value(item)
            if operator == "/":
                self._refuse_loose_quotient(node, i)
            before = result
            if before is None:
                result = factor
            elif operator == "/":
                result = self.at(item.span, lambda a=before, b=factor: v.divide_by(a, b))  # type: ignore[misc]
            else:
                result = self.at(item.span, lambda a=before, b=factor: v.multiply(a, b))  # type: ignore[misc]
        assert result is not None
        return result

    def _refuse_loose_quotient(self, node: t.Product, at: int) -> None:
        """1/2 n is n/2 to some and 1/(2n) to others; 1/n A with a matrix A can only be (1/n) A.

        Raises
        ------
        ClaimError
        """
        behind = []
        for operator, item in node.items[at + 1 :]:
            if operator:
                break
            behind.append(item)
        if not behind:
            return
        run = t.Product((("", node.items[at][1]), *(("", item) for item in behind)))
        if v.is_scalar(self.value(run)):
            raise self.source.error(
                node.items[at][1].span | behind[-1].span,
                "this can be read as one denominator, or as a denominator and factors behind the fraction; write "
                "brackets, (a/b) c or a/(b c)",
            )

    def _costly(self, node: t.Expectation | t.Library | t.Limit) -> Value:
        if isinstance(node, t.Library):
            return from_library(node, self.scope)
        if isinstance(node, t.Limit):
            entry = self.scope.find(node.variable)
            if entry.kind not in ("dimension", "scalar"):
                raise InputError(f"{node.variable.name} is a {entry.kind}; limits are taken in scalars")
            if entry.kind == "dimension" and node.point == "0":
                raise InputError(f"{node.variable.name} is a dimension, which is at least 1")
            beside = {}
            for size, quotient in node.beside:
                other = self.scope.find(size)
                if other.kind != "dimension" or entry.kind != "dimension":
                    raise InputError(f"{size.name} is a {other.kind}; dimensions grow together")
                beside[other.symbol] = v.form_of(self.value(quotient))
            found, is_written = limit(self.value(node.base), entry.symbol, node.point, beside)
            if not is_written:
                self.unwritten[node] = "no rule takes the limit of the inverse of a sum"
            return found
        over: list[RandomMatrix] = []
        for name in node.over:
            entry = self.scope.find(t.Name(name, span=node.span))
            if entry.joint is not None:
                if not set(entry.joint.names) <= set(node.over):
                    raise InputError(
                        f"{' and '.join(entry.joint.names)} have a joint law; the average is over all of them, or over "
                        "what is independent of them"
                    )
                over += entry.joint.letters
                continue
            if entry.kind != "random":
                raise InputError(f"{name} is a {entry.kind}, not random, so there is no expectation over it")
            over.append(entry.symbol)
        try:
            return expectation(self.value(node.base), over if node.over else None, self.scope.bounds)
        except EntrywiseProduct:
            return entrywise_value(node, self)
