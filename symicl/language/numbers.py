"""A formula at exact numbers, read off its tree: a second way from text to a value, which a refutation uses.

Only expectations, limits and what the library derives are taken from their closed forms.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flint
import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import meaning_of
from symicl.errors import InputError
from symicl.language import tree as t
from symicl.language.reading import Reader
from symicl.language.value import MultipleOfI, Value, form_of, sizes_of
from symicl.numeric import AtNumbers, ExactMatrix, identity_matrix
from symicl.tasks import Values

Exact = Any
"""A flint rational, or an `ExactMatrix`."""


class ScaledI:
    """c·I without a size."""

    def __init__(self, factor: flint.fmpq):
        self.factor = factor


def symbols_of(value: Value) -> set[sympy.Basic]:
    """The symbols of a value, without the sizes of its matrices."""
    found: set[sympy.Basic] = set()
    for a in form_of(value).letters():
        meaning = meaning_of(a)
        if isinstance(meaning, sympy.Basic):
            found |= meaning.free_symbols
    return found | {part for size in sizes_of(value) for part in getattr(size, "free_symbols", ())}


def symbols_in(nodes: Iterable[t.Expr], reader: Reader) -> set[sympy.Basic]:
    """The symbols that need a number; those under an expectation only if they survive it."""
    found: set[sympy.Basic] = set()
    for node in nodes:
        if isinstance(node, t.Expectation | t.Library | t.Limit):
            found |= symbols_of(reader.value(node))
        elif isinstance(node, t.Name | t.Constant):
            name = node.name if isinstance(node, t.Name) else node.size
            entry = reader.scope.entries.get(name or "") or reader.scope.variance(name or "")
            if entry is not None and entry.node is not None:
                found |= symbols_in([entry.node], reader)
            elif entry is not None:
                found |= {entry.symbol}
        else:
            if isinstance(node, t.Norm) and node.weight in reader.scope.entries:
                found.add(reader.scope.entries[node.weight].symbol)
            found |= symbols_in(t.children(node), reader)
    sizes = {s for symbol in found if isinstance(symbol, MatrixExpr) for s in symbol.shape}
    return found | {part for size in sizes for part in size.free_symbols}


def at_numbers(node: t.Expr, values: Values, reader: Reader) -> Exact:
    """The exact value of a formula.

    Raises
    ------
    InputError, ZeroDivisionError
        Where it is not defined.
    """
    return _Evaluation(values, reader).of(node)


class _Evaluation:
    def __init__(self, values: Values, reader: Reader):
        self.values, self.reader, self.closed = values, reader, AtNumbers(values)

    def of(self, node: t.Expr) -> Exact:
        return _entry(self._of(node))

    def _of(self, node: t.Expr) -> Exact:
        if isinstance(node, t.Number):
            return flint.fmpq(node.value.numerator, node.value.denominator)
        if isinstance(node, t.Name):
            return self._name(node.name)
        if isinstance(node, t.Constant):
            if node.size is None:
                return ScaledI(flint.fmpq(1))
            number = node.size if node.size.isdigit() else self._name(node.size).p
            size = int(number)
            return flint.fmpq_mat(size, 1, [1] * size) if isinstance(node, t.Ones) else identity_matrix(size)
        if isinstance(node, t.Moment):
            if node.name == "Corr":
                self.reader.value(node)  # refuses a root, which is not what is spelled out
            return self.of(node.spelled)
        if isinstance(node, t.Sum):
            total = None
            for sign, item in node.items:
                term = self.of(item)
                term = _times(flint.fmpq(-1), term) if sign == "-" else term
                total = term if total is None else _plus(total, term)
            return total
        if isinstance(node, t.Product):
            result = self.of(node.items[0][1])
            for operator, item in node.items[1:]:
                factor = self.of(item)
                result = _entry(_times(result, 1 / factor if operator == "/" else factor))
            return result
        if isinstance(node, t.Power):
            return self._power(node)
        if isinstance(node, t.Norm):
            inner = self.of(node.base)
            left = inner.transpose() if isinstance(inner, ExactMatrix) else inner
            if node.weight is not None and node.weight in self.reader.scope.entries:
                inner = _times(self._name(node.weight), inner)
            return _trace(_times(left, inner))
        if isinstance(node, t.Expectation | t.Library | t.Limit):
            value = self.reader.value(node)
            number = self.closed.of(form_of(value))
            return ScaledI(number) if isinstance(value, MultipleOfI) else number
        if isinstance(node, t.Block):
            raise InputError("a matrix of blocks is judged block by block")
        if isinstance(node, t.Entrywise):
            return _entrywise(node, [self.of(part) for part in t.children(node)])
        inner = self.of(node.base)
        if isinstance(node, t.Transpose):
            return inner.transpose() if isinstance(inner, ExactMatrix) else inner
        if isinstance(node, t.Relu):
            return _relu(inner)
        return _trace(inner) if isinstance(node, t.Trace) else _inverse(inner)

    def _name(self, name: str) -> Exact:
        entry = self.reader.scope.entries[name]
        if entry.node is not None:
            return self.of(entry.node)
        return _exact(self.values[entry.symbol])

    def _power(self, node: t.Power) -> Exact:
        entries = self.reader.scope.entries
        if isinstance(node.base, t.Name) and node.base.name not in entries:
            base, exponent = self._name(node.base.name + "2"), node.exponent // 2
        else:
            base, exponent = self.of(node.base), node.exponent
        if exponent < 0:
            base = _inverse(base)
        if _bits(base) * abs(exponent) > MAX_POWER_BITS:
            raise InputError("a power of more digits than are taken here")
        result = identity_matrix(base.nrows()) if isinstance(base, ExactMatrix) else flint.fmpq(1)
        for _ in range(abs(exponent)):
            result = _times(result, base)
        return result


MAX_POWER_BITS = 1_000_000
"""Of a power at numbers; powers of powers in a text of one line would not fit into any memory."""


def _bits(value: Exact) -> int:
    entries = value.entries() if isinstance(value, ExactMatrix) else [value]
    numbers = [x.factor if isinstance(x, ScaledI) else x for x in entries]
    return max((abs(int(part)).bit_length() for x in numbers for part in (x.p, x.q)), default=0)


def _entry(value: Exact) -> Exact:
    """A 1×1 matrix is its entry."""
    if isinstance(value, ExactMatrix) and value.nrows() == value.ncols() == 1:
        return value[0, 0]
    return value


def _exact(value: Any) -> Exact:
    if isinstance(value, sympy.Rational):
        return flint.fmpq(int(value.p), int(value.q))
    if not isinstance(value, ExactMatrix):
        raise InputError(f"{value} is not a rational number")
    return _entry(value)


def _plus(a: Exact, b: Exact) -> Exact:
    if isinstance(a, ScaledI) and isinstance(b, ScaledI):
        return ScaledI(a.factor + b.factor)
    if isinstance(a, ScaledI):
        a = identity_matrix(b.nrows()) * a.factor if isinstance(b, ExactMatrix) else a.factor
    if isinstance(b, ScaledI):
        b = identity_matrix(a.nrows()) * b.factor if isinstance(a, ExactMatrix) else b.factor
    return a + b


def _times(a: Exact, b: Exact) -> Exact:
    if isinstance(a, ScaledI) or isinstance(b, ScaledI):
        x, y = (c.factor if isinstance(c, ScaledI) else c for c in (a, b))
        both = isinstance(a, ScaledI) and isinstance(b, ScaledI)
        if both or not (isinstance(x, ExactMatrix) or isinstance(y, ExactMatrix)):
            return ScaledI(x * y)
        a, b = x, y
    if isinstance(b, ExactMatrix) and not isinstance(a, ExactMatrix):
        return b * a
    return a * b


def _entrywise(node: t.Entrywise, parts: list[Exact]) -> Exact:
    """A function of entries at exact matrices."""
    grids = [x if isinstance(x, ExactMatrix) else flint.fmpq_mat(1, 1, [x]) for x in parts]
    a, b = grids[0], grids[-1]
    rows, cols = a.nrows(), a.ncols()
    if node.name == "commutation":
        m, n = (int(x[0, 0].p) for x in grids)
        entries = [int(k == j * m + i) for i in range(m) for j in range(n) for k in range(m * n)]
        return flint.fmpq_mat(m * n, m * n, entries)
    if node.name == "entry":
        i, j = node.numbers
        if i > rows or j > cols:
            raise InputError(f"entry(…, {i}, {j}) does not exist here")
        return a[i - 1, j - 1]
    if node.name == "vec":
        return flint.fmpq_mat(rows * cols, 1, a.transpose().entries())
    if node.name == "hadamard":
        return flint.fmpq_mat(rows, cols, [x * y for x, y in zip(a.entries(), b.entries(), strict=True)])
    if node.name == "kron":
        places = [(i, k) for i in range(rows) for k in range(b.nrows())]
        columns = [(j, m) for j in range(cols) for m in range(b.ncols())]
        return flint.fmpq_mat(
            len(places), len(columns), [a[i, j] * b[k, m] for i, k in places for j, m in columns]
        )
    if cols == 1 != rows:
        return flint.fmpq_mat(
            rows, rows, [a[i, 0] if i == j else 0 for i in range(rows) for j in range(rows)]
        )
    return flint.fmpq_mat(rows, 1, [a[i, i] for i in range(rows)])


def _trace(value: Exact) -> Exact:
    if not isinstance(value, ExactMatrix):
        return value
    return sum((value[i, i] for i in range(value.nrows())), flint.fmpq(0))


def _relu(value: Exact) -> Exact:
    if isinstance(value, ExactMatrix):
        return flint.fmpq_mat(
            value.nrows(), value.ncols(), [x if x > 0 else flint.fmpq(0) for x in value.entries()]
        )
    return max(value, flint.fmpq(0))


def _inverse(value: Exact) -> Exact:
    if isinstance(value, ScaledI):
        return ScaledI(1 / value.factor)
    return value.inv() if isinstance(value, ExactMatrix) else 1 / value


def same(a: Exact, b: Exact) -> bool:
    """True if two values are equal; 0 and a multiple of I fit any shape."""
    a, b = _shaped(a, b), _shaped(b, a)
    if isinstance(a, ScaledI) and isinstance(b, ScaledI):
        return bool(a.factor == b.factor)
    return bool(a == b)


def _shaped(value: Exact, other: Exact) -> Exact:
    if isinstance(value, ScaledI):
        if isinstance(other, ScaledI):
            return value
        return (
            identity_matrix(other.nrows()) * value.factor if isinstance(other, ExactMatrix) else value.factor
        )
    if isinstance(other, ExactMatrix) and not isinstance(value, ExactMatrix) and value == 0:
        return flint.fmpq_mat(other.nrows(), other.ncols())
    return value
