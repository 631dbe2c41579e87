"""`compile`: any formula as a function of numbers, arrays or tensors, each given by the name of its symbol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

import numpy as np
import sympy
from sympy.matrices.expressions import MatrixExpr, MatrixSymbol

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    INVERSE,
    MEANING,
    NO_LETTER,
    ROWS,
    Blocks,
    ClosedForm,
    exact_size,
    formula_of,
    refuse_namesakes,
)
from symicl.errors import InputError, ShapeError, brief, described
from symicl.numeric.backends import ArrayBackend, as_floats, backend_for
from symicl.numeric.closed_form_program import compile_matrix, compile_scalar, split_parameters
from symicl.numeric.expression_program import ExpressionProgram

Library = Literal["numpy", "torch"]


def compile(formula: Any, backend: Library | None = None) -> CompiledFunction:
    """A formula as a function of its symbols by name, in NumPy or torch; it takes batches, and gradients flow.

    Parameters
    ----------
    formula : SymPy expression, closed form, loss, optimum or any other result with an ``expr``
        A scalar or a matrix. Random matrices are arguments like any other symbol. Of a loss of prompts the
        effective parameters are arguments, as full matrices; of an optimum the minimal loss is taken.
    backend : "numpy" or "torch", optional
        By default torch where one of the values is a tensor, else NumPy float64.

    Returns
    -------
    CompiledFunction

    Raises
    ------
    InputError
        If it is no formula, or one name stands for two things.
    UnsupportedError
        For a part that has no value at arrays; it is named.

    Notes
    -----
    SymPy expressions are evaluated as they are written; of closed forms equal parts of words are computed once.

    Examples
    --------
    >>> import numpy as np, sympy, symicl as si
    >>> n, d = si.dims("n d")
    >>> A, Sigma = si.matrix("A", (d, d)), si.covariance("Sigma", d)
    >>> X = si.gaussian("X", (n, d), col_cov=Sigma)
    >>> second = si.compile(si.expect(X.T * X * A * X.T * X))
    >>> second
    <a function of A, Sigma, d and n: d×d>
    >>> second(n=3, A=np.eye(2), Sigma=np.diag([1.0, 2.0]))        # d is read off the matrices
    array([[21.,  0.],
           [ 0., 66.]])
    """
    if backend not in (None, "numpy", "torch"):
        raise InputError(f"there is no backend {brief(backend)!r}; choose numpy or torch")
    parameters = _blocks_of(formula)
    if callable(getattr(formula, "compile", None)):
        raise InputError(f"{described(formula)} has numbers already; call its own compile()")
    formula = formula_of(formula)
    if isinstance(formula, ClosedForm):
        symbols = _symbols_of_form(formula, parameters)
        if symbols is not None:
            make = compile_scalar if formula.is_scalar else compile_matrix
            compiled = {name: make(formula, name) for name in get_args(Library)}
            return CompiledFunction(
                formula, symbols, parameters, lambda values, name: compiled[name](values), backend
            )
        formula = formula.expr
    refuse_namesakes(formula)
    program = ExpressionProgram(formula)

    def written(values: Mapping[Any, Any], name: Library) -> Any:
        arithmetic: Any = backend_for(name, values)
        return program.run(values, arithmetic)

    return CompiledFunction(formula, _symbols_of(formula), {}, written, backend)


Run = Callable[[Mapping[Any, Any], Library], Any]


class CompiledFunction:
    """A formula as a function of its symbols by name; made by `compile`.

    Attributes
    ----------
    formula : ClosedForm or SymPy expression
    symbols : dict
        From names to the symbols that are the arguments. Of a loss the effective parameters are further arguments.
    """

    def __init__(
        self,
        formula: ClosedForm | sympy.Basic,
        symbols: Mapping[str, Any],
        parameters: Mapping[str, Blocks],
        run: Run,
        backend: Library | None,
    ):
        self.formula, self.symbols, self._parameters = formula, dict(symbols), dict(parameters)
        self._run, self._backend = run, backend
        self._sizes = {
            str(size): size
            for symbol in self.symbols.values()
            if isinstance(symbol, MatrixExpr)
            for size in symbol.shape
            if isinstance(size, sympy.Symbol)
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the arguments, matrices first."""
        shapes = [name for name, symbol in self.symbols.items() if isinstance(symbol, MatrixExpr)]
        return (*self._parameters, *shapes, *(name for name in self.symbols if name not in shapes))

    def __repr__(self) -> str:
        names = list(self.names)
        of = ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names) or "nothing"
        if isinstance(self.formula, ClosedForm):
            shape = "scalar" if self.formula.is_scalar else self.formula.shape_text
        else:
            is_matrix = isinstance(self.formula, MatrixExpr) and tuple(self.formula.shape) != (1, 1)
            shape = "×".join(map(str, self.formula.shape)) if is_matrix else "scalar"
        return f"<a function of {of}: {shape}>"

    def __call__(self, **given: Any) -> Any:
        """The value at numbers, arrays or tensors given by name.

        Parameters
        ----------
        **given
            Scalars as numbers, or as arrays over a batch; matrices as arrays of their shape, with any leading axes
            of a batch; a column also as an array of one axis. A size is read off a matrix where it is not given.

        Returns
        -------
        float, array or tensor
            Over the axes of the batch; in front of the two of a matrix.

        Raises
        ------
        InputError
            For an unknown or missing name, or something singular.
        ShapeError
            If a matrix does not have its shape.
        """
        for name in given:
            if name not in self.names and name not in self._sizes:
                raise InputError(
                    f"{brief(name)} is not an argument here; the arguments are {', '.join(self.names) or 'none'}"
                )
        library = self._library(given)
        values: dict[Any, Any] = {}
        like: Any = backend_for(library, given) if library == "torch" else backend_for(library, {})
        for name in (*self.names, *self._sizes):
            symbol = self.symbols.get(name, self._sizes.get(name))
            if name in given and not isinstance(symbol, MatrixExpr) and name not in self._parameters:
                value = _scalar(name, given[name])
                # In torch a batch of numbers becomes a tensor beside the others.
                values[symbol] = value if isinstance(value, float) else like.matrix(value)
        full = {name: _array(name, given[name], like) for name in self._parameters if name in given}
        for name, symbol in self.symbols.items():
            if name in given and isinstance(symbol, MatrixExpr):
                values[symbol] = _matrix(name, symbol, given[name], like, values)
        if self._parameters:
            values |= split_parameters(self._parameters, self._with_sizes(full, values), full)
        missing = [name for name, symbol in self.symbols.items() if symbol not in values]
        if missing:
            raise InputError(
                f"no value is given for {', '.join(missing)}; add "
                + " ".join(f"{name}=…" for name in missing)
            )
        _check_batches(values, full)
        try:
            return self._run(self._for_program(values), library)
        except ZeroDivisionError:
            raise InputError("a denominator is zero at these values") from None

    def _library(self, given: Mapping[str, Any]) -> Library:
        has_tensor = any(hasattr(value, "new_tensor") for value in given.values())
        if self._backend == "numpy" and has_tensor:
            raise InputError(
                "this function was compiled for NumPy and is given a tensor; compile it for torch"
            )
        return self._backend or ("torch" if has_tensor else "numpy")

    def _with_sizes(self, full: Mapping[str, Any], values: dict[Any, Any]) -> dict[Any, Any]:
        """Sizes that no number is given for, read off the sides of parameters that are one block."""
        for name, array in full.items():
            blocks = self._parameters[name]
            for side, length in zip((blocks.heights, blocks.widths), array.shape[-2:], strict=True):
                unknown = [DIMENSIONS[i] for i in side if DIMENSIONS[i] not in values]
                open_sizes = [size for size in unknown if isinstance(size, sympy.Symbol)]
                rest = sum(int(values.get(DIMENSIONS[i], DIMENSIONS[i])) for i in side
                           if DIMENSIONS[i] not in open_sizes)  # fmt: skip
                if len(open_sizes) == 1:
                    values[open_sizes[0]] = float(length - rest)
        return values

    def _for_program(self, values: dict[Any, Any]) -> dict[Any, Any]:
        if not isinstance(self.formula, ClosedForm):
            return values
        # There a scalar is a 1×1 matrix, so a batch of scalars is a batch of those.
        return {
            key: value[..., None, None] if isinstance(key, sympy.Symbol) and np.ndim(value) else value
            for key, value in values.items()
        }


def _check_batches(values: Mapping[Any, Any], parameters: Mapping[str, Any]) -> None:
    """Refuse leading axes that are not those of one batch.

    Raises
    ------
    ShapeError
    """
    axes = {
        str(symbol): tuple(np.shape(value))[: -2 if isinstance(symbol, MatrixExpr) else None]
        for symbol, value in values.items()
        if isinstance(symbol, sympy.Basic)
    } | {name: tuple(value.shape)[:-2] for name, value in parameters.items()}
    try:
        np.broadcast_shapes(*axes.values())
    except ValueError:
        said = ", ".join(f"{name} has {'×'.join(map(str, shape))}" for name, shape in axes.items() if shape)
        raise ShapeError(
            f"the axes of the batch do not fit: {said}; give them equal lengths, or the length 1"
        ) from None


def _blocks_of(formula: Any) -> dict[str, Blocks]:
    parameters = getattr(formula, "parameters", None)
    if not isinstance(parameters, Mapping) or not isinstance(
        getattr(formula, "closed_form", None), ClosedForm
    ):
        return {}
    whole = {str(name): blocks for name, blocks in parameters.items() if isinstance(blocks, Blocks)}
    is_function_of_them = bool(_letters_of(whole) & formula.closed_form.letters())
    return whole if len(whole) == len(parameters) and is_function_of_them else {}


def _letters_of(parameters: Mapping[str, Blocks]) -> set[int]:
    return {a for blocks in parameters.values() for row in blocks.grid for b in row for a in b.letters()}


def _symbols_of(expression: Any) -> dict[str, Any]:
    """The symbols of an expression by name; what stands in the law of a random matrix is none of them."""
    found: dict[str, Any] = {}

    def visit(part: Any) -> None:
        if isinstance(part, sympy.Symbol | MatrixSymbol):
            found.setdefault(part.name, part)
            return
        for argument in part.args:
            visit(argument)

    visit(expression)
    if isinstance(expression, MatrixExpr):
        for size in expression.shape:
            visit(exact_size(size))
    return dict(sorted(found.items()))


def _symbols_of_form(form: ClosedForm, parameters: Mapping[str, Blocks]) -> dict[str, Any] | None:
    """The symbols of a closed form by name; None if a letter is neither a symbol nor the inverse of one."""
    found: dict[str, Any] = {}
    for a in form.letters() - _letters_of(parameters):
        while INVERSE[a] != NO_LETTER and isinstance(MEANING[a], tuple):
            a = INVERSE[a]
        meaning = MEANING[a]
        if not isinstance(meaning, sympy.Symbol | MatrixSymbol):
            return None
        found[meaning.name] = meaning
    sizes = {form.rows, form.cols} | {dim for a in form.letters() for dim in (ROWS[a], COLS[a])}
    plain = all(isinstance(DIMENSIONS[i], int | sympy.Symbol | sympy.Integer) for i in sizes)
    return dict(sorted(found.items())) if plain else None


def _scalar(name: str, value: Any) -> Any:
    """A number as a float; an array or tensor of floats over a batch as it is."""
    if hasattr(value, "new_tensor"):
        return value if value.is_floating_point() else value.double()
    try:
        if isinstance(value, bool | str):
            raise TypeError
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(
            f"{name}={brief(value)} is not a number; give a number or an array of numbers"
        ) from None
    return array if array.ndim else float(array)


def _array(name: str, value: Any, backend: Any) -> Any:
    if not hasattr(value, "new_tensor"):
        if isinstance(value, sympy.MatrixBase):
            value = value.tolist()
        try:
            value = as_floats(value)
        except (TypeError, ValueError):
            raise InputError(
                f"{name} is {described(value)}; give a matrix as nested lists or as an array"
            ) from None
    return backend.matrix(value)


def _matrix(name: str, symbol: Any, value: Any, backend: ArrayBackend, values: dict[Any, Any]) -> Any:
    """A matrix as an array of its shape; sizes that are not known yet are read off it."""
    array = _array(name, value, backend)
    if array.ndim == 1 and symbol.shape[1] == 1:
        array = array[:, None]
    if array.ndim < 2:
        raise ShapeError(
            f"{name} is a number or a row of numbers; it must be a {'×'.join(map(str, symbol.shape))} matrix"
        )
    for length, size in zip(array.shape[-2:], symbol.shape, strict=True):
        if isinstance(size, sympy.Symbol):
            want = values.setdefault(size, float(length))
        elif size.is_Integer:
            want = int(size)
        else:
            continue
        if getattr(want, "ndim", 0) == 0 and int(want) != length:
            raise ShapeError(
                f"{name} is {'×'.join(map(str, array.shape[-2:]))}, but {name} is {symbol.shape[0]}×{symbol.shape[1]} "
                f"and {size} = {int(want)} here"
            )
    return array
