"""Expectation over i.i.d. samples of a random function whose law is invariant under rotations.

Given the function f, the samples (xᵢ, yᵢ), yᵢ = f(xᵢ) + εᵢ, are i.i.d. with x ~ N(0, I_d). A polynomial in
X and y is a sum over sample indices; it is regrouped by which indices coincide (set partitions, weighted by
falling factorials of n). A sample that enters through x alone is Gaussian and goes to Stein's identity. The
others leave a tensor, and its expectation over f is invariant under rotations:

    no open index    a scalar moment,
    odd order        zero, since −I is a rotation (or reflection) that reverses it,
    order two        c·I, with c the trace divided by d.

Higher even orders have several invariants and are refused. Where −I may change the law and f ↦ −f does not, a tensor of
odd order is zero if f occurs an odd number of times, and refused otherwise. Where rotations alone are known to leave
the law, and d ≥ 2, a tensor of order one is zero, and one of order three if it is symmetric in two of its indices: for
d = 3 the invariants are the multiples of the alternating one, and for other d there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import comb

from symicl.algebra import (
    COLS,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Monomial,
    Polynomial,
    Word,
    closed,
    dimension_value,
    letter,
    merge,
    reported,
    written,
)
from symicl.errors import UnsupportedError
from symicl.expectation.gaussian import Gaussian, integrate_one
from symicl.expectation.integrand import through_words
from symicl.expectation.samples_log import write

SAMPLES = written("samples", write)

Pattern = tuple[tuple[int, int], ...]
"""For each sample that involves f: (number of open x indices, power of f), sorted."""


@dataclass(frozen=True)
class SampleSpace:
    """The letters of the samples and the moments of f.

    Attributes
    ----------
    X, y, x, y0 : int
        Letters of covariates (n × d), responses (n × 1), query (d × 1) and its response (scalar).
    sigma2 : Polynomial
        Noise variance.
    moment : callable
        Maps a `Pattern` with no or two open indices to E of the product of conditional moments of f,
        contracted over the two open indices and divided by d. Raises KeyError if it is not known.
    reflections : bool
        True if all orthogonal maps leave the law of f alone, −I among them; False if rotations do.
    signs : bool
        Without reflections: True if f ↦ −f leaves the law alone; False if that is not known either, and then d ≥ 2.
    """

    X: int
    y: int
    x: int
    y0: int
    sigma2: Polynomial
    moment: Callable[[Pattern], Polynomial]
    reflections: bool = True
    signs: bool = True

    def over_samples(self, form: ClosedForm) -> ClosedForm:
        """E of a scalar in the sample letters and any constants.

        Raises
        ------
        UnsupportedError
            For a matrix, and for a denominator that is random.
        """
        if not form.is_scalar:
            raise UnsupportedError(
                "the expectation of a matrix over samples of a random function is not taken"
            )
        return through_words(form, {self.X, self.y, self.x, self.y0}, self.expectation)

    @reported(SAMPLES)
    def expectation(self, polynomial: Polynomial) -> Polynomial:
        """E of a polynomial in the sample letters and any constants."""
        result = Polynomial()
        cache: dict[Monomial, Polynomial] = {}
        for monomial, c in polynomial:
            random = tuple(w for w in monomial if self._is_random(w))
            constant = tuple(w for w in monomial if not self._is_random(w))
            if random not in cache:
                cache[random] = self._monomial(random)
            result = result + cache[random] * Polynomial({constant: c})
        return result

    def _is_random(self, word: Word) -> bool:
        letters = {self.X, PARTNER[self.X], self.y, PARTNER[self.y], self.x, PARTNER[self.x], self.y0}
        return not letters.isdisjoint(word)

    def _monomial(self, monomial: Monomial) -> Polynomial:
        links = sum(self._sample_links(w) for w in monomial)
        n = dimension_value(ROWS[self.X])
        result = Polynomial()
        for partition in set_partitions(links):
            distinct = max(partition, default=-1) + 1
            weight = Polynomial.constant(1)
            for k in range(distinct):
                weight = weight * (n - k)
            result = result + weight * self._assigned(monomial, partition, distinct)
        return result

    def _sample_links(self, word: Word) -> int:
        """Number of sums over samples: each joins two of the letters X and y."""
        ends = sum(a in (self.X, PARTNER[self.X], self.y, PARTNER[self.y]) for a in word)
        n = ROWS[self.X]
        inside = sum(
            (ROWS[a] == n) + (COLS[a] == n)
            for a in word
            if a not in (self.X, PARTNER[self.X], self.y, PARTNER[self.y])
        )
        if ends % 2 or (inside and n != ROWS[self.x]):
            raise UnsupportedError("a matrix that mixes the samples is not supported for a random function")
        return ends // 2

    def _assigned(self, monomial: Monomial, partition: tuple[int, ...], distinct: int) -> Polynomial:
        """One assignment of sample indices: X and y become the vectors and responses of single samples."""
        query = distinct
        powers = [0] * (distinct + 1)
        words: list[Word] = []
        nodes = iter(partition)
        for word in monomial:
            words.append(self._with_samples(word, nodes, powers, query))
        product: Monomial = ()
        for word in words:
            if word:
                product = merge(product, closed(word) or ())
        value = Polynomial({product: 1})
        for k, power in enumerate(powers):
            if power == 0:
                value = integrate_one(value, Gaussian(self._vector(k)))
        return self._over_functions(value, powers)

    def _vector(self, k: int) -> int:
        """Letter of the covariate of sample k."""
        d = COLS[self.X]
        return letter(("sample", d, k), d, ONE)

    def _with_samples(self, word: Word, nodes: Iterator[int], powers: list[int], query: int) -> Word:
        """Replace Xᵀ…X by x_k x_kᵀ and y by the scalar y_k, whose power is counted in ``powers``."""
        xt, yt = PARTNER[self.X], PARTNER[self.y]
        # Start at a letter whose left end is not a sum over samples, so that each sum is met whole.
        start = next((i for i, a in enumerate(word) if a in (xt, yt)), 0)
        word = word[start:] + word[:start]
        out: list[int] = []
        current = -1
        for a in word:
            if a == xt:
                current = next(nodes)
                out.append(self._vector(current))
            elif a == yt:
                current = next(nodes)
                powers[current] += 1
            elif a == self.X:
                out.append(PARTNER[self._vector(current)])
            elif a == self.y:
                powers[current] += 1
            elif a == self.x:
                out.append(self._vector(query))
            elif a == PARTNER[self.x]:
                out.append(PARTNER[self._vector(query)])
            elif a == self.y0:
                powers[query] += 1
            else:
                out.append(a)
        return tuple(out)

    def _over_functions(self, polynomial: Polynomial, powers: list[int]) -> Polynomial:
        """E over f and noise, for samples with the given powers of y and the vectors left in the words."""
        active = [k for k, power in enumerate(powers) if power]
        vectors = {self._vector(k): k for k in active}
        result = Polynomial()
        for monomial, c in polynomial:
            legs = [0] * len(powers)
            for word in monomial:
                for a in word:
                    base = min(a, PARTNER[a])
                    if base in vectors:
                        legs[vectors[base]] += 1
            order = sum(legs)
            if order % 2:
                self._refuse_unless_zero([(legs[k], powers[k]) for k in active])
                continue
            if order > 2:
                raise UnsupportedError(
                    f"a moment of order {order} in the covariates and the random function has several rotation "
                    "invariants; only orders up to 3 are supported"
                )
            moment = self._with_noise([(legs[k], powers[k]) for k in active])
            contracted = Polynomial({monomial: 1})
            if order == 2:
                contracted = self._contract(monomial, vectors)
            result = result + contracted * moment * c
        return result

    def _refuse_unless_zero(self, samples: list[tuple[int, int]]) -> None:
        """A tensor of odd order is zero by −I, by f ↦ −f if the power of f is odd, or by rotations if it is symmetric.

        The noise has even powers. Samples with one open index each and the same power can be exchanged.
        """
        order, power = (sum(numbers) for numbers in zip(*samples, strict=True))
        if self.reflections or (self.signs and power % 2):
            return
        if self.signs:
            raise UnsupportedError(
                f"a moment of odd order {order} in the covariates and of power {power} in the random function need not "
                "vanish, as its law may change under x -> -x; that of RotationInvariantRegression() does not"
            )
        single = [p for legs, p in samples if legs == 1]
        if order > 3 or (order == 3 and len(set(single)) == 3):
            raise UnsupportedError(
                f"a moment of odd order {order} in the covariates and the random function need not vanish by rotations "
                "alone, as it is symmetric in no two of its indices or has more than three"
            )

    def _contract(self, monomial: Monomial, vectors: dict[int, int]) -> Polynomial:
        """Replace the pair of vectors by the identity: that is one Stein contraction with covariance I."""
        joint = letter(("either sample", COLS[self.X]), COLS[self.X], ONE)
        table = dict.fromkeys(vectors, joint) | {PARTNER[v]: PARTNER[joint] for v in vectors}
        product: Monomial = ()
        for word in monomial:
            product = merge(product, closed(tuple(table.get(a, a) for a in word)) or ())
        return integrate_one(Polynomial({product: 1}), Gaussian(joint, NO_LETTER, NO_LETTER))

    def _with_noise(self, samples: list[tuple[int, int]]) -> Polynomial:
        """Moments of y = f + ε from those of f: binomial expansion with Gaussian noise moments."""
        patterns: dict[Pattern, Polynomial] = {(): Polynomial.constant(1)}
        for legs, power in samples:
            grown: dict[Pattern, Polynomial] = {}
            for pattern, weight in patterns.items():
                for noise in range(0, power + 1, 2):
                    double_factorial = 1
                    for k in range(noise - 1, 0, -2):
                        double_factorial *= k
                    term = weight * self.sigma2 ** (noise // 2) * (comb(power, noise) * double_factorial)
                    key = tuple(sorted((*pattern, (legs, power - noise))))
                    grown[key] = grown.get(key, Polynomial()) + term
            patterns = grown
        result = Polynomial()
        for pattern, weight in patterns.items():
            result = result + weight * self._moment_of_f(pattern)
        return result

    def _moment_of_f(self, pattern: Pattern) -> Polynomial:
        informative = tuple(entry for entry in pattern if entry[1])
        # A sample without f is Gaussian: one open index averages to zero, two to I (trace d, divided by d).
        gaussian = [legs for legs, power in pattern if power == 0]
        if any(legs % 2 for legs in gaussian):
            return Polynomial()
        if not informative:
            return Polynomial.constant(1)
        # Rotations of the plane leave skew matrices alone; one that is the same in both indices is a multiple of I.
        if not self.reflections and len({power for legs, power in informative if legs == 1}) > 1:
            raise UnsupportedError(
                f"the moment of the random function with pattern {informative} is a matrix that need not be symmetric, "
                "so that rotations alone do not make it a multiple of I"
            )
        try:
            return self.moment(informative)
        except KeyError:
            raise UnsupportedError(
                f"the moment of the random function with pattern {informative} is not declared"
            ) from None


def set_partitions(size: int) -> Iterator[tuple[int, ...]]:
    """All set partitions of range(size), as tuples of block labels in order of first appearance."""

    def grow(prefix: tuple[int, ...], blocks: int) -> Iterator[tuple[int, ...]]:
        if len(prefix) == size:
            yield prefix
            return
        for block in range(blocks + 1):
            yield from grow((*prefix, block), max(blocks, block + 1))

    yield from grow((), 0)
