"""The content of a claim file, as data.

Two trees are equal when they read the same; where they stand in the file does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from symicl.language.source import Span

NOWHERE = Span(0, 0)


@dataclass(frozen=True)
class Node:
    """A piece of the file."""

    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


# --- formulas --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number(Node):
    """A number ≥ 0, exact."""

    value: Fraction


@dataclass(frozen=True)
class Name(Node):
    """A symbol or an abbreviation; ``spelled`` as in the file, Σ where the name is Sigma."""

    name: str
    spelled: str = field(default="", compare=False)


@dataclass(frozen=True)
class Constant(Node):
    """A matrix that depends on its size alone."""

    size: str | None


@dataclass(frozen=True)
class Identity(Constant):
    """I_d, or I whose size follows from what it is added to or multiplied by."""


@dataclass(frozen=True)
class Ones(Constant):
    """1_n, the vector of ones."""


@dataclass(frozen=True)
class Sum(Node):
    """Terms, each after "+" or "-". A single term is a minus sign in front of something."""

    items: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True)
class Product(Node):
    """Factors, each after "" (it stands beside the one before), "*" or "/"."""

    items: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True)
class Power(Node):
    """A power with an integer exponent."""

    base: Expr
    exponent: int


@dataclass(frozen=True)
class Transpose(Node):
    """A transpose; ``by_letter`` where it was written ^T, which a symbol T makes ambiguous."""

    base: Expr
    by_letter: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Block(Node):
    """A matrix of blocks, [[A, B], [C, D]]; see `symicl.language.blocks`."""

    rows: tuple[tuple[Expr, ...], ...]


@dataclass(frozen=True)
class Trace(Node):
    """tr(·)."""

    base: Expr


@dataclass(frozen=True)
class Inverse(Node):
    """inv(·)."""

    base: Expr


@dataclass(frozen=True)
class Relu(Node):
    """relu(·), max(0, t) of each entry t."""

    base: Expr


@dataclass(frozen=True)
class Drawn(Node):
    """Random letters under an expectation, with the law that is written there, if one is: E_{x ~ N(0, S)}."""

    names: tuple[Name, ...]
    law: Name | None = None
    arguments: tuple[Argument, ...] | None = None


@dataclass(frozen=True)
class Expectation(Node):
    """E[·] over everything random in it, or over the named letters only."""

    base: Expr
    over: tuple[str, ...] = ()
    drawn: tuple[Drawn, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Moment(Node):
    """Var[f], Cov[f, g], Corr[f, g], its square, or Kurt[f]; see `symicl.language.moments`.

    Attributes
    ----------
    name : "Var", "Cov", "Corr", "Corr²" or "Kurt"
    parts : tuple of Expr
    over : tuple of str
        Random letters; all if there are none.
    spelled : Expr
        The same in expectations.
    """

    name: str
    parts: tuple[Expr, ...]
    over: tuple[str, ...]
    spelled: Expr = field(compare=False)
    drawn: tuple[Drawn, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Entrywise(Node):
    """diag(A), vec(A), hadamard(A, B), kron(A, B), entry(A, 1, 2) or commutation(m, n).

    Attributes
    ----------
    name : str
    base, second : Expr
        The arguments; there need not be a second one.
    numbers : tuple of int
        The place of an entry.
    beside : tuple of tuples of Expr
        Where it was written A B ⊗ C D: the factors on either side of each sign.
    """

    name: str
    base: Expr
    second: Expr | None = None
    numbers: tuple[int, ...] = ()
    beside: tuple[tuple[Expr, ...], ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Norm(Node):
    """‖v‖², ‖v‖_H² = v'Hv, or the Frobenius norm ‖A‖_F²."""

    base: Expr
    weight: str | None = None


@dataclass(frozen=True)
class Library(Node):
    """minimum(M, T), loss(M, T) or coefficient(M, T)."""

    function: str
    model: Name
    task: Name


@dataclass(frozen=True)
class Limit(Node):
    """The limit of something as a symbol goes to infinity or to 0.

    Attributes
    ----------
    variable : Name
    point : "infinity" or "0"
    base : Expr
    beside : tuple of (Name, Expr)
        Symbols that go to infinity beside it, each with the limit of its quotient by the variable.
    """

    variable: Name
    point: str
    base: Expr
    beside: tuple[tuple[Name, Expr], ...] = ()


Expr: TypeAlias = (
    Number
    | Name
    | Identity
    | Ones
    | Sum
    | Product
    | Power
    | Transpose
    | Block
    | Trace
    | Inverse
    | Relu
    | Expectation
    | Moment
    | Entrywise
    | Norm
    | Library
    | Limit
)


def children(node: Expr) -> tuple[Expr, ...]:
    """The formulas inside a formula."""
    if isinstance(node, Sum | Product):
        return tuple(item for _, item in node.items)
    if isinstance(node, Moment):
        return (node.spelled,)
    if isinstance(node, Block):
        return tuple(x for row in node.rows for x in row)
    if isinstance(node, Entrywise) and node.second is not None:
        return (node.base, node.second)
    return () if isinstance(node, Number | Name | Constant | Library) else (node.base,)


def nodes(node: Expr) -> Iterator[Expr]:
    """A formula and all formulas inside it, the outermost first."""
    yield node
    for child in children(node):
        yield from nodes(child)


def replaced(node: Expr, old: Expr, new: Expr) -> Expr:
    """A formula with one piece, wherever it occurs, changed into another."""
    if node == old:
        return new
    if isinstance(node, Sum | Product):
        return replace(node, items=tuple((op, replaced(item, old, new)) for op, item in node.items))
    if isinstance(node, Number | Name | Constant | Library):
        return node
    if isinstance(node, Block):
        return replace(node, rows=tuple(tuple(replaced(x, old, new) for x in row) for row in node.rows))
    if isinstance(node, Moment):
        changed = replaced(node.spelled, old, new)
        return node if changed == node.spelled else changed
    if isinstance(node, Entrywise) and node.second is not None:
        node = replace(node, second=replaced(node.second, old, new))
    return replace(node, base=replaced(node.base, old, new))


# --- statements ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Argument(Node):
    """An argument, by name or by position."""

    name: str | None
    value: Expr


@dataclass(frozen=True)
class Dims(Node):
    """dims n, d"""

    names: tuple[Name, ...]


@dataclass(frozen=True)
class Declaration(Node):
    """A, B : matrix(d, d)"""

    names: tuple[Name, ...]
    kind: Name
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Law(Node):
    """X ~ gaussian(n, d, col_cov = Sigma)"""

    name: Name
    kind: Name
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class JointLaw(Node):
    """[x; y] ~ N(0, [[S, C], [C', T]])"""

    names: tuple[Name, ...]
    kind: Name
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Let(Node):
    """let G = X'X/n"""

    name: Name
    value: Expr


@dataclass(frozen=True)
class Assumption(Node):
    """Something that is assumed of letters.

    Attributes
    ----------
    kind : str
        "symmetric", "diagonal", "positive", "nonnegative", "commute", "projector", "orthogonal"; "norm", "square" or
        "rank", whose value is given; "value", which the letter has; or a bound, ">=" or ">".
    names : tuple of Name
    value : Expr or None
    """

    kind: str
    names: tuple[Name, ...]
    value: Expr | None = None


@dataclass(frozen=True)
class Assume(Node):
    """assume A symmetric, |x| = 1"""

    parts: tuple[Assumption, ...]


@dataclass(frozen=True)
class Construction(Node):
    """task T = LinearRegression(…) or model M = OneStepGD(…)"""

    category: str
    name: Name
    kind: Name
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Relation(Node):
    """left = right, or with ≤, ≥, <, >; at given sizes, if there are any."""

    left: Expr
    sign: str
    right: Expr
    sizes: tuple[tuple[Name, int], ...] = ()


@dataclass(frozen=True)
class Minimiser(Node):
    """unknown = value minimises objective"""

    unknown: Expr
    value: Expr
    objective: Expr


@dataclass(frozen=True)
class Claim(Node):
    """A claim with its title, which may be empty."""

    title: str
    body: Relation | Minimiser

    @property
    def formulas(self) -> tuple[Expr, ...]:
        """Those that it speaks of."""
        body = self.body
        if isinstance(body, Minimiser):
            return (body.unknown, body.value, body.objective)
        return (body.left, body.right)


Statement: TypeAlias = Dims | Declaration | Law | JointLaw | Let | Assume | Construction | Claim
