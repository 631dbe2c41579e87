"""The second checker: averages over random phases, which the first one leaves to it.

Entries of the rule `asserted` are believed by the first checker. Some of them say in full what
they assert, in a field `phases`; those are computed anew here.

The letters l_1, ..., l_d are independent and uniform on the unit circle, and
x_{t,i} = l_i^(t-1) x_{1,i}. A *form* [c, a, b, e] is the whole number c + a t + b s + e r in
the free time t >= 2 and in up to two summed times s, r. A *polynomial* is a list of
[number, closed words, []], as everywhere in a certificate. The fields of `phases` are first
those of the statement of an average, then those of a value that is taken from one:

  summands    a list of [polynomial, over, data, entries, region, positions]. Each is
              polynomial / (t-1)^over times the product of the entries, of l_i^form x_{1,i}^k
              for each [form, k] of the data, i its place in the data, and of the weights
              p_form at the positions, summed over all i = 1..d of each place and over all
              whole s, r at which the forms of the region are >= 0
  entries     [row, column, same, partner, other] is a matrix with these polynomials on the
              diagonal, between partners and elsewhere; [name, row, column] any real matrix,
              [name, row] a diagonal one
  paired      l_{2k} is the conjugate of l_{2k-1}, its *partner*
  size        d, a polynomial
  law         a number for the law of x_1: averages with the same law have the same d and the
              same moments
  moments     [[k, ...], polynomial, polynomial]: E x_1^k x_2^... for any distinct coordinates
              is their quotient
  free        instead of moments, for any law: a letter, [k, ...] and [m, ...], for the sum of
              E x_i^k ... x_r^m ... over different r, ..., which are not the row i of the entry
              below, nor its column if that is not i
  powers      [m, polynomial]: what (t-1)^m is multiplied by in the average, for all t >= 2
  times       [t, polynomial]: what is added to that at this t, where t is below the time from
              which the count is a polynomial. No other power or time occurs
  entry       [name, diagonal, [[name, polynomial], ...]]: not the average but its derivative
              in an entry of a matrix, on the diagonal or off it, where each matrix is that
              polynomial times the identity
  sums        [letter, [[name, [i, sign], ...], ...]]: the letter is the sum over all i, ... =
              1..d of the product of these entries, where a sign of -1 is the partner of i
  squares     [letter, [i, ...], [[number, [[name, i, ...], ...]], ...]]: the letter is the sum
              over all coordinates of the square of the sum of number * product of entries.
              The coordinates i, ... are different from each other. Such a letter is at least 0
  weights     ["last", b, letter], the letter is p_{t-b}, b = 0 or 1, or ["sum", k, letter],
              the sum of p_s^k over s = 1..t-2. All p are any real numbers, but p_s = 0 for
              s < 1. What no letter stands for has to cancel
  reciprocals [letter, polynomial], ...: their product is 1. No letter with a meaning, or with
              a law, is in a meaning or in d

  charges     no average, but the summands by their charge: for each form [c, a, 0, 0] that is
              the sum of the exponents of one, [c, a, [[name, ...], ...]] has the products of
              matrices in those, each by its names in order; all of them are there
  columns     "even", no average: in each way for the coordinates of a summand to coincide in
              which the exponents vanish at some times, each coordinate is the column of an
              even number of entries, and each matrix is there as often as each other one

  of          the line of an average. The value is its `place`, ["power", m] or ["time", t];
              or, with
  places      no value: all places at which the average is not zero are these; or, with
  last        a polynomial, its sum over t = 2..last, where last >= 2 and last >= each t of the
              `times`
  harmonic    [letter, k]: the letter is the sum of 1/n^k over n = 1..last-1. It is that in
              every other sum, too, and nothing else is known of it but that it is at least 0

  value       no average: a line of `data` that is another form of what the entry is `of`, a
              polynomial in the letters of `sums`. The value is what it is where, for each
  point       [name, polynomial, polynomial], a matrix has these on its diagonal and off it;
              or, with
  moves       [polynomial, name, copy], ..., its second derivative in h at h = 0, where h times
              this polynomial times the copy is added to the matrix. All copies are I or J - I;
              or diag(v), v1' or 1v' for one v with 1'v = 0 and v'v = 1; or one S = S', or one
              K = -K', with a zero diagonal, rows that add up to 0, and squares to 1

How it is computed: the coordinates of a summand coincide, or are partners, in certain ways.
Each way leaves one phase for each block, whose exponent has to vanish (E l^m = 1 if m = 0,
else 0), a moment, and d (d-1) (d-2)... choices, or d (d-2) (d-4)... ones of pairs. The number
of times at which the exponents vanish is counted.

Reading order: `polynomials`, `meanings`, `regions`, `times`, `coordinates`, `statements`,
`averages`, `terms`, `exchangeable`, `checker`; each is a layer upon the one before, or
functions for the next.
"""

from ..reading import Rejected, Unreadable, check_files
from .checker import Checker

__all__ = ["Checker", "Rejected", "Unreadable", "main"]


def main(paths):
    """Check files and print how much of what they assert was recomputed."""
    return check_files(Checker, paths, with_path=True)
