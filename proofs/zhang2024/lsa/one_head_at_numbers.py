"""The least risk of one head for any Ψ at numbers, with proven digits: over one direction in each eigenspace.

The profile is homogeneous of degree 0 in (a, c), so that c = 0 is a point like any other: each of a₁, …, a_m, c is the
largest in one chart. Its coefficients are those of `any_prior`, read off the derived risk.
"""

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import flint
import sympy

from symicl.algebra import powers, read_form, scalar_letter, unheard
from symicl.errors import UnsupportedError
from symicl.models import MultiHeadLinearAttention
from symicl.numeric import evaluate, flint_rational, inverse, least_value, real_roots, square, value_at
from symicl.proofs.zhang2024.lsa.any_prior import A, P, coefficients, fourth, rows_of, total
from symicl.proofs.zhang2024.lsa.parity import split_by_parity
from symicl.proofs.zhang2024.setting import H, Psi, beta_star, n, sigma2, task
from symicl.proofs.zhang2024.setting import tau as total_power
from symicl.statements import NotDetermined, Recorder
from symicl.theory import expected_loss

DEGREES = {"d0": 1, "d1": 0, "v": 0, "z0": 1, "z1": 0, "w2": 2, "w": 1}
"""Of each coefficient in A and P."""
MAX_EIGENVALUES = 3


@cache
@unheard
def derived_coefficients():
    """Those of `any_prior`, derived anew without recording the steps."""
    split, risk = split_by_parity(Recorder(), expected_loss(MultiHeadLinearAttention(), task))
    return coefficients(rows_of(risk, split))


@dataclass(frozen=True)
class Spectrum:
    """The distinct eigenvalues of ΨH, and how much of β* lies in the eigenspace of each.

    Attributes
    ----------
    factors : tuple of (fmpq_poly, int)
        Irreducible, with the multiplicity of their roots; all roots are real.
    part : fmpq_poly
        q with ‖β*_k‖²_H = q(φ_k)/μ'(φ_k), μ the product of the factors.
    minimal : fmpq_poly
        μ.
    """

    factors: tuple[tuple[flint.fmpq_poly, int], ...]
    part: flint.fmpq_poly
    minimal: flint.fmpq_poly

    @property
    def size(self) -> int:
        """How many distinct eigenvalues there are."""
        return sum(factor.degree() for factor, _ in self.factors)

    @property
    def is_met(self) -> list[bool]:
        """For each eigenvalue whether β* has a part in its eigenspace."""
        found = []
        for factor, _ in self.factors:
            found += [self.part % factor != 0] * factor.degree()
        return found

    def balls(self):
        """φ_k, its multiplicity and ‖β*_k‖_H at the current precision; None if the roots are not told apart."""
        slope, found, met = self.minimal.derivative(), [], self.is_met
        for factor, times in self.factors:
            roots = real_roots(factor)
            if len(roots) != factor.degree():
                return None
            found += [(root, times) for root in roots]
        balls = []
        for (root, times), has_part in zip(found, met, strict=True):
            power = value_at(self.part, root) / value_at(slope, root)
            balls.append((root, times, power.nonnegative_part().sqrt() if has_part else flint.arb(0)))
        return balls


def spectrum_of(product, gram, mean) -> Spectrum:
    """From ΨH, H and β* as exact matrices."""
    _, powers_of = product.charpoly().factor()
    factors = tuple((factor, times) for factor, times in powers_of)
    minimal = flint.fmpq_poly([1])
    for factor, _ in factors:
        minimal *= factor
    moments, moved = [], mean
    for _ in range(minimal.degree()):
        moments.append((mean.transpose() * gram * moved)[0, 0])
        moved = product * moved
    part = [
        sum((minimal[i] * moments[i - 1 - j] for i in range(j + 1, minimal.degree() + 1)), flint.fmpq(0))
        for j in range(minimal.degree())
    ]
    return Spectrum(factors, flint.fmpq_poly(part), minimal)


class Gap:
    """The gap of the best head with given a and c, as a quotient of two forms in (a₁, …, a_m, c).

    a_k is the part of a along that of β*, in the eigenspace of φ_k.

    Attributes
    ----------
    spectrum : Spectrum
    unit : flint.fmpq
        The length in which a is measured.
    """

    def __init__(self, values):
        self.spectrum = spectrum_of(values[Psi] * values[H], values[H], values[beta_star])
        level, square_trace = evaluate(total_power, values), evaluate(sympy.Trace(H * Psi * H * Psi), values)
        numbers = {n: values[n], sigma2: values[sigma2], total: level, fourth: square_trace}
        self.sizes = {name: in_sizes(form, numbers) for name, form in vars(derived_coefficients()).items()}
        self.unit = flint_rational(sympy.Rational(float(level) ** 0.5).limit_denominator(64) or 1)
        self.above, self.below = self.determinants()
        self.known = {}

    def determinants(self):
        """Both forms with letters for φ_k, ‖β*_k‖ and the constant, without the power of c that they share."""
        size = self.spectrum.size
        names = [f"{stem}{k}" for stem in ("x", "f", "b") for k in range(size)] + ["c", "C"]
        context = flint.fmpq_mpoly_ctx.get(names, "lex")
        symbols = list(context.gens())
        x, phi, b = (symbols[k * size : (k + 1) * size] for k in range(3))
        c, constant = symbols[-2:]
        a, cc = [self.unit * each for each in x], c * c
        squares = [each * each for each in a]
        length, spread = sum(squares), sum(f * s for f, s in zip(phi, squares, strict=True))
        d0, d1, v, z0, z1, w2, w = (
            homogenised(self.sizes[name], degree, length, spread, cc) for name, degree in DEGREES.items()
        )
        shifted = [d0 + cc * d1 * f for f in phi]
        rows = [
            [v * a[i] * a[j] + (shifted[i] if i == j else 0) for j in range(size)]
            + [(z0 + cc * z1 * phi[i]) * a[i]]
            for i in range(size)
        ]
        rows.append([*(row[-1] for row in rows), w2])
        below = determinant(rows)
        above = constant * below
        for j in range(size):
            side = [b[j] * a[i] + (c * phi[j] if i == j else 0) for i in range(size)] + [b[j] * w]
            bordered = [[*row, entry] for row, entry in zip(rows, side, strict=True)]
            above += determinant([*bordered, [*side, 0 * c]])
        for f, shift, (_, times, _) in zip(phi, shifted, self.spectrum.balls(), strict=True):
            if times > 1:
                above, below = above * shift - (times - 1) * cc * f * f * below, below * shift
        shared = min(exponents[-2] for form in (above, below) for exponents, _ in form.terms())
        return above / c**shared, below / c**shared

    def forms(self):
        """From exponents of (a₁, …, a_m, c) to coefficients, at the current precision."""
        bits = flint.ctx.prec
        if bits not in self.known:
            self.known[bits] = self.at_balls(self.above), self.at_balls(self.below)
        return self.known[bits]

    def at_balls(self, form):
        """A form with the balls of the spectrum put in for its letters."""
        balls, size = self.spectrum.balls(), self.spectrum.size
        parts = [root for root, _, _ in balls] + [part for _, _, part in balls]
        at_zero, slope = (self.sizes[name][0, 0] for name in ("d0", "d1"))
        constant = sum((part * part for part in parts[size:]), flint.arb(0))
        constant += sum((f * f / (at_zero + slope * f) * times for f, times, _ in balls), flint.arb(0))
        found = {}
        for exponents, number in form.terms():
            value = flint.arb(number) * constant ** int(exponents[-1])
            for ball, power in zip(parts, exponents[size : 3 * size], strict=True):
                value *= ball ** int(power)
            key = (*map(int, exponents[:size]), int(exponents[-2]))
            found[key] = found.get(key, flint.arb(0)) + value
        return found

    def chart(self, place):
        """The function of the other coordinates where coordinate number ``place`` is 1."""

        def function(point, constant):
            above, below = (value_of(form, place, point, constant) for form in self.forms())
            return above * inverse(below)

        return function


def value_of(form, place, point, constant):
    """A form at a point of a chart."""
    powers_of = [[None, x] for x in point]
    total_sum = None
    for exponents, ball in form.items():
        term = None
        others = [*exponents[:place], *exponents[place + 1 :]]
        for known, power in zip(powers_of, others, strict=True):
            while len(known) <= power:
                half = known[len(known) // 2]
                known.append(square(half) if len(known) % 2 == 0 else known[-1] * known[1])
            if power:
                term = known[power] if term is None else term * known[power]
        term = constant(ball) if term is None else term * constant(ball)
        total_sum = term if total_sum is None else total_sum + term
    return total_sum


def in_sizes(form, numbers):
    """A coefficient at numbers: from powers of A and P to rational numbers."""
    form = form.substitute({scalar_letter(x): read_form(value) for x, value in numbers.items()})
    return {
        (i, j): flint_rational(c.expr)
        for i, part in powers(form, (scalar_letter(A),)).items()
        for j, c in powers(part, (scalar_letter(P),)).items()
    }


def homogenised(form, degree, length, spread, cc):
    """A polynomial in A and P with c² for what is missing to its degree."""
    return sum(number * length**i * spread**j * cc ** (degree - i - j) for (i, j), number in form.items())


def determinant(rows):
    """Along the columns, with each minor of the last rows computed once."""
    size, known = len(rows), {(): 1}
    for count in range(1, size + 1):
        top = size - count
        found = {}
        for columns in combinations(range(size), count):
            total_sum = 0
            for place, column in enumerate(columns):
                rest = columns[:place] + columns[place + 1 :]
                total_sum = total_sum + (-1) ** place * rows[top][column] * known[rest]
            found[columns] = total_sum
        known = found
    return known[tuple(range(size))]


def gap_at_numbers(values, digits):
    """inf R − R* of one head for any Ψ with tr(HΨ) + σ² > 0 and β* ≠ 0, with proven digits.

    Raises
    ------
    NotDetermined
        If the search for the minimum over all directions takes too long.
    """
    size = spectrum_of(values[Psi] * values[H], values[H], values[beta_star]).size
    if size > MAX_EIGENVALUES:
        raise NotDetermined(
            f"H Psi has {size} distinct eigenvalues, and the search over one direction for each is made up to "
            f"{MAX_EIGENVALUES}; multi_head_gap, lower_bound and upper_bound hold for all Psi"
        )
    gap = Gap(values)
    with flint.ctx.workprec(200):
        forms = gap.forms()
    even = [*(not met for met in gap.spectrum.is_met), False]
    charts = [gap.chart(place) for place in range(size + 1)]
    try:
        return least_value(*forms, charts, even, digits=digits, what="the risk of one head")
    except UnsupportedError as reason:
        raise NotDetermined(str(reason)) from reason
