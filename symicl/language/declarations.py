"""Statements that declare something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl import algebra
from symicl.algebra import ClosedForm, dimension_index, read_form
from symicl.errors import ClaimError, InputError, SymiclError
from symicl.expectation import law_of
from symicl.language import tree as t
from symicl.language.assumptions import assume
from symicl.language.blocks import has_blocks, multiplied_out
from symicl.language.bounds import MAX_SIZE
from symicl.language.entrywise import sympy_of
from symicl.language.instances import instances
from symicl.language.joint_laws import joint_law
from symicl.language.kinds import EXAMPLES, OPTIONS, STRUCTURED, SYMBOL_KINDS, structured_symbol
from symicl.language.laws import OTHER_LAWS, other_law
from symicl.language.library import MAX_OPTIONS, find_class, shipped, symbols_of
from symicl.language.randomness import random_symbols
from symicl.language.reading import Reader
from symicl.language.scope import Entry, value_of
from symicl.language.source import nearest
from symicl.language.value import MultipleOfI, fitted, form_of, is_matrix, is_scalar, sizes_of
from symicl.theory import is_covariance_form

MAX_TRIED = 100
"""Instances at which a joint law is looked for."""

LAW_ARGUMENTS = {
    "gaussian": {"mean": "matrix", "row_cov": "matrix", "col_cov": "matrix", "cov": "matrix"},
    "N": {},
} | OTHER_LAWS


def _parts_of_law(symbol: Any) -> tuple[Any, ...]:
    """Everything that makes a law, without the letter that has it."""
    family = getattr(symbol, "family", "gaussian")
    return family, symbol.shape, *(read_form(part) for part in symbol.law_parts)


def _word(argument: t.Argument) -> str:
    return argument.value.name if isinstance(argument.value, t.Name) else ""


class Declarer:
    """Carries out the declarations of one file."""

    def __init__(self, reader: Reader):
        self.reader, self.source, self.scope = reader, reader.source, reader.scope

    def run(self, statement: t.Statement) -> None:
        """Carry out a declaration.

        Raises
        ------
        ClaimError
        """
        if isinstance(statement, t.Dims):
            for name in statement.names:
                symbol = sympy.Symbol(name.name, positive=True, integer=True)
                self._declare(name, "dimension", symbol)
        elif isinstance(statement, t.Declaration):
            self._symbols(statement)
        elif isinstance(statement, t.Law):
            self._law(statement)
        elif isinstance(statement, t.JointLaw):
            self._joint_law(statement)
        elif isinstance(statement, t.Let):
            self.written_laws([statement.value])
            blocks = has_blocks(statement.value, self.reader)
            entries = self.scope.has_entries(statement.value)
            value = None if blocks or entries else self.reader.value(statement.value)
            if blocks:
                self.reader.at(statement.span, lambda: multiplied_out(statement.value, self.reader))
            elif entries:
                self.reader.at(statement.span, lambda: sympy_of(statement.value, self.reader))
            entry = Entry("let", statement.name.span, value=value, node=statement.value)
            self.scope.declare(statement.name, entry)
        elif isinstance(statement, t.Assume):
            for part in statement.parts:
                assume(part, self.reader)
        else:
            assert isinstance(statement, t.Construction)
            self._construction(statement)

    def _declare(self, name: t.Name, kind: str, symbol: Any) -> None:
        self.scope.declare(name, Entry(kind, name.span, symbol, value_of(symbol)))

    # --- symbols -----------------------------------------------------------------------------------------

    def _symbols(self, statement: t.Declaration) -> None:
        kind, arguments = statement.kind, statement.arguments
        if kind.name not in SYMBOL_KINDS:
            raise self.source.error(
                kind.span,
                f"unknown kind {kind.name}{nearest(kind.name, SYMBOL_KINDS)}; the kinds are {', '.join(SYMBOL_KINDS)}",
            )
        for argument in arguments:
            if argument.name is not None and (kind.name, argument.name) not in OPTIONS:
                raise self.source.error(argument.span, f"{kind.name}(…) takes sizes without names")
        for name in statement.names:
            self._declare(name, *self._symbol(name.name, kind, arguments))

    def _symbol(self, name: str, kind: t.Name, arguments: Sequence[t.Argument]) -> tuple[str, Any]:
        if SYMBOL_KINDS[kind.name] == 0:
            sign = kind.name if kind.name != "scalar" else ""
            for argument in arguments:
                word = argument.value.name if isinstance(argument.value, t.Name) else ""
                if sign or word not in ("positive", "nonnegative"):
                    raise self.source.error(
                        argument.span, "expected scalar, scalar(positive) or scalar(nonnegative)"
                    )
                sign = word
            return "scalar", algebra.scalar(
                name, positive=sign == "positive", nonnegative=sign == "nonnegative"
            )
        options = {argument.name: argument for argument in arguments if argument.name}
        arguments = [argument for argument in arguments if not argument.name]
        if kind.name == "diagonal" and [_word(argument) for argument in arguments[1:]] == ["positive"]:
            options["positive"] = arguments[1]
            arguments = arguments[:1]
        if len(arguments) != SYMBOL_KINDS[kind.name]:
            count = {1: "one size", 2: "two sizes"}[SYMBOL_KINDS[kind.name]]
            wanted = f"{kind.name}({EXAMPLES.get(kind.name, 'd')}) takes {count}"
            raise self.source.error(kind.span, f"{wanted}; {len(arguments)} given")
        sizes = [self._size(argument.value) for argument in arguments]
        if kind.name in STRUCTURED or options:
            norm = form_of(self.reader.value(options["norm"].value)).expr if "norm" in options else None
            try:
                return structured_symbol(name, kind.name, sizes, positive="positive" in options, norm=norm)
            except InputError as error:
                raise self.source.error(options.get("norm", kind).span, str(error)) from None
        if kind.name == "matrix":
            return "matrix", algebra.matrix(name, (sizes[0], sizes[1]))
        return kind.name, getattr(algebra, kind.name)(name, sizes[0])

    def _size_of_law(self, node: t.Expr) -> Any:
        """A dimension, or a sum or product of dimensions and numbers such as n + 1, which is ≥ 1 whatever they are."""
        if not isinstance(node, t.Sum | t.Product):
            return self._size(node)
        form = form_of(self.reader.value(node))
        whole = form.is_scalar and form.denominator.is_one()
        counts = list(algebra.monomials_of(form).values()) if whole else []
        sizes = [algebra.meaning_of(a) for a in form.letters()]
        dimensions = [e.symbol for e in self.scope.entries.values() if e.kind == "dimension"]
        if not counts or any(c < 0 or int(c) != c for c in counts) or any(x not in dimensions for x in sizes):
            raise self.source.error(
                node.span,
                "a size is a sum or a product of dimensions and of whole numbers that are not negative",
            )
        return form.expr

    def _size(self, node: t.Expr) -> Any:
        """A dimension: a name from `dims`, or a number."""
        if isinstance(node, t.Number) and node.value.denominator == 1 and 0 < node.value <= MAX_SIZE:
            return int(node.value)
        if isinstance(node, t.Name):
            entry = self.scope.find(node)
            if entry.kind == "dimension":
                return entry.symbol
            raise self.source.error(
                node.span, f"{node.name} is a {entry.kind}, not a dimension; declare it with dims"
            )
        raise self.source.error(
            node.span, f"a size is a name from dims, or a whole number from 1 to {MAX_SIZE}"
        )

    # --- laws --------------------------------------------------------------------------------------------

    def written_laws(self, nodes: Iterable[t.Expr]) -> None:
        """Look at laws that stand under an expectation, E_{x ~ N(0, S)}: a letter that was not declared is, by this.

        One that was has to have this law.

        Raises
        ------
        ClaimError
        """
        found = (
            inner for node in nodes for inner in t.nodes(node) if isinstance(inner, t.Expectation | t.Moment)
        )
        for drawn in (d for node in found for d in node.drawn):
            if drawn.arguments is None:
                if drawn.law is not None and drawn.law.name in self.scope.entries:
                    kind = self.scope.entries[drawn.law.name].kind
                    raise self.source.error(drawn.law.span, f"{drawn.law.name} is a {kind}, not a law")
                continue  # the name of a law, such as P; the law is the one that was declared
            assert drawn.law is not None
            for name in drawn.names:
                law = t.Law(name, drawn.law, drawn.arguments, span=drawn.span)
                if name.name not in self.scope.entries:
                    self._law(law)
                    continue
                entry = self.scope.find(name)
                if entry.kind != "random":
                    raise self.source.error(name.span, f"{name.name} is a {entry.kind}, not random")
                if _parts_of_law(self._random(law, entry.symbol)) != _parts_of_law(entry.symbol):
                    raise self.source.error(drawn.span, f"{name.name} was declared with another law")

    def _law(self, statement: t.Law) -> None:
        self._declare(statement.name, "random", self._random(statement))

    def _joint_law(self, statement: t.JointLaw) -> None:
        """[x; y] ~ N(mean, [[S, C], [C', T]]): each vector is an entry of its own."""
        if statement.kind.name != "N" or len(statement.arguments) != 2:
            raise self.source.error(
                statement.kind.span, "a joint law is written [x; y] ~ N(0, [[S, C], [C', T]])"
            )
        mean, covariance = (argument.value for argument in statement.arguments)
        if not isinstance(covariance, t.Block):
            raise self.source.error(
                statement.arguments[1].span,
                "the covariance of a joint law is a matrix of blocks, [[S, C], [C', T]]",
            )
        parts = [[self._constant(x) for x in row] for row in covariance.rows]
        means = []
        if isinstance(mean, t.Block):
            if [len(row) for row in mean.rows] != [1] * len(statement.names):
                raise self.source.error(
                    statement.arguments[0].span, "the mean of a joint law is 0 or a column, [mu; nu]"
                )
            means = [self._constant(row[0]) for row in mean.rows]
        elif not (isinstance(mean, t.Number) and mean.value == 0):
            raise self.source.error(
                statement.arguments[0].span, "the mean of a joint law is 0 or a column, [mu; nu]"
            )
        names = [name.name for name in statement.names]
        law = self.reader.at(statement.span, lambda: joint_law(names, parts, means))
        for name, vector in zip(statement.names, law.vectors, strict=True):
            self.scope.declare(name, Entry("jointly Gaussian vector", name.span, value=vector, joint=law))
        symbols = law.symbols | {
            s for v in law.vectors for size in sizes_of(v) for s in getattr(size, "free_symbols", ())
        }
        if all(law.at(values) is None for values in islice(instances(symbols, self.scope), MAX_TRIED)):
            raise self.source.error(
                statement.arguments[1].span,
                "this is not ≥ 0 at any of the values tried, so there is no such law",
            )

    def _constant(self, node: t.Expr) -> Any:
        """The value of a part of a joint law, which is not random."""
        value = self.reader.value(node)
        if random_symbols(value):
            raise self.source.error(
                node.span, "a law that depends on something random is not independent of it"
            )
        return value

    def _random(self, statement: t.Law, like: Any = None) -> Any:
        """The symbol that a law declares; ``like`` has the size of a plain I."""
        kind = statement.kind
        if kind.name in ("joint", "joint_gaussian"):
            raise self.source.error(
                kind.span,
                "the joint law of vectors is written [x; y] ~ N(0, [[S, C], [C', T]])",
            )
        if kind.name not in LAW_ARGUMENTS:
            raise self.source.error(
                kind.span,
                f"unknown law {kind.name}{nearest(kind.name, LAW_ARGUMENTS)}; there are "
                f"{', '.join(LAW_ARGUMENTS)}",
            )
        positional = [a for a in statement.arguments if a.name is None]
        named = self._named(statement.arguments, LAW_ARGUMENTS[kind.name], kind.name)
        if kind.name == "N":
            sizes, named = self._normal(statement, positional, like)
        else:
            if len(positional) not in (1, 2):
                raise self.source.error(
                    kind.span,
                    f"the sizes come first: {kind.name}(n, d, …), or {kind.name}(d, …) for a vector",
                )
            sizes = [self._size_of_law(a.value) for a in positional]
        laws = {name: self._expression(name, argument, like) for name, argument in named.items()}
        if kind.name in OTHER_LAWS:
            return self.reader.at(kind.span, lambda: other_law(kind.name, statement.name.name, sizes, laws))
        if "cov" in laws:
            if len(sizes) == 2 and sizes[1] != 1:
                raise self.source.error(
                    named["cov"].span, "a matrix has row_cov and col_cov; cov is for vectors"
                )
            if "row_cov" in laws:
                raise self.source.error(named["cov"].span, "cov and row_cov are the same thing for a vector")
            laws["row_cov"] = laws.pop("cov")
        shape = (sizes[0], sizes[1] if len(sizes) == 2 else 1)
        try:
            symbol = algebra.gaussian(statement.name.name, shape, **laws)
            law_of(symbol)
        except InputError as error:
            words = {"mean": "mean", "row_cov": "row cov", "cov": "row cov", "col_cov": "col"}
            blamed = [a for name, a in named.items() if words[name] in str(error)]
            place = [*blamed, *(a for name, a in named.items() if "cov" in name)]
            where = place[0].span if place else kind.span
            raise self.source.error(where, str(error)) from None
        return symbol

    def _normal(
        self, statement: t.Law, positional: Sequence[t.Argument], like: Any = None
    ) -> tuple[list[Any], dict[str, t.Argument]]:
        """N(mean, cov): a vector, or a scalar; the size is that of the covariance."""
        if len(positional) != 2 or len(statement.arguments) != 2:
            raise self.source.error(statement.kind.span, "N(mean, covariance) takes two arguments")
        mean, covariance = positional
        value = self.reader.value(covariance.value)
        if isinstance(value, MultipleOfI) and like is None:
            raise self.source.error(covariance.span, "the size of this I is not known; write I_d")
        size = like.shape[0] if isinstance(value, MultipleOfI) else sizes_of(value)[0]
        named = {"row_cov": covariance}
        if not (isinstance(mean.value, t.Number) and mean.value.value == 0):
            named["mean"] = mean
        return [size], named

    def _named(self, arguments: Sequence[t.Argument], known: Any, what: str) -> dict[str, t.Argument]:
        """The arguments that have a name."""
        found: dict[str, t.Argument] = {}
        for argument in arguments:
            if argument.name is None:
                continue
            if argument.name not in known:
                names = f"the arguments are {', '.join(known)}" if known else "it has none"
                raise self.source.error(
                    argument.span,
                    f"{what} has no argument {argument.name}{nearest(argument.name, known)}; {names}",
                )
            if argument.name in found:
                raise self.source.error(argument.span, f"{argument.name} is given twice")
            found[argument.name] = argument
        return found

    def _expression(self, name: str, argument: t.Argument, like: Any = None) -> Any:
        """An argument of a law as a SymPy expression.

        Raises
        ------
        ClaimError
            If it is random, or a covariance or variance that is not known to be ≥ 0: counterexamples would be
            looked for where there is no such law.
        """
        value = self.reader.value(argument.value)
        if isinstance(value, MultipleOfI) and like is not None:
            value = fitted(value, ClosedForm.identity(dimension_index(like.shape[0])))
        form = form_of(value)
        if random_symbols(value):
            raise self.source.error(
                argument.span,
                "a law that depends on something random is not independent of it; write the dependence "
                "into the formula instead",
            )
        if "mean" in name:
            # 0 and a vector of 0 are the same thing here, and a number is a vector of size 1.
            if is_scalar(value):
                return form.expr * sympy.Identity(1) if form else None
            return form.expr
        if form == form.T and not is_covariance_form(form):
            remedy = "covariance(…)" if is_matrix(value) else "scalar(nonnegative)"
            raise self.source.error(
                argument.span,
                f"{self.source.piece(argument.value.span)} is not known to be ≥ 0; declare it as {remedy}",
            )
        return form.expr

    # --- tasks and models --------------------------------------------------------------------------------

    def _construction(self, statement: t.Construction) -> None:
        kind, made_by = statement.kind, find_class(statement.category, statement.kind.name)
        if made_by is None:
            known = shipped(statement.category)
            raise self.source.error(
                kind.span,
                f"unknown {statement.category} {kind.name}{nearest(kind.name, known)}; there are {', '.join(known)}",
            )
        wanted = made_by.options()
        for argument in statement.arguments:
            if argument.name is None:
                names = ", ".join(f"{name} = …" for name in wanted) or "none"
                raise self.source.error(argument.span, f"arguments of {kind.name} have names: {names}")
        named = self._named(statement.arguments, wanted, kind.name)
        given = {name: self._argument(a, wanted[name]) for name, a in named.items()}
        if "n" in wanted and "covariates" not in given:
            given |= {size: self._default_size(size, kind) for size in ("n", "d") if size not in given}
        if "noise" in wanted and "noise" not in given and "sigma2" in self.scope.entries:
            given["noise"] = self.scope.entries["sigma2"].symbol
        try:
            thing = made_by(**given)
        except ClaimError:
            raise
        except SymiclError as error:
            raise self.source.error(kind.span, str(error)) from None
        self.scope.declare(statement.name, Entry(statement.category, statement.name.span, thing=thing))
        if statement.category == "task":
            self._bring_along(thing, kind)

    def _default_size(self, size: str, kind: t.Name) -> Any:
        entry = self.scope.entries.get(size)
        if entry is not None and entry.kind != "dimension":
            raise self.source.error(
                kind.span,
                f"{size} is a {entry.kind} here, but a dimension of the task; write {size} = …",
            )
        return entry.symbol if entry else sympy.Symbol(size, positive=True, integer=True)

    def _argument(self, argument: t.Argument, kind: str) -> Any:
        node = argument.value
        if kind == "dimension":
            return self._size(node)
        if kind == "law":
            if isinstance(node, t.Name) and self.scope.find(node).kind == "random":
                return self.scope.find(node).symbol
            raise self.source.error(node.span, f"{argument.name} is a letter with a law, declared by X ~ …")
        if kind == "flag":
            if isinstance(node, t.Name) and node.name in ("true", "false"):
                return node.name == "true"
            raise self.source.error(node.span, f"{argument.name} is true or false")
        if kind == "count":
            most = MAX_OPTIONS[kind]
            if isinstance(node, t.Number) and node.value.denominator == 1 and 1 <= node.value <= most:
                return int(node.value)
            raise self.source.error(node.span, f"{argument.name} is a whole number from 1 to {most}")
        expression = self._expression(argument.name or "", argument)
        if kind == "scalar" and isinstance(expression, MatrixExpr):
            raise self.source.error(node.span, f"{argument.name} is a scalar, a variance")
        return expression

    def _bring_along(self, task: Any, kind: t.Name) -> None:
        """The symbols of a task can be used without being declared."""
        for name, symbol in symbols_of(task).items():
            entry = self.scope.entries.get(name)
            if entry is None:
                category = "dimension" if symbol.is_integer else "scalar"
                self.scope.entries[name] = Entry(category, None, symbol, value_of(symbol))
            elif entry.symbol != symbol:
                raise self.source.error(
                    kind.span,
                    f"the task has a symbol {name} of its own, but the file declares another {entry.kind}",
                )
