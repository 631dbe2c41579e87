"""The second derivative over all A, B at the limit as matrices of forms in (α, α'), with the square in B completed.

The limit is at Δβ = h_2 g, Δβ' = −h_1 g (see `profile`). If a move of A is taken Δ times, each block is a matrix of
forms in α, α' there, and its signs are those of forms between two directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from symicl.algebra import ClosedForm, closed_form, scalar, unheard
from symicl.errors import DerivationError
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


@dataclass(frozen=True)
class Completed:
    """The square in the moves of B completed: wH is that of B, and that of A with what its best moves of B leave.

    Attributes
    ----------
    of_B : list of lists of ClosedForm
        The block of B.
    best : list of lists of ClosedForm
        X with (block of B) X = w (its coupling to A): −X/w are the best moves of B.
    weight : ClosedForm
        w.
    rest : list of lists of ClosedForm
        w (block of A) − (coupling) X, w times the Schur complement of the block of B.
    """

    of_B: list[list[ClosedForm]]
    best: list[list[ClosedForm]]
    weight: ClosedForm
    rest: list[list[ClosedForm]]

    def verify(self, mixed):
        """That X solves its equation, for the coupling of B to A.

        Raises
        ------
        DerivationError
            If it does not.
        """
        for k in range(len(self.rest)):
            for i, row in enumerate(self.of_B):
                if total(entry * self.best[j][k] for j, entry in enumerate(row)) != self.weight * mixed[i][k]:
                    raise DerivationError("the best moves of B for a move of A are other ones")

    def positive_if(self, between, combined: Combined | None = None):
        """The forms that have to be positive for the whole to be positive definite.

        Leading minors of the block of B, and w; of the rest leading minors, or what `dominant` says.

        Parameters
        ----------
        between : callable
            What is done to each entry first.
        combined : Combined, optional
            The moves of A in which the rest is nearly diagonal.
        """
        of_B = [[between(entry) for entry in row] for row in self.of_B]
        rest = self.rest if combined is None else combined.of(self.rest)
        rest = [[between(entry) for entry in row] for row in rest]
        last = leading_minors(rest) if combined is None else dominant(rest, combined.weights)
        return [*leading_minors(of_B), between(self.weight), *last]


@dataclass(frozen=True)
class Combined:
    """Combinations of moves, and positive weights of them, see `dominant`.

    Attributes
    ----------
    moves : list of lists
        The coefficients of each combination, linearly independent.
    weights : list
    """

    moves: list[list[ClosedForm]]
    weights: list[ClosedForm]

    def of(self, rows):
        """The matrix of a symmetric matrix in these combinations."""
        size = range(len(rows))
        half = [[total(rows[i][j] * c for j, c in enumerate(move) if c) for move in self.moves] for i in size]
        entries = {
            (m, k): total(half[i][k] * c for i, c in enumerate(self.moves[m]) if c)
            for m in range(len(self.moves))
            for k in range(m, len(self.moves))
        }
        return [[entries[min(m, k), max(m, k)] for k in size] for m in size]


def dominant(rows, weights):
    """tᵢSᵢᵢ ± Σ tⱼSᵢⱼ for all signs: if they are positive and so is t, then S is positive definite (Gershgorin)."""
    found = []
    for i, row in enumerate(rows):
        others = [entry * weights[j] for j, entry in enumerate(row) if j != i]
        for signs in product((1, -1), repeat=len(others)):
            found.append(row[i] * weights[i] + total(o * sign for o, sign in zip(others, signs, strict=True)))
    return found


def completed(rows: list[list[ClosedForm]], size_of_B: int) -> Completed:
    """Complete the square of a symmetric matrix, with moves of B first."""
    first, others = range(size_of_B), range(size_of_B, len(rows))
    of_B, mixed = [rows[i][:size_of_B] for i in first], [[rows[i][k] for k in others] for i in first]
    best, weight = best_moves(of_B, mixed)
    rest = [
        [weight * rows[k][m] - total(rows[k][i] * best[i][j] for i in first) for j, m in enumerate(others)]
        for k in others
    ]
    return Completed(of_B, best, weight, rest)


@unheard
def best_moves(of_B, mixed):
    """X and w; that they solve the equation is checked by whoever uses them."""
    size = range(len(of_B))
    adjugate = [[cofactor(of_B, i, j) for j in size] for i in size]
    determinant = total(of_B[0][j] * adjugate[0][j] for j in size)
    best = [
        [total(adjugate[i][j] * mixed[j][k] for j in size) / determinant for k in range(len(mixed[0]))]
        for i in size
    ]
    weight = closed_form(1)
    for entry in (entry for row in best for entry in row):
        weight = weight * (entry * weight).fraction()[1]
    return [[entry * weight for entry in row] for row in best], weight


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
