"""Weights that have given products: identities, and one factor that carries the value.

These are found by trying, and whoever uses them puts them into the forward pass.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain, product

from symicl.algebra import LAST_UNIT, ONE, Blocks, ClosedForm, last_unit, transpose
from symicl.errors import UnsupportedError
from symicl.models.products import Run


def weights_with(
    products: Mapping[str, Run],
    values: Mapping[str, Blocks],
    shapes: Mapping[str, Blocks],
    factors: Sequence[Blocks] = (),
) -> dict[str, Blocks]:
    """Weights whose products have the given values.

    Parameters
    ----------
    products : mapping
        From each name to the weights that are multiplied.
    values : mapping
        From each name to the value of the product.
    shapes : mapping
        Matrices of the shapes of the weights.
    factors : sequence
        Matrices that two neighbours in a product may be.

    Returns
    -------
    dict
        From each weight to its blocks; weights that are in no product are zero.

    Raises
    ------
    UnsupportedError
        If none are found, as where the inner side of a product is too small.
    """
    weights: dict[str, Blocks] = {}
    for name in sorted(products, key=lambda name: len(products[name])):
        wanted = products[name], values[name], weights, shapes
        found = next(chain(_carried(*wanted), _split(*wanted, factors)), None)
        if found is None:
            written = " ".join(f"{weight}'" if turned else weight for weight, turned in products[name])
            raise UnsupportedError(
                f"no weights are found whose product {written} is the {name} that is wanted; "
                "an inner side may be too small"
            )
        weights |= found
    return {
        name: weights.get(name) or shape.map(lambda block: ClosedForm.zero(block.rows, block.cols))
        for name, shape in shapes.items()
    }


def free_blocks_as_identities(
    values: Mapping[str, Blocks], letters: Mapping[str, Blocks], seen: set[int], sides: Container[int]
) -> dict[str, Blocks]:
    """The values with an identity for each square block of given sides that no prediction depends on.

    Parameters
    ----------
    values : mapping
        Of the effective parameters.
    letters : mapping
        The effective parameters in letters.
    seen : set of int
        The letters that the prediction depends on.
    sides : container of dimension indices
    """

    def block(value: ClosedForm, letter: ClosedForm) -> ClosedForm:
        is_free = letter.rows == letter.cols and letter.rows in sides and not letter.letters() & seen
        return ClosedForm.identity(letter.rows) if is_free else value

    return {
        name: Blocks(
            [
                [block(*pair) for pair in zip(row, line, strict=True)]
                for row, line in zip(value.grid, letters[name].grid, strict=True)
            ]
        )
        for name, value in values.items()
    }


def _carried(
    run: Run, value: Blocks, known: Mapping[str, Blocks], shapes: Mapping[str, Blocks]
) -> Iterator[dict[str, Blocks]]:
    """One factor that is not known yet carries the value; the others that are not known are identities."""
    names = [name for name, _ in run]
    unknown = [k for k, name in enumerate(names) if name != LAST_UNIT and name not in known]
    if not unknown:
        if _product([_factor(run, k, known, shapes) for k in range(len(run))]).grid == value.grid:
            yield {}
        return
    for carrier in reversed(unknown):
        if names.count(names[carrier]) > 1:
            continue
        chosen = {names[k]: _identity(shapes[names[k]]) for k in unknown if k != carrier}
        given = {**known, **chosen}
        factors = [_factor(run, k, given, shapes) for k in range(len(run)) if k != carrier]
        left, right = factors[:carrier], factors[carrier:]
        shape = _turned(shapes[names[carrier]], run[carrier][1])
        carried = _between(left, right, value, shape)
        if carried is not None:
            yield {**chosen, names[carrier]: _turned(carried, run[carrier][1])}


def _split(
    run: Run,
    value: Blocks,
    known: Mapping[str, Blocks],
    shapes: Mapping[str, Blocks],
    factors: Sequence[Blocks],
) -> Iterator[dict[str, Blocks]]:
    """Two neighbours that are not known yet are two of the given factors; the others are identities."""
    names = [name for name, _ in run]
    unknown = {name for name in names if name != LAST_UNIT and name not in known}
    for k in range(len(run) - 1):
        pair = names[k : k + 2]
        if not unknown.issuperset(pair) or len(set(pair)) < 2:
            continue
        others = {name: _identity(shapes[name]) for name in unknown.difference(pair)}
        for left, right in product(factors, repeat=2):
            chosen = {
                name: _turned(factor, turned)
                for (name, turned), factor in zip(run[k : k + 2], (left, right), strict=True)
            }
            if any(not _fits(chosen[name], shapes[name]) for name in pair):
                continue
            given = {**known, **others, **chosen}
            if _product([_factor(run, i, given, shapes) for i in range(len(run))]).grid == value.grid:
                yield {**others, **chosen}


def _fits(matrix: Blocks, shape: Blocks) -> bool:
    return (matrix.heights, matrix.widths) == (shape.heights, shape.widths)


def _between(left: list[Blocks], right: list[Blocks], value: Blocks, shape: Blocks) -> Blocks | None:
    """F of this shape with left · F · right = value, where the sides are parts of identities or a column with a 1."""
    before = _product(left) if left else None
    after = _product(right) if right else None
    carried = value if before is None else transpose(before) @ value
    if after is not None:
        carried = carried @ transpose(_unit_in(after) if after.widths == [ONE] else after)
    if not _fits(carried, shape):
        return None
    parts = [part for part in (before, carried, after) if part is not None]
    return carried if _product(parts).grid == value.grid else None


def _unit_in(column: Blocks) -> Blocks:
    """The unit vector at the last entry of a column that is 1; the column itself if there is none."""
    one = ClosedForm.identity(ONE)
    at = [i for i, (block,) in enumerate(column.grid) if block == one]
    if not at:
        return column
    return Blocks([[one if i == at[-1] else block * 0] for i, (block,) in enumerate(column.grid)])


def _identity(shape: Blocks) -> Blocks:
    """Ones on the diagonal of blocks: the identity, or as much of one as fits."""
    heights, widths = shape.heights, shape.widths
    long, short = (heights, widths) if len(heights) >= len(widths) else (widths, heights)
    taken, start = {}, 0
    for j, size in enumerate(short):
        at = next((i for i in range(start, len(long)) if long[i] == size), None)
        if at is not None:
            taken[at] = j
            start = at + 1
    pairs = set(taken.items()) if long is heights else {(j, i) for i, j in taken.items()}
    return Blocks(
        [
            [
                ClosedForm.identity(r) if (i, j) in pairs else ClosedForm.zero(r, c)
                for j, c in enumerate(widths)
            ]
            for i, r in enumerate(heights)
        ]
    )


def _factor(run: Run, k: int, known: Mapping[str, Blocks], shapes: Mapping[str, Blocks]) -> Blocks:
    name, turned = run[k]
    if name != LAST_UNIT:
        return _turned(known[name], turned)
    if turned:  # eᵀ in front of the next factor
        beside, beside_turned = run[k + 1]
        return transpose(last_unit(_turned(shapes[beside], beside_turned)))
    beside, beside_turned = run[k - 1]
    return last_unit(_turned(shapes[beside], not beside_turned))


def _turned(matrix: Blocks, turned: bool) -> Blocks:
    return transpose(matrix) if turned else matrix


def _product(factors: list[Blocks]) -> Blocks:
    return reduce(lambda a, b: a @ b, factors)
