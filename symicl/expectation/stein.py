"""Gaussian expectation of a monomial by Stein's identity, with memory.

For a centred Gaussian Z (r × c) with E Z_ia Z_jb = U_ij V_ab, one occurrence of Z is contracted with every
other occurrence:

    tr(Z P Z Q)      →  tr(P U Qᵀ V)            tr(Z P) tr(Z Q)   →  tr(P U Qᵀ V)
    tr(Z P Zᵀ Q)     →  tr(V P) tr(U Q)         tr(Z P) tr(Zᵀ Q)  →  tr(P U Q V)

Each result has two factors fewer. Recursing on *canonical* monomials with a memo table turns the (2k−1)!!
pairings of Wick's theorem into as many steps as there are distinct monomials.
"""

from collections.abc import Iterable

from symicl.algebra import (
    COLS,
    NO_LETTER,
    PARTNER,
    ROWS,
    Monomial,
    Word,
    closed,
    merge,
    transposed_word,
)
from symicl.expectation.budget import spend
from symicl.expectation.packing import Packing

Packed = dict[Monomial, int]


class Occurrences(dict[Word, int]):
    """How often some letters occur in a word, counted when it is first asked for."""

    def __init__(self, letters: Iterable[int]):
        super().__init__()
        self._letters = set(letters)

    def __missing__(self, word: Word) -> int:
        count = self[word] = sum(map(word.count, self._letters))
        return count


class SteinRecursion:
    """E over one centred Gaussian matrix, for monomials in which it occurs at most ``degree`` times.

    Parameters
    ----------
    z : int
        The Gaussian letter.
    row_cov, col_cov : int
        Letters of U and V; `NO_LETTER` is the identity. Scalar factors are the caller's business.
    degree : int
        The largest number of occurrences in a monomial.
    """

    def __init__(self, z: int, row_cov: int, col_cov: int, degree: int):
        self.z, self.zt = z, PARTNER[z]
        self.row_cov: Word = () if row_cov == NO_LETTER else (row_cov,)
        self.col_cov: Word = () if col_cov == NO_LETTER else (col_cov,)
        self.packing = Packing(degree, degree // 2 + 1)
        self.shift = {ROWS[z]: self.packing.first, COLS[z]: self.packing.second}
        self.memo: dict[Monomial, Packed] = {(): {(): 1}}
        self.occurrences = Occurrences((z, self.zt))

    def split(self, monomial: Monomial) -> tuple[Monomial, Monomial]:
        """The words with and the words without the Gaussian."""
        count = self.occurrences
        return tuple([w for w in monomial if count[w]]), tuple([w for w in monomial if not count[w]])

    def close(self, word: Word, dim: int) -> tuple[Monomial, int]:
        """Normal form of tr(word), and the shift that stands for the dimension if it is an identity."""
        normal = closed(word) if word else None
        return (normal, 0) if normal is not None else ((), self.shift[dim])

    def contractions(self, core: Monomial) -> list[tuple[Monomial, int]]:
        """All contractions of one chosen occurrence: (monomial, shift) pairs."""
        z, zt, u, v = self.z, self.zt, self.row_cov, self.col_cov
        head = core[0]
        if z not in head:
            head = transposed_word(head)
        at = head.index(z)
        rest = head[at + 1 :] + head[:at]
        out: list[tuple[Monomial, int]] = []
        others = core[1:]
        for i, a in enumerate(rest):
            if a == z:
                p, q = rest[:i], rest[i + 1 :]
                word, shift = self.close(p + u + transposed_word(q) + v, COLS[z])
                out.append((merge(word, others), shift))
            elif a == zt:
                left, shift_left = self.close(v + rest[:i], COLS[z])
                right, shift_right = self.close(u + rest[i + 1 :], ROWS[z])
                out.append((merge(merge(left, right), others), shift_left + shift_right))
        for j, other in enumerate(others):
            remaining = others[:j] + others[j + 1 :]
            for i, a in enumerate(other):
                if a == z:
                    q = transposed_word(other[i + 1 :] + other[:i])
                elif a == zt:
                    q = other[i + 1 :] + other[:i]
                else:
                    continue
                word, shift = self.close(rest + u + q + v, COLS[z])
                out.append((merge(word, remaining), shift))
        return out

    def expectation(self, core: Monomial) -> Packed:
        """E of a product of words that all contain the Gaussian; coefficients are packed dimensions."""
        known = self.memo.get(core)
        if known is not None:
            return known
        # Equal contractions are counted first, so that each distinct monomial is expanded once.
        grouped: dict[Monomial, int] = {}
        contractions = self.contractions(core)
        spend(len(contractions) * (1 + sum(map(len, core)) // 4))
        for monomial, shift in contractions:
            grouped[monomial] = grouped.get(monomial, 0) + (1 << shift)
        result: Packed = {}
        for monomial, weight in grouped.items():
            random, constant = self.split(monomial)
            inner = self.expectation(random)
            spend(1 + len(inner))
            for m, c in inner.items():
                key = merge(m, constant)
                result[key] = result.get(key, 0) + c * weight
        self.memo[core] = result
        return result


class WishartRecursion(SteinRecursion):
    """The same for monomials in which Z occurs only as W = ZᵀZ, with identity row covariance.

    W is one symmetric letter and two contractions are taken in one step. With Σ the column covariance and
    n rows, W in tr(W P) contracts with itself to n tr(ΣP); with another W in the same trace, P = A W Q, to
    tr(ΣAᵀWQ) + tr(ΣQ) tr(WA); with W in another trace tr(W Q) to tr(ΣQᵀWP) + tr(ΣQWP).
    """

    def __init__(self, w: int, n: int, col_cov: int, degree: int):
        super().__init__(w, NO_LETTER, col_cov, 2 * degree)
        self.packing = Packing(2 * degree, degree + 1)
        self.shift = {COLS[w]: self.packing.second}
        # For a square Gaussian both dimensions are one symbol and share the unbounded upper field.
        self.n_shift = self.packing.second if n == COLS[w] else self.packing.first

    def contractions(self, core: Monomial) -> list[tuple[Monomial, int]]:
        w, sigma, dim = self.z, self.col_cov, COLS[self.z]
        head, others = core[0], core[1:]
        at = head.index(w)
        p = head[at + 1 :] + head[:at]
        word, shift = self.close(sigma + p, dim)
        out = [(merge(word, others), shift + self.n_shift)]
        for i, a in enumerate(p):
            if a == w:
                before, after = p[:i], p[i + 1 :]
                word, shift = self.close(sigma + transposed_word(before) + (w,) + after, dim)
                out.append((merge(word, others), shift))
                left, shift = self.close(sigma + after, dim)
                right, _ = self.close((w, *before), dim)
                out.append((merge(merge(left, right), others), shift))
        for j, other in enumerate(others):
            remaining = others[:j] + others[j + 1 :]
            for i, a in enumerate(other):
                if a == w:
                    q = other[i + 1 :] + other[:i]
                    for middle in (transposed_word(q), q):
                        word, shift = self.close(sigma + middle + (w,) + p, dim)
                        out.append((merge(word, remaining), shift))
        return out
