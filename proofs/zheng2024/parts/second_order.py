"""The second derivative over all A, B at the limit as matrices of forms in (α, α'), with their leading minors.

The limit is at Δβ = h_2 g, Δβ' = −h_1 g (see `profile`). If a move of A is taken Δ times, each block is a matrix of
forms in α, α' there, and its signs are those of forms between two directions.
"""

from symicl.algebra import ClosedForm, closed_form, scalar
from symicl.expectation import STANDARD, TRIVIAL, Kind
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_, beta, beta_
from symicl.proofs.zheng2024.parts.letters import of, put, slope
from symicl.proofs.zheng2024.parts.profile import NO_B

delta = scalar("Delta")
NOWHERE = {alpha: closed_form(0), alpha_: closed_form(0), **NO_B}
Row = dict[tuple[str, str], int | ClosedForm]


def stretched(sizes, form):
    """δ²L at β/Δ, β'/Δ with Δ times each move of A, as a polynomial in Δ.

    Parameters
    ----------
    sizes : mapping from the sizes z of moves to (matrix, copy)
    form : ClosedForm
        δ²L as a quadratic form in them.
    """
    return form + put(form, NOWHERE) * (of(delta) - 1)


def check_stretched(step, sizes, form):
    """That `stretched` is what it says."""
    factor = of(delta)
    moves = {z: of(z) * factor for z, (name, _) in sizes.items() if name == "A"}
    smaller = {x: of(x) / factor for x in (beta, beta_)}
    step.check(
        r"$\delta^{2}L$ at $\beta/\Delta$, $\beta'/\Delta$ and $\Delta\,\delta A$ is a polynomial in $\Delta$",
        put(form, moves | smaller),
        stretched(sizes, form),
    )


def rows_of(kind: Kind, size: ClosedForm, d_is_2: bool) -> list[Row]:
    """Moves that span those of a kind, those of B first, except those along which the loss is constant.

    For the standard kind they are such that the block of B falls apart: in each row of B its entry on the diagonal and
    the others together; and the others with the sum zero.
    """
    if kind is STANDARD:
        moves: list[Row] = [
            {("B", "diag(v)"): 1},
            {("B", "v1'"): 1, ("B", "diag(v)"): -1},
            {("B", "1v'"): size - 1, ("B", "diag(v)"): -size, ("B", "v1'"): 1},
            *[{("A", copy): 1} for copy in kind.copies],
        ]
        return [moves[k] for k in (0, 1, 3, 4)] if d_is_2 else moves
    of_A = kind.copies[1:] if kind is TRIVIAL else kind.copies
    return [{("B", copy): 1} for copy in kind.copies] + [{("A", copy): 1} for copy in of_A]


def number_of_B(rows: list[Row]) -> int:
    """How many of the moves are moves of B."""
    return sum(next(iter(row))[0] == "B" for row in rows)


def at_limit(whole, profile):
    """δ²L at the limit with Δ times each move of A, as a quadratic form in the sizes and a form in α, α'.

    Parameters
    ----------
    whole : ClosedForm
        What `stretched` gives, at the d and T of the profile.
    profile : Profile
    """
    at = dict(zip((beta, beta_), profile.best, strict=True)) | {delta: profile.determinant}
    return put(whole, at)


def block(sizes, whole, rows: list[Row], profile) -> list[list[ClosedForm]]:
    """The matrix of this form in some moves, times two."""
    letters = {move: z for z, move in sizes.items()}
    whole = at_limit(whole, profile)
    slopes = {move: slope(whole, z) for move, z in letters.items()}
    needed = {(x, y) for one in rows for other in rows for x in one for y in other}
    entries = {(x, y): slope(slopes[x], letters[y]) for x, y in sorted(needed) if x <= y}
    entries |= {(y, x): entry for (x, y), entry in entries.items()}
    return [
        [
            sum((entries[x, y] * c * e for x, c in one.items() for y, e in other.items()), closed_form(0))
            for other in rows
        ]
        for one in rows
    ]


def minors_of_definite(rows: list[list[ClosedForm]], size_of_B: int) -> list[ClosedForm]:
    """The forms that have to be positive for a symmetric matrix to be positive definite, with moves of B first.

    The leading minors of the block of B, and those of its Schur complement times its determinant.
    """
    first, rest = range(size_of_B), range(size_of_B, len(rows))
    of_B = [[rows[i][j] for j in first] for i in first]
    adjugate = [[cofactor(of_B, i, j) for j in first] for i in first]
    determinant = total(of_B[0][j] * adjugate[0][j] for j in first)
    mixed = {(i, k): total(adjugate[i][j] * rows[j][k] for j in first) for i in first for k in rest}
    schur = [
        [determinant * rows[k][m] - total(rows[k][i] * mixed[i, m] for i in first) for m in rest]
        for k in rest
    ]
    return leading_minors(of_B) + leading_minors(schur)


def total(parts) -> ClosedForm:
    """A sum without what is zero."""
    return sum((part for part in parts if len(part)), closed_form(0))


def cofactor(rows, i, j) -> ClosedForm:
    """The signed minor without row i and column j."""
    left = [[entry for m, entry in enumerate(row) if m != j] for k, row in enumerate(rows) if k != i]
    minor = leading_minors(left)[-1] if left else closed_form(1)
    return -minor if (i + j) % 2 else minor


def leading_minors(rows: list[list[ClosedForm]]) -> list[ClosedForm]:
    """The determinants of the upper left corners of at most three rows, by their last rows."""
    found = []
    for k in range(1, len(rows) + 1):
        corner = [row[:k] for row in rows[:k]]
        found.append(
            corner[0][0] if k == 1 else total(corner[-1][j] * cofactor(corner, k - 1, j) for j in range(k))
        )
    return found
