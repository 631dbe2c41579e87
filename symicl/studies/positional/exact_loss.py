"""The exact loss of attention with positional weights as a function of all weights of the model, in float64.

The engine's closed form is a sum of products of two numbers: a sum over T of one or two positional weights, and a
sum over coordinates of one or two entries of C. All of the first kind come from one product of matrices, and all of
the second from another. Several runs go side by side along leading axes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sympy

from symicl.algebra import MEANING, monomials_of
from symicl.errors import UnsupportedError
from symicl.expectation import EntrySum, PositionalWeights
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.theory import LossInTime

if TYPE_CHECKING:
    import torch

Weights = Mapping[str, Any]
LossFunction = Callable[[Weights], Any]
"""From weights to a tensor with the loss of each run."""


def compile_over_lengths(loss: LossInTime, d: int, longest: int) -> LossFunction:
    """Σ_{T=2}^{longest} ℓ_T as a function of the weights of the model.

    Parameters
    ----------
    loss : LossInTime
        Of a model with positional weights and at most one full matrix; a polynomial of degree at most 2 in each.
    d, longest : int

    Returns
    -------
    callable
        From torch tensors by name, runs… × rows × cols, to the losses of the runs.

    Raises
    ------
    UnsupportedError
        If a term of the loss is not of this kind.
    """
    torch = load_torch()
    weights = next(p for p in loss.parameters.values() if isinstance(p, PositionalWeights))
    name_of_weights = next(key for key, p in loss.parameters.items() if p is weights)
    positions = [weights.last(0), weights.last(1), weights.earlier(1), weights.earlier(2)]
    entries = _Entries(d)
    terms = []
    for monomial, coefficient in monomials_of(loss.closed_form).items():
        factor, at, sums = float(coefficient), [], []
        for word in monomial:
            meaning: Any = MEANING[word[0]] if len(word) == 1 else None
            if meaning == loss.task.d:
                factor *= d
            elif isinstance(meaning, EntrySum):
                sums.append(meaning)
            elif isinstance(meaning, sympy.Symbol) and meaning in positions:
                at.append(positions.index(meaning) + 1)
            else:
                raise UnsupportedError(
                    f"{meaning} in the loss is not a weight of the model, so it is not compiled"
                )
        if len(at) > 2 or len(sums) > 1:
            raise UnsupportedError("a term of the loss is of a higher degree than 2, which is not compiled")
        first, second = [0] * (2 - len(at)) + at
        terms.append((5 * first + second, entries.index(sums[0]) if sums else 0, factor))
    table = torch.zeros(25, entries.size, dtype=torch.float64)
    for row, column, factor in terms:
        table[row, column] += factor
    below = torch.tril(torch.ones(longest - 1, longest, dtype=torch.float64), -1)

    def function(given: Weights) -> Any:
        parameters = loss.model.effective(given)
        P = parameters[name_of_weights][..., : longest - 1, :]
        earlier = P * below
        rows = torch.stack(
            [
                torch.ones_like(P[..., 0]),
                P.diagonal(1, -2, -1),
                P.diagonal(0, -2, -1),
                earlier.sum(-1),
                earlier.square().sum(-1),
            ],
            -2,
        )
        over_lengths = (rows @ rows.mT).flatten(-2)
        return ((over_lengths @ table) * entries.values(parameters)).sum(-1)

    return function


class _Entries:
    """Sums over all coordinates of products of one or two entries of real matrices.

    A matrix is reduced to a vector: its diagonal, that between partners, or its sums over rows or columns. What
    keeps both coordinates, such as Σ_ij C_ij², is a sum of entrywise products.

    Parameters
    ----------
    d : int
    """

    def __init__(self, d: int):
        self.d = d
        self.partner = [i ^ 1 for i in range(d)]
        self._vectors: dict[tuple, int] = {}
        self._wanted: dict[EntrySum, tuple[Any, ...]] = {}

    @property
    def size(self) -> int:
        """The length of `values`: 1 and the sums."""
        return 1 + len(self._wanted)

    def index(self, entries: EntrySum) -> int:
        """The place of a sum in `values`, which has 1 in front.

        Raises
        ------
        UnsupportedError
            For more than two entries, complex ones, or sums over distinct coordinates.
        """
        if entries not in self._wanted:
            self._wanted[entries] = self._plan(entries)
        return 1 + list(self._wanted).index(entries)

    def _plan(self, entries: EntrySum) -> tuple[Any, ...]:
        factors = entries.factors
        if entries.distinct or len(factors) > 2 or any(f.is_conjugate or len(f.nodes) != 2 for f in factors):
            raise UnsupportedError(f"{entries} is not compiled; only one or two entries of a real matrix are")
        blocks = [{b for b, _ in f.nodes} for f in factors]
        shared = set.intersection(*blocks)
        if len(shared) == 2:
            same = [f.nodes[0][0] == factors[0].nodes[0][0] for f in factors]
            keys = [
                (f.name, flipped, f.nodes[0][1], f.nodes[1][1])
                for f, flipped in zip(factors, same, strict=True)
            ]
            return ("whole", *keys)
        places = []
        for f in factors:
            (row, up), (column, down) = f.nodes
            if row == column:
                key: tuple = (f.name, "diagonal", up * down)
            else:
                kept_row = row in shared or len(factors) == 1
                key = (f.name, "rows" if kept_row else "columns", up if kept_row else down)
            places.append(self._vectors.setdefault(key, len(self._vectors)))
        return ("vectors", *places)

    def _vector(self, key: tuple, parameters: Weights) -> torch.Tensor:
        name, kind, sign = key
        matrix = parameters[name]
        if kind == "diagonal":
            return (matrix if sign > 0 else matrix[..., self.partner]).diagonal(0, -2, -1)
        vector = matrix.sum(-1 if kind == "rows" else -2)
        return vector if sign > 0 else vector[..., self.partner]

    def _matrix(self, key: tuple, parameters: Weights) -> torch.Tensor:
        name, straight, up, down = key
        matrix = parameters[name] if straight else parameters[name].mT
        if not straight:
            up, down = down, up
        matrix = matrix if up > 0 else matrix[..., self.partner, :]
        return matrix if down > 0 else matrix[..., self.partner]

    def values(self, parameters: Weights) -> torch.Tensor:
        """1 and all sums, runs… × `size`."""
        torch = load_torch()
        if not self._wanted:  # positional weights alone
            return torch.ones(1, dtype=torch.float64)
        vectors = [self._vector(key, parameters) for key in self._vectors]
        one = torch.ones_like(vectors[0])
        stacked = torch.stack([*vectors, one], -2)
        gram = stacked @ stacked.mT
        last = len(vectors)
        found = [one[..., 0]]
        for kind, *keys in self._wanted.values():
            if kind == "vectors":
                found.append(gram[..., keys[0], keys[1] if len(keys) == 2 else last])
            else:
                product = self._matrix(keys[0], parameters) * self._matrix(keys[1], parameters)
                found.append(product.sum((-2, -1)))
        return torch.stack(found, -1)
