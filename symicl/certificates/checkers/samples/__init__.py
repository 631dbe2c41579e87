"""The third checker: averages over samples of a random function, which the first leaves to it.

Entries of the rule `asserted` are believed by the first checker. Some of them say in full what
they assert, in a field `samples`; those are computed anew here.

f is a random function of R^d whose law is that of x -> f(Qx) for every orthogonal Q, -I
included. Given f, the samples (x_1, y_1), ..., (x_n, y_n) and the query (x, y0) are
independent, each x ~ N(0, I_d), each y = f(x) + e, and all e are Gaussian of mean 0,
independent of f and of all x. Row k of X is x_k', entry k of y is y_k. The moments that are
named exist. All other letters are constants. The value of the entry is the average of its
line `of`. Fields:

  integrand   a line of the rule `data` with the same `of`: that value written out, which the
              first checker verifies
  X, y, x, y0 letters, n x d, n x 1, d x 1, 1 x 1, whose sizes n and d are two names; nothing
              else is known of them
  noise       terms of a scalar, the variance of e: a sum of positive numbers times products of
              letters >= 0
  moments     [[pattern, letter], ...]. A pattern is a sorted list of [legs, power], one for
              each of several different samples, power > 0. With no legs at all the letter is
              E over f of the product of E[f(x)^power | f]. With two legs in all it is E over
              f of the mean over i = 1..d of the product of E[x_i^legs f(x)^power | f].
              Nothing else is known of the letter, but perhaps that it is >= 0, where of each
              [legs, power] both are even, or it is there an even number of times: then it is
              a mean of products of squares and even powers

All statements of a file have the same samples and noise; a letter is one moment, and a moment
has one letter. No letter of a statement has a law, or is an inverse (it could hide a sample),
and no sample is in a denominator.

How it is computed: traces are cut at links of size 1, then at links of size n. Each of these
is a sum over k = 1..n between two of the letters X, y: X' at its left is the vector x_k, y'
the number y_k, and so on at its right. What is left are chains of constants between *legs*,
which are vectors x_k or x, and powers of the y_k and y0.

  - The k's coincide in certain ways (set partitions). A way with b blocks stands for
    n (n-1) ... (n-b+1) choices. Each block is one sample, and so is the query.
  - y^p = sum over even j of (p over j) f(x)^(p-j) e^j, and E e^j = (j-1)!! noise^(j/2)
  - A sample without a power of f is Gaussian: the sum over all pairings of its legs, each pair
    an identity; 0 if the number of its legs is odd
  - The others leave E over f of the product of the tensors E[x^(legs) f(x)^power | f], which
    is invariant under all Q. With no legs that is a moment; with an odd number 0, by -I; with
    two a multiple c of the identity, c its trace / d, as an invariant of order two is one.
    More legs are refused: there are several invariants
  - Rotations are enough, with -I or with f -> -f, if f has an odd power wherever the number of
    legs is odd, and what has two legs is symmetric: these are then in one sample, or have the
    same power. The report says whether that is so
  - Chains are joined at their pairs of legs, to traces of constants. tr I_d = d

A trace is the least of its rotations and transposed rotations. A moment without a letter has
to cancel.

Reading order: `traces`, `statements`, `chains`, `ways`, `averages`, `checker`.
"""

from ..reading import Rejected, Unreadable, check_files
from .checker import Checker

__all__ = ["Checker", "Rejected", "Unreadable", "main"]


def main(paths):
    """Check files and print how much of what they assert was recomputed."""
    return check_files(Checker, paths, with_path=True)
