"""In-context regression that is declared: labels and target are polynomials in Gaussian matrices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import sympy
from sympy.matrices.expressions import (
    BlockMatrix,
    Identity,
    MatAdd,
    MatMul,
    MatrixExpr,
    Transpose,
    ZeroMatrix,
)

from symicl.algebra import (
    Blocks,
    ClosedForm,
    GaussianMatrix,
    RandomMatrix,
    closed_form,
    exact_size,
    gaussian,
    read_matrix,
    refuse_namesakes,
    stack,
    symbol_letter,
    unheard,
)
from symicl.errors import InputError, UnsupportedError, brief
from symicl.expectation import Law, Means, expect_form, in_own_laws, law_of
from symicl.numeric import evaluate
from symicl.tasks.draws import Draws, constant
from symicl.tasks.prompt import Prompt
from symicl.tasks.samplers import draw
from symicl.tasks.task import PromptTask, Sample
from symicl.tasks.token_blocks import token_blocks
from symicl.tasks.values import Values
from symicl.tasks.written_laws import letters_of_law, written_law
from symicl.typeset import Passage, formula_latex


def prompt_letters(n: sympy.Symbol | int, d: sympy.Symbol | int, m: sympy.Symbol | int = 1) -> dict[str, str]:
    """The letters that every in-context regression shares, with their meaning."""
    sizes = {
        str(size): meaning
        for size, meaning in (
            (n, "is the number of labelled examples"),
            (d, "is the dimension"),
            (m, "is the number of responses to each"),
        )
        if isinstance(size, sympy.Symbol)
    }
    single = m == 1
    return sizes | {
        "x_i,x": rf"$\in\mathbb{{R}}^{{{d}}}$ are covariates",
        **(
            {"y_i,y_{0}": r"$\in\mathbb{R}$ are responses"}
            if single
            else {"y_i": rf"$\in\mathbb{{R}}^{{{m}}}$ are responses"}
        ),
        "X": rf"$\in\mathbb{{R}}^{{{n}\times {d}}}$ has the rows $x_i^{{\top}}$",
        "y": rf"$=(y_1,\dots,y_{{{n}}})^{{\top}}$"
        if single
        else rf"$\in\mathbb{{R}}^{{{n}\times {m}}}$ has the rows $y_i^{{\top}}$",
    }


class GaussianRegression(PromptTask):
    """y = g(X, w, ε, …) for labelled examples, and a query x whose response is to be predicted.

    A law of one's own is a declaration: all is derived from the expressions, and nothing else has to be written.

    Parameters
    ----------
    X : gaussian("X", (n, d), …) or matrix expression, n × d
        The covariates, one example per row. An expression may hold the query and any further Gaussian matrices,
        such as ``alpha * OneMatrix(n, 1) * x.T + Z``. Or blocks of tokens, ``si.stack([X_1, X_2])``, each with a
        length, a law and a task of its own; the responses are stacked in the same way.
    x : gaussian("x", (d, 1), …)
        The query.
    responses : matrix expression, n × m
        The labels y in X and any further Gaussian matrices, such as ``X * w + epsilon``; with several responses, m > 1
        or a symbol, ``X * W.T + E``.
    response : matrix expression, m × 1
        The response y_0 to the query, such as ``w.T * x + epsilon_0`` or ``W * x``.

    Attributes
    ----------
    direction : gaussian("v", (m, 1)) or None
        With several responses a direction v ~ N(0, I_m) that no model sees: their squared error is
        E‖ŷ − y_0‖² = E(vᵀ(ŷ − y_0))², and predictors are shown as vᵀŷ.

    Examples
    --------
    A shift of covariates: the query is drawn from another law than the examples.

    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> X, x = si.gaussian("X", (n, d)), si.gaussian("x", (d, 1), row_cov=si.covariance("Lambda", d))
    >>> w = si.gaussian("w", (d, 1))
    >>> GaussianRegression(X, x, responses=X * w, response=w.T * x).symbols()
    {'n': n, 'd': d, 'Lambda': Lambda}
    """

    def __init__(self, X: MatrixExpr, x: RandomMatrix, *, responses: MatrixExpr, response: MatrixExpr):
        X, x, responses, response = map(in_own_laws, (X, x, responses, response))
        if not isinstance(x, RandomMatrix) or x.name != "x":
            raise InputError(f"x is {brief(x)}; give a law that is called x, such as si.gaussian('x', …)")
        self.blocks = token_blocks(X, responses)
        d = X.shape[1]
        self.X, self.y = (
            stack([getattr(block, name) for block in self.blocks])
            if len(self.blocks) > 1
            else getattr(self.blocks[0], name)
            for name in ("X", "y")
        )
        self.covariates, self.x, self.responses, self.response = X, x, responses, response
        m = responses.shape[1]
        wanted = {"x": (x, (d, 1)), "response": (response, (m, 1))}
        for name, (value, shape) in wanted.items():
            if not isinstance(value, MatrixExpr) or tuple(value.shape) != tuple(map(exact_size, shape)):
                raise InputError(f"{name} is {brief(value)}; give a {shape[0]}×{shape[1]} matrix expression")
        self.direction = None if m == 1 else gaussian("v", (m, 1))
        seen = [letter for block in self.blocks for letter in (block.X, block.y)]
        if response.has(*seen):
            raise InputError("the response to the query depends on the examples; write it in the query x")
        own = () if self.direction is None else (self.direction,)
        for made in (
            *own,
            *(y for block in self.blocks for y in (block.y, block.X) if y != block.covariates),
        ):
            if any(part.has(made) for part in (X, responses, response)) or any(
                z.has(made) for z in self.random
            ):
                raise InputError(
                    f"the law has a letter {made}, and the task has one of its own that is called so; give it "
                    "another name"
                )
        try:
            refuse_namesakes(*seen, *self._own_letters(), X, responses, response, *own)
        except InputError as error:
            used = {z.name for z in (*seen, *self._own_letters(), *self.random, *own)}
            raise InputError(f"{error}; this task has the names {', '.join(sorted(used))} already") from None

    def _own_letters(self) -> tuple[MatrixExpr, ...]:
        """Letters that the task uses besides those of the prompt; by default none."""
        return ()

    @property
    def n(self) -> Any:
        """Number of labelled examples."""
        return self.X.shape[0]

    @property
    def d(self) -> Any:
        return self.X.shape[1]

    @property
    def m(self) -> Any:
        """Number of responses to each covariate."""
        return self.y.shape[1]

    def sizes(self) -> dict[str, Any]:
        return {"d": self.d, "n": self.n, "m": self.m}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(y = {self.responses}, y_0 = {self.response})"

    @cached_property
    def random(self) -> tuple[RandomMatrix, ...]:
        """All Gaussian matrices, those of the covariates and the query first."""
        found: dict[RandomMatrix, None] = {}
        for e in (self.covariates, self.x, self.responses, self.response):
            found |= {part: None for part in sympy.preorder_traversal(e) if isinstance(part, RandomMatrix)}
        return tuple(found)

    def setting(self) -> Passage:
        where = prompt_letters(self.n, self.d, self.m)
        if len(self.blocks) > 1:
            where = self._letters_of_blocks(where)
        if self.direction is not None:
            where["v"] = (
                rf"$\sim N(0,I_{{{formula_latex(self.m)}}})$ is a direction that no model sees: the mean square of a "
                "component along it is a squared length"
            )
        for z in self.random:
            if z not in (*(block.X for block in self.blocks), self.x):
                where[formula_latex(z)] = "is drawn anew for each prompt and is not seen"
            where |= letters_of_law(z)
        for name, symbol in self.symbols().items():
            if name not in (str(self.n), str(self.d), str(self.m)) and formula_latex(symbol) not in where:
                where[formula_latex(symbol)] = "is a parameter of the law"
        gaussian = [_written_law(z) for z in self.random if isinstance(z, GaussianMatrix)]
        others = [_written_law(z) for z in self.random if not isinstance(z, GaussianMatrix)]
        made = "" if self.covariates == self.X and len(self.blocks) == 1 else self._made()
        predicted, response = "whose response $y_{0}$ is to be predicted", formula_latex(self.response)
        if self.direction is not None:
            predicted = "whose response is to be predicted; $y_{0}$ is its component along a direction $v$"
            response = rf"v^{{\top}}\left({response}\right)"
        return Passage(
            f"In-context regression: labelled examples $(x_i,y_i)$ and a query $x$, {predicted}. All that is drawn is "
            "independent, and $\\otimes$ stands between a covariance of rows and one of columns",
            (
                rf"{made}y={formula_latex(self.responses)},\qquad y_{{0}}={response}"
                if len(self.blocks) == 1
                else rf"{made},\qquad y_{{0}}={response}",
                *others,  # one on each line, as they are written in words
                *filter(None, [r",\quad ".join(gaussian)]),
            ),
            where,
        )

    def _made(self) -> str:
        """Covariates that are an expression; of several blocks of tokens each, with its responses."""
        if len(self.blocks) == 1:
            return rf"X={formula_latex(self.covariates)},\qquad "
        parts = []
        for block in self.blocks:
            if block.covariates != block.X:
                parts.append(f"{formula_latex(block.X)}={formula_latex(block.covariates)}")
            parts.append(f"{formula_latex(block.y)}={formula_latex(block.responses)}")
        return r",\quad ".join(parts)

    def _letters_of_blocks(self, where: Mapping[str, str]) -> dict[str, str]:
        """The letters of a prompt of several blocks of tokens."""
        found = {letters: meaning for letters, meaning in where.items() if letters not in ("X", "y")}
        found["n"] = rf"$={formula_latex(self.n)}$ is the number of labelled examples"
        for name, letter in (("X", "X"), ("y", "Y")):
            rows = r"\\".join(f"{letter}_{{{k}}}" for k in range(1, len(self.blocks) + 1))
            found[name] = rf"$=\begin{{pmatrix}}{rows}\end{{pmatrix}}$ holds the blocks of tokens"
        for k, block in enumerate(self.blocks, 1):
            found[formula_latex(block.X)] = f"has the covariates of block {k} as rows"
            if isinstance(block.length, sympy.Symbol):
                found[formula_latex(block.length)] = "is a number of examples"
        return found

    # --- symbols -------------------------------------------------------------------------------------

    def prompt(self) -> Prompt:
        X, y, x = (
            Blocks([[ClosedForm.of(symbol_letter(s))] for s in column])
            for column in ([b.X for b in self.blocks], [b.y for b in self.blocks], [self.x])
        )
        return Prompt(X, y, x)

    def token_blocks(self) -> tuple[tuple[int, ...], ...]:
        return tuple((symbol_letter(block.X), symbol_letter(block.y)) for block in self.blocks)

    def target(self) -> ClosedForm:
        return self.component(closed_form(read_matrix(self.response)))

    def component(self, response: ClosedForm) -> ClosedForm:
        if self.direction is None:
            return response.trace()
        return (ClosedForm.of(symbol_letter(self.direction)).T @ response).trace()

    def prompt_letters(self) -> set[int]:
        own = set() if self.direction is None else {symbol_letter(self.direction)}
        return super().prompt_letters() | own

    @cached_property
    @unheard
    def definitions(self) -> dict[int, ClosedForm]:
        """The labels, and covariates that are an expression, as a substitution for the letters y and X."""
        made = {block.y: block.responses for block in self.blocks}
        made |= {block.X: block.covariates for block in self.blocks if block.covariates != block.X}
        return {symbol_letter(symbol): closed_form(read_matrix(e)) for symbol, e in made.items()}

    @cached_property
    @unheard
    def laws(self) -> tuple[list[Law], Means]:
        """The centred Gaussian laws, and mean + centred part for those with a mean."""
        laws: list[Law] = []
        means: Means = {}
        for z in (*self.random, *([] if self.direction is None else [self.direction])):
            law, mean = law_of(z)
            laws.append(law)
            if mean is not None:
                means[symbol_letter(z)] = mean
        return laws, means

    def expectation(self, form: ClosedForm) -> ClosedForm:
        laws, means = self.laws
        return expect_form(form.substitute(self.definitions), laws, means)

    def _parts(self) -> Iterator[sympy.Basic]:
        """Where symbols of the law stand, in the order in which they are listed."""
        for z in self.random:
            yield from reversed(z.law_parts)
        yield from (self.covariates, self.responses, self.response)

    def symbols(self) -> dict[str, sympy.Basic]:
        found = {size.name: size for size in (self.n, self.d, self.m) if isinstance(size, sympy.Symbol)}
        drawn = set(self.random)
        for part in self._parts():
            for symbol in sorted(_fixed(part) - drawn, key=str):
                found.setdefault(symbol.name, symbol)
        return found

    # --- numbers -------------------------------------------------------------------------------------

    def sample(self, values: Values | Mapping[sympy.Basic, Any], batch: int, draws: Draws) -> Sample:
        """Draw prompts: covariates batch × n × d, responses batch × n × m, query batch × d × 1."""
        drawn = {z: draw(z, values, batch, draws) for z in self.random}
        covariates, responses, target = (
            _at(e, drawn, values, draws) for e in (self.covariates, self.responses, self.response)
        )
        return Sample(Prompt(covariates, responses, drawn[self.x]), target)


def _written_law(z: RandomMatrix) -> str:
    """The law of a random matrix; that of a Gaussian column, or of independent rows, by their covariance alone."""
    name = formula_latex(z)
    if not isinstance(z, GaussianMatrix):
        return written_law(z, name)
    mean = "0" if isinstance(z.mean, ZeroMatrix) else formula_latex(z.mean)
    row, col = z.row_cov, z.col_cov
    if z.shape[1] == 1:
        variance, _ = col.as_coeff_mmul()
        return rf"{name}\sim N({mean},{formula_latex((variance * row).doit())})"
    if isinstance(row, Identity) and mean == "0":
        return rf"\text{{rows of }}{name}\sim N(0,{formula_latex(col)})"
    return rf"{name}\sim N({mean},{formula_latex(row)}\otimes {formula_latex(col)})"


def _fixed(part: sympy.Basic) -> set[Any]:
    """The symbols of an expression, without those inside the laws of its Gaussian matrices."""
    if isinstance(part, RandomMatrix):
        return {part} | {size for size in part.shape if isinstance(size, sympy.Symbol)}
    if isinstance(part, sympy.MatrixSymbol):
        return {part} | {size for size in part.shape if isinstance(size, sympy.Symbol)}
    if isinstance(part, sympy.Symbol):
        return {part}
    return set().union(*map(_fixed, part.args))


def _at(expression: Any, drawn: Mapping[Any, Any], values: Any, draws: Draws) -> Any:
    """A matrix expression at arrays for its Gaussian matrices.

    Raises
    ------
    UnsupportedError
        For other operations than sums, products and transposes.
    """
    if expression in drawn:
        return drawn[expression]
    if isinstance(expression, BlockMatrix):
        return stack(
            [_at(expression.blocks[k, 0], drawn, values, draws) for k in range(expression.blockshape[0])]
        )
    if isinstance(expression, MatAdd):
        parts = [_at(part, drawn, values, draws) for part in expression.args]
        return sum(parts[1:], parts[0])
    if isinstance(expression, Transpose):
        return _at(expression.arg, drawn, values, draws).swapaxes(-1, -2)
    if isinstance(expression, MatMul) and expression.has(RandomMatrix):
        number, matrices = expression.as_coeff_matrices()
        result = _at(matrices[0], drawn, values, draws)
        for factor in matrices[1:]:
            result = result @ _at(factor, drawn, values, draws)
        return result if number == 1 else constant(draws, evaluate(number * Identity(1), values)) * result
    if not expression.has(RandomMatrix):
        return constant(draws, evaluate(expression, values))
    raise UnsupportedError(
        f"{brief(expression)} is not a sum or product of matrices, so the law is not sampled"
    )
