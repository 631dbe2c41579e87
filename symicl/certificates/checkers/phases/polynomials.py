"""Polynomials in scalar letters: {monomial: number}.

A monomial is a sorted tuple of (closed word, power); negative powers are allowed. A closed
word of a scalar letter is (its number,). A word that begins with 0 stands for a sum of
entries or of weights that no letter stands for.
"""

from fractions import Fraction

from ..reading import MAX_BITS, Reader, bits, exact, readable

MAX_NUMBER = 64  # whole numbers in the fields, and words in a monomial


def small(c):
    """A number, unless it is too long."""
    readable(bits(c) <= MAX_BITS, "a number is longer than the limit")
    return c


def constant(c):
    """A number as a polynomial."""
    return {(): Fraction(c)} if c else {}


def plus(a, b, times=1):
    """a + times b."""
    total = dict(a)
    for key, c in b.items():
        total[key] = small(total.get(key, 0) + times * c)
    return {key: c for key, c in total.items() if c}


def product(*factors):
    """The product of polynomials."""
    result = {(): Fraction(1)}
    for factor in factors:
        total = {}
        for m, c in result.items():
            for k, e in factor.items():
                powers = dict(m)
                for word, power in k:
                    powers[word] = powers.get(word, 0) + power
                key = tuple(sorted((word, power) for word, power in powers.items() if power))
                total[key] = small(total.get(key, 0) + c * e)
        result = {key: c for key, c in total.items() if c}
    return result


def weight(polynomial):
    """How much there is to multiply."""
    return sum(1 + len(m) + bits(c) // 32 for m, c in polynomial.items())


def letters_in(*polynomials):
    """The letters of polynomials."""
    return {w[0] for p in polynomials for m in p for w, _ in m}


class Polynomials(Reader):
    """Polynomials as they are read from fields, and their products, at their price."""

    MAX_WORK = 8_000_000

    def __init__(self):
        super().__init__()
        self.letters = {}  # their entries, by number

    def times(self, *factors):
        result = constant(1)
        for factor in factors:
            price = 1 + weight(result) * len(factor) + len(result) * weight(factor)
            self.spend(2 * price)
            result = product(result, factor)
        return result

    def plus(self, a, b, times=1):
        self.spend(1 + (len(a) + len(b)) // 4)
        return plus(a, b, times)

    def whole(self, value, least=0):
        """A field that is a whole number."""
        fits = type(value) is int and least <= value <= MAX_NUMBER
        readable(fits, "a number is not whole, or a large one")
        return value

    def polynomial(self, terms):
        """A field that is a polynomial: [number, closed words, []] for each term."""
        total = {}
        for c, words, rest in terms:
            number = exact(c)
            fits = rest == [] and len(words) <= MAX_NUMBER
            readable(fits, "it is not a polynomial in scalars, or a large one")
            factors = []
            for word in words:
                below = word[0] == 0  # a 0 in front divides by the rest
                (x,) = word[below:]
                scalar = self.letters[x]["rows"] == self.letters[x]["cols"] == 1
                readable(scalar, "a letter is no scalar")
                factors.append({(((x,), -1 if below else 1),): Fraction(1)})
            self.spend(1 + len(factors))
            total = self.plus(total, product(constant(number), *factors))
        return total

    def text(self, polynomial):
        """A polynomial with the names of the letters."""
        terms = []
        for m, c in polynomial.items():
            names = [self.letters[w[0]]["name"] + f"^{k}" * (k != 1) for w, k in m]
            terms.append(" ".join([str(c), *names]))
        return " + ".join(terms) or "0"
