"""Sums over coordinates of products of entries of parameters, such as Σ_ij C_ij² or Σ_i C_ii²."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import permutations, product
from typing import Any, NamedTuple

import sympy
from sympy.core.symbol import Str
from sympy.printing.precedence import PRECEDENCE

from symicl.algebra import MEANING, Polynomial, Word, scalar_letter, unheard
from symicl.errors import InputError
from symicl.expectation.phases.partitions import Node


class Factor(NamedTuple):
    """An entry of a parameter at one (diagonal) or two coordinates."""

    name: str
    is_conjugate: bool
    nodes: tuple[Node, ...]


Factors = tuple[Factor, ...]


class EntrySum(sympy.Expr):
    """Σ over coordinates of a product of entries; ``distinct`` restricts it to different ones.

    For paired coordinates, different means different pairs, and ī is the partner of i. Build it with
    `entry_sum`.
    """

    is_commutative = True
    is_letter = True
    precedence = PRECEDENCE["Mul"]

    @property
    def factors(self) -> Factors:
        """The entries, with coordinates as (block, sign)."""
        return tuple(
            [
                Factor(str(name), bool(conjugate), tuple([(int(b), int(s)) for b, s in nodes]))
                for name, conjugate, nodes in self.args[0]
            ]
        )

    @property
    def distinct(self) -> bool:
        """True if the coordinates are all different."""
        return bool(self.args[1])

    def _eval_is_real(self) -> bool | None:
        return None if any(f.is_conjugate for f in self.factors) else True

    def _eval_conjugate(self) -> sympy.Expr:
        return self if self.is_real else sympy.conjugate(self, evaluate=False)

    def _sympystr(self, printer: Any) -> str:
        body = "*".join(
            f"{'conj' if f.is_conjugate else ''}{f.name}[{','.join(_index(n, '~') for n in f.nodes)}]"
            for f in self.factors
        )
        return f"{'distinct_' if self.distinct else ''}sum({body})"

    def _latex(self, printer: Any) -> str:
        factors = self.factors
        names = ",".join(dict.fromkeys(_INDICES[b] for f in factors for b, _ in f.nodes))
        texts = []
        for f in dict.fromkeys(factors):
            base, *indices = f.name.split("_")
            base = printer.doprint(sympy.Symbol(base))
            below = ",".join([*indices, "".join(_index(n, r"\bar ") for n in f.nodes)])
            text = f"{base}_{{{below}}}"
            text = rf"\overline{{{text}}}" if f.is_conjugate else text
            times = factors.count(f)
            if times > 1:
                text = rf"\left({text}\right)^{{{times}}}" if f.is_conjugate else f"{text}^{{{times}}}"
            texts.append(text)
        below = names + (r"\ \mathrm{distinct}" if self.distinct and len(names) > 1 else "")
        return rf"\sum_{{{below}}} " + " ".join(texts)

    def value(self, d: int, entries: Mapping[str, Any], partner: Sequence[int] | None = None) -> Any:
        """The number, by summing over all coordinates.

        Parameters
        ----------
        d : int
        entries : mapping from names to nested lists or arrays
        partner : for paired phases, the partner of each coordinate
        """
        blocks = 1 + max(b for f in self.factors for b, _ in f.nodes)
        total: Any = 0
        for choice in product(range(d), repeat=blocks):
            both = [{i} if partner is None else {i, partner[i]} for i in choice]
            if self.distinct and len(set().union(*both)) < sum(map(len, both)):
                continue
            term: Any = 1
            for f in self.factors:
                entry = entries[f.name]
                for b, sign in f.nodes:
                    entry = entry[choice[b] if sign > 0 or partner is None else partner[choice[b]]]
                term = term * (entry.conjugate() if f.is_conjugate else entry)
            total = total + term
        return total


_INDICES = "ijklmnpqrs"


def _index(node: Node, partner: str) -> str:
    name = _INDICES[node[0]]
    if node[1] > 0:
        return name
    return partner + ({"i": r"\imath", "j": r"\jmath"}.get(name, name) if partner != "~" else name)


def entry_sum(factors: Iterable[tuple], *, distinct: bool = False) -> EntrySum:
    """Σ over coordinates of a product of entries.

    Parameters
    ----------
    factors : iterable of tuples
        (name, index) or (name, row, column), each index a string; "~i" is the partner of "i".
    distinct : bool
        Sum over different coordinates (different pairs) only.

    Examples
    --------
    >>> entry_sum([("C", "i", "j"), ("C", "i", "k")])
    sum(C[i,j]*C[i,k])
    """
    blocks: dict[str, int] = {}
    found = []
    for name, *indices in factors:
        nodes = [
            (blocks.setdefault(i.removeprefix("~"), len(blocks)), -1 if i.startswith("~") else 1)
            for i in indices
        ]
        if not 1 <= len(nodes) <= 2:
            raise InputError(f"an entry of {name} has one or two indices")
        found.append(Factor(name, False, tuple(nodes)))
    return letter_of(canonical(tuple(found)), distinct)


def letter_of(factors: Factors, distinct: bool) -> EntrySum:
    """The sum of a product of entries in canonical form."""
    parts = [
        sympy.Tuple(
            Str(f.name), sympy.Integer(f.is_conjugate), sympy.Tuple(*[sympy.Tuple(*n) for n in f.nodes])
        )
        for f in factors
    ]
    return EntrySum(sympy.Tuple(*parts), sympy.Integer(distinct))


def blocks_of(factors: Iterable[Factor]) -> set[int]:
    """The blocks of coordinates that occur."""
    return {b for f in factors for b, _ in f.nodes}


@lru_cache(maxsize=65536)
def canonical(factors: Factors) -> Factors:
    """One form for all names of the coordinates, and for exchanging the partners within a pair."""
    blocks = sorted(blocks_of(factors))
    colours: dict[int, Any] = dict.fromkeys(blocks, 0)
    for _ in range(3):
        # What a coordinate looks like from its entries and, from the second round on, from its neighbours.
        seen: dict[int, list] = {b: [] for b in blocks}
        for f in factors:
            around = tuple([colours[b] for b, _ in f.nodes])
            for place, (b, _) in enumerate(f.nodes):
                loop = len({c for c, _ in f.nodes}) == 1
                relative = tuple([s * f.nodes[place][1] for _, s in f.nodes]) if loop else ()
                seen[b].append((f.name, f.is_conjugate, place, loop, relative, around))
        looks = {b: (colours[b], tuple(sorted(seen[b]))) for b in blocks}
        ranks = {look: k for k, look in enumerate(sorted(set(looks.values())))}
        colours = {b: ranks[looks[b]] for b in blocks}
    classes = [[b for b in blocks if colours[b] == k] for k in sorted(set(colours.values()))]
    mixed = [b for b in blocks if len({s for f in factors for c, s in f.nodes if c == b}) == 2]
    candidates = []
    for orders in product(*[permutations(c) for c in classes]):
        names = {b: k for k, b in enumerate(b for order in orders for b in order)}
        for flips in product((1, -1), repeat=len(mixed)):
            # A block that occurs with one sign only gets the sign +1.
            sign = dict(zip(mixed, flips, strict=True))
            candidates.append(
                sorted(
                    [
                        f._replace(
                            nodes=tuple([(names[b], s * sign[b] if b in sign else 1) for b, s in f.nodes])
                        )
                        for f in factors
                    ],
                    key=_order,
                )
            )
    return tuple(min(candidates, key=lambda fs: [_order(f) for f in fs]))


def _order(factor: Factor) -> tuple:
    """A coordinate before its partner."""
    return factor.name, factor.is_conjugate, tuple([(b, -s) for b, s in factor.nodes])


@cache
def _as_letter(factors: Factors, distinct: bool) -> Polynomial:
    """A sum in canonical form as one letter."""
    return Polynomial({((scalar_letter(letter_of(factors, distinct)),),): 1})


def distinct_sum(factors: Factors) -> Polynomial:
    """The sum over different coordinates as one letter."""
    return _as_letter(canonical(factors), len(blocks_of(factors)) > 1)


@lru_cache(maxsize=65536)
@unheard
def unrestricted(factors: Factors, paired: bool, free: frozenset[int] = frozenset()) -> Polynomial:
    """The sum over different coordinates as a polynomial in sums over all coordinates.

    Möbius inversion, one coordinate at a time: a coordinate that differs from the others is one that is free,
    minus those where it coincides with another one (or with the partner of one).
    """
    bound = blocks_of(factors) - free
    if not bound:
        return _components(factors)
    block = max(bound)
    result = unrestricted(factors, paired, free | {block})
    for other in bound - {block}:
        for sign in (1, -1) if paired else (1,):
            merged = [
                Factor(
                    f.name,
                    f.is_conjugate,
                    tuple([(other, s * sign) if b == block else (b, s) for b, s in f.nodes]),
                )
                for f in factors
            ]
            result = result - unrestricted(tuple(merged), paired, free)
    return result


def _components(factors: Factors) -> Polynomial:
    """A sum over all coordinates factors over the connected parts of its product."""
    result = Polynomial.constant(1)
    left = list(factors)
    while left:
        part = [left.pop()]
        blocks = blocks_of(part)
        grown = True
        while grown:
            grown = False
            for f in list(left):
                if blocks & blocks_of([f]):
                    left.remove(f)
                    part.append(f)
                    blocks |= blocks_of([f])
                    grown = True
        result = result * _as_letter(canonical(tuple(part)), False)
    return result


def is_entry_sum(word: Word) -> bool:
    """True for the closed word of a sum over coordinates."""
    return len(word) == 1 and isinstance(MEANING[word[0]], EntrySum)
