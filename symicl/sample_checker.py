"""Rechecks the averages over samples of a random function in a certificate: standard library only.

    python sample_checker.py FILE...     exit code 0: all that is given in full holds; 1: one does not; 2: unreadable
`checker.py` believes entries of the rule ``asserted``. Some of them say in full what they assert, in a field
``samples``; those are computed anew here. Everything else of a certificate is left to `checker.py`.

f is a random function of R^d whose law is that of x -> f(Qx) for every orthogonal Q, -I included. Given f, the samples
(x_1, y_1), ..., (x_n, y_n) and the query (x, y0) are independent, each x ~ N(0, I_d), each y = f(x) + e, and all e are
Gaussian of mean 0, independent of f and of all x. Row k of X is x_k', entry k of y is y_k. The moments that are named
exist. All other letters are constants. The value of the entry is the average of its line ``of``. Fields:
  integrand   a line of the rule ``data`` with the same ``of``: that value written out, which `checker.py` verifies
  X, y, x, y0 letters, n x d, n x 1, d x 1, 1 x 1, whose sizes n and d are two names; nothing else is known of them
  noise       terms of a scalar, the variance of e: a sum of positive numbers times products of letters >= 0
  moments     [[pattern, letter], ...]. A pattern is a sorted list of [legs, power], one for each of several different
              samples, power > 0. With no legs at all the letter is E over f of the product of E[f(x)^power | f]. With
              two legs in all it is E over f of the mean over i = 1..d of the product of E[x_i^legs f(x)^power | f].
              Nothing else is known of the letter, but perhaps that it is >= 0, where of each [legs, power] both are
              even, or it is there an even number of times: then it is a mean of products of squares and even powers
All statements of a file have the same samples and noise; a letter is one moment, and a moment has one letter. No
letter of a statement has a law, or is an inverse (it could hide a sample), and no sample is in a denominator.
How it is computed: traces are cut at links of size 1, then at links of size n. Each of these is a sum over k = 1..n
between two of the letters X, y: X' at its left is the vector x_k, y' the number y_k, and so on at its right. What is
left are chains of constants between *legs*, which are vectors x_k or x, and powers of the y_k and y0.
  - The k's coincide in certain ways (set partitions). A way with b blocks stands for n (n-1) ... (n-b+1) choices. Each
    block is one sample, and so is the query.
  - y^p = sum over even j of (p over j) f(x)^(p-j) e^j, and E e^j = (j-1)!! noise^(j/2)
  - A sample without a power of f is Gaussian: the sum over all pairings of its legs, each pair an identity; 0 if the
    number of its legs is odd
  - The others leave E over f of the product of the tensors E[x^(legs) f(x)^power | f], which is invariant under all Q.
    With no legs that is a moment; with an odd number 0, by -I; with two a multiple c of the identity, c its trace / d,
    as an invariant of order two is one. More legs are refused: there are several invariants
  - Chains are joined at their pairs of legs, to traces of constants. tr I_d = d
A trace is the least of its rotations and transposed rotations. A moment without a letter has to cancel.
"""

import json
import sys
from fractions import Fraction
from itertools import chain, pairwise
from itertools import product as choices_of
from math import comb, prod

FORMAT = ("symicl-certificate", 2)
MAX_LINE, MAX_LINES, MAX_WORDS, MAX_WORD, MAX_POWER = 2**20, 30_000, 64, 500, 24
MAX_SUMS, MAX_LEGS, MAX_WORK = 6, 12, 1_000_000
MAX_BITS, GREEK = 4_096, "αβγδεζηθκλμξπρστφχψωΓΔΘΛΞΠΣΦΨΩ"
FIELDS = {"integrand", "X", "y", "x", "y0", "noise", "moments"}
PLAIN = {"id", "rule", "name", "rows", "cols"}
QUERY = "query"


class Unreadable(Exception):
    """Not a certificate of this version, or beyond the limits: nothing can be said about it."""


class Rejected(Exception):
    """An average that is not what is asserted."""


def need(holds, sentence, kind=Unreadable):
    """Raise the sentence unless something holds."""
    if not holds:
        raise kind(sentence)


def is_plain(name):
    """Whether no other name looks the same."""
    plain = len(name) <= 100 and name == " ".join(name.split())
    return plain and all(c.isascii() or c in GREEK for c in name)


# --- monomials: sorted tuples of (trace, power); polynomials: {monomial: number} -------------------------------


def monomial(factors):
    """A product of powers of traces."""
    powers = {}
    for trace, k in factors:
        powers[trace] = powers.get(trace, 0) + k
    return tuple(sorted((trace, k) for trace, k in powers.items() if k))


def total(items):
    """The polynomial with these monomials and numbers."""
    found = {}
    for m, c in items:
        found[m] = c = found.get(m, 0) + c
        small = c.numerator.bit_length() + c.denominator.bit_length() <= MAX_BITS
        need(small, "a number is longer than the limit")
    return {m: c for m, c in found.items() if c}


def times(one, other):
    """The product of two polynomials."""
    return total((monomial((*m, *k)), c * e) for m, c in one.items() for k, e in other.items())


def moment(pattern):
    """What stands for a moment as long as it has no letter; no trace begins with a 0."""
    return (0, *pattern)


# --- ways to coincide -----------------------------------------------------------------------------------------


def partitions(size):
    """All ways in which things coincide: the block of each, numbered as they appear."""
    if size == 0:
        yield ()
        return
    for rest in partitions(size - 1):
        for block in range(max(rest, default=-1) + 2):
            yield (*rest, block)


def pairings(legs):
    """All ways to pair legs; none if their number is odd."""
    if not legs:
        yield ()
    for i in range(1, len(legs)):
        for rest in pairings(legs[1:i] + legs[i + 1 :]):
            yield ((legs[0], legs[i]), *rest)


def powers_of_noise(power):
    """(f + e)^power as [number, half the power of the noise, power of f]."""
    for j in range(0, power + 1, 2):
        yield comb(power, j) * prod(range(j - 1, 0, -2)), j // 2, power - j


def is_square(pattern):
    """Whether a moment is at least 0, whatever f is."""
    return all(k % 2 == p % 2 == 0 or pattern.count((k, p)) % 2 == 0 for k, p in pattern)


def in_words(pattern):
    """What the letter of a moment stands for."""
    legs = any(k for k, _ in pattern)
    x = {0: "", 1: "x_i ", 2: "x_i^2 "}
    factors = [f"E[{x[k]}f(x)^{p} | f]".replace("^1 ", " ") for k, p in pattern]
    return f"E over f of {' '.join(factors)}" + ", the mean over the coordinates i" * legs


class Reader:
    """Reads one certificate, line by line."""

    def __init__(self):
        self.letters, self.names, self.data, self.closed, self.averages = {}, {}, {}, {}, {}
        self.samples, self.noise, self.symbols, self.meanings = None, None, {}, {}
        self.work, self.checked, self.asserted, self.phases, self.id = 0, 0, 0, False, 0

    def spend(self, amount):
        self.work += amount
        need(self.work <= MAX_WORK, "it takes more work than the limit allows")

    def check(self, lines):
        """Check all lines; what is wrong is raised with the line in front."""
        try:
            for self.id, raw in enumerate(lines, 1):
                need(len(raw) <= MAX_LINE and self.id <= MAX_LINES, "the line or the file is too long")
                self.spend(len(raw) // 8)
                self.line(raw)
            need(self.id, "the file is empty")
        except (Unreadable, Rejected) as error:
            raise type(error)(f"line {self.id}, samples: {error}") from None

    def line(self, raw):
        try:
            entry = json.loads(raw, object_pairs_hook=pairs)
            need(type(entry) is dict, "it is not a JSON object")
            if self.id == 1:
                need((entry.get("format"), entry.get("version")) == FORMAT, f"it is not a {FORMAT}")
                return
            need(type(entry["id"]) is int and entry["id"] == self.id, "its id is not the number of its line")
            if entry["rule"] == "letter":
                fits = type(entry["name"]) is str and entry["name"] not in self.names
                need(fits, "two letters have one name, or it is no text")
                need(is_plain(entry["name"]), f"the name {entry['name']!a} can be taken for another one")
                # Lists and objects are not looked at, only whether they are there.
                letter = {k: v if type(v) in (int, str, bool) else None for k, v in entry.items()}
                self.letters[self.id], self.names[entry["name"]] = letter, self.id
            elif entry["rule"] == "data" and "of" in entry:
                self.data[self.id] = entry
            elif entry["rule"] == "asserted":
                self.asserted += 1
                self.phases |= "phases" in entry
                if "samples" in entry:
                    self.statement(entry, entry["samples"])
                    self.checked += 1
                need(not (self.phases and self.checked), "a file has averages over samples and over phases")
        except (TypeError, LookupError, ValueError, AttributeError, ArithmeticError, RecursionError):
            raise Unreadable("its fields are not those of an average over samples") from None

    def report(self):
        """What was recomputed, and what it rests on."""
        yield f"{self.checked} of {self.asserted} asserted steps were recomputed, as averages over samples"
        if self.checked:
            X, y, x, y0 = (self.name(a) for a in self.samples)
            yield f"  samples in the rows of {X}, {y}, another one in {x}, {y0}: independent given the function f"
            yield f"  x ~ N(0, I), y = f(x) + e, e Gaussian of the variance {self.text(self.noise)}"
            yield "  f is random; orthogonal maps of x, -I among them, do not change its law"
        for x, pattern in sorted(self.meanings.items()):
            yield f"  {self.name(x)} = {in_words(pattern)}"

    def name(self, a):
        return self.letters[a]["name"]

    def text(self, polynomial):  # in scalars, with the names of the letters
        terms = []
        for m, c in polynomial.items():
            terms.append([str(c)] * (c != 1 or not m) + [self.name(*w) for w, k in m for _ in range(k)])
        return " + ".join(map(" ".join, terms)) or "0"

    # --- fields ----------------------------------------------------------------------------------------------

    def whole(self, value, least=0):
        need(type(value) is int and least <= value <= MAX_POWER, "a number is not whole, or a large one")
        return value

    def size(self, a):
        letter = self.letters[abs(a)]
        return (letter["rows"], letter["cols"])[:: 1 if a > 0 else -1]

    def turned(self, word):  # the transpose
        return tuple([a if self.is_symmetric(a) else -a for a in reversed(word)])

    def is_symmetric(self, a):
        return self.letters[abs(a)].get("symmetric") is True or self.size(a) == (1, 1)

    def close(self, word):
        """The trace of a word as a list of traces, cut at links of size 1, each in its least form."""
        if word not in self.closed:
            need(0 < len(word) <= MAX_WORD and all(type(a) is int for a in word), "it is not a word")
            self.spend(len(word) ** 2)
            for a, b in pairwise((*word, word[0])):
                need(self.size(a)[1] == self.size(b)[0], "the letters of a word do not fit together")
                free = self.letters[abs(a)].keys().isdisjoint({"inverse_of", "law"})
                need(free, "a letter is random, or an inverse")
            plain = [abs(a) if self.is_symmetric(a) else a for a in word]
            cuts = [i for i, a in enumerate(plain) if self.size(a)[0] == 1] or [0]
            plain = plain[cuts[0] :] + plain[: cuts[0]]
            ends = [*(i - cuts[0] for i in cuts), len(plain)]
            self.closed[word] = [self.least(tuple(plain[i:j])) for i, j in pairwise(ends)]
        return self.closed[word]

    def least(self, word):
        return min(w[i:] + w[:i] for w in (word, self.turned(word)) for i in range(len(word)))

    def polynomial(self, terms):
        items = []
        need(type(terms) is list, "it is not a list of terms")
        for c, words, rest in terms:
            need(type(c) is int or (type(c) is str and "/" in c), "a number is not exact")
            fits = rest == [] and type(words) is list and len(words) <= MAX_WORDS
            need(fits, "it is no scalar, or a large one")
            factors = []
            for word in words:
                below = word[0] == 0
                factors += [(trace, -1 if below else 1) for trace in self.close(tuple(word[below:]))]
            self.spend(1 + len(factors))
            items.append((monomial(factors), Fraction(c)))
        return total(items)

    def read_samples(self, fields):
        """The letters of the samples and the noise, the same in the whole file."""
        samples = [fields[key] for key in ("X", "y", "x", "y0")]
        free = all(type(a) is int and self.letters[a].keys() <= PLAIN for a in samples)
        need(free, "more is known of a sample")
        (n, d), noise = self.size(samples[0]), self.polynomial(fields["noise"])
        need(n != d and {n, d} <= self.names.keys(), "the sizes of X are not two names")
        fits = [self.size(a) for a in samples] == [(n, d), (n, 1), (d, 1), (1, 1)]
        need(fits and len({*samples}) == 4, "the samples have other sizes")
        sizes = {self.names[n], self.names[d]}
        whole = all(self.size(a) == (1, 1) and self.letters[a].get("at_least", 0) >= 1 for a in sizes)
        need(whole, "a size is no number")
        for trace, k in chain.from_iterable(noise):
            least = self.letters[abs(trace[0])].get("at_least", -1)
            need(k > 0 and len(trace) == 1 and least >= 0, "a letter of the noise may be negative")
        need(all(c > 0 for c in noise.values()), "the noise may be negative")
        self.samples, self.noise = self.samples or samples, noise if self.noise is None else self.noise
        same = (self.samples, self.noise) == (samples, noise)
        need(same, "the samples are not those of other lines", Rejected)

    def read_moments(self, rows):
        """The patterns of the moments of a statement; each has its letter in the whole file."""
        found = set()
        known = {self.names[name] for name in self.size(self.samples[0])} | {*self.samples}
        known |= {a for m in self.noise for (a, *_), _ in m}
        for pattern, x in rows:
            key = tuple((self.whole(legs), self.whole(power, 1)) for legs, power in pattern)
            fits = key and key not in found and list(key) == sorted(key) and sum(k for k, _ in key) in (0, 2)
            need(fits, "it is not a pattern, or there twice")
            need(type(x) is int and x not in known, "a moment has a letter of another kind")
            least = self.letters[x].get("at_least")
            free = self.letters[x].keys() <= PLAIN | {"at_least"} and self.size(x) == (1, 1)
            free = free and (least is None or (type(least) is int and least == 0 and is_square(key)))
            need(free, "more is known of a letter than that it is a moment")
            same = self.symbols.setdefault(key, x) == x and self.meanings.setdefault(x, key) == key
            need(same, "a letter is two moments, or a moment has two letters", Rejected)
            found.add(key)
        return found

    # --- the average -----------------------------------------------------------------------------------------

    def statement(self, entry, fields):
        need(fields.keys() == FIELDS, "a field is missing, or there is one too many")
        need(type(fields["integrand"]) is int, "it is not known what is averaged")
        data = self.data.get(fields["integrand"])
        need(data, "what is averaged is no data that is checked against another line")
        need(type(entry["of"]) is int, "it is not known what is averaged")
        need(data["of"] == entry["of"], "what is averaged is the value of another line", Rejected)
        for part in (entry, data):
            need((part["rows"], part["cols"]) == (1, 1), "an average is that of a scalar")
        self.read_samples(fields)
        moments = self.read_moments(fields["moments"])
        stated = self.polynomial(entry["terms"])
        found, used = self.expectation(self.polynomial(data["terms"]))
        need(moments <= used, "a moment is not used", Rejected)
        letters = {moment(key): (self.symbols[key],) for key in moments}
        found = total((monomial((letters.get(t, t), k) for t, k in m), c) for m, c in found.items())
        need(found == stated, "the average is another one", Rejected)

    def expectation(self, polynomial):
        """The average, and the moments that it takes."""
        items, used = [], set()
        for m, c in polynomial.items():
            drawn = tuple((t, k) for t, k in m if any(abs(a) in self.samples for a in t))
            rest = [f for f in m if f not in drawn]
            need(all(k > 0 for _, k in drawn), "a sample is in a denominator")
            if drawn not in self.averages:
                self.averages[drawn] = self.average([t for t, k in drawn for _ in range(k)])
            average, patterns = self.averages[drawn]
            self.spend(1 + len(average) * (1 + len(m)))
            items += [(monomial((*rest, *k)), c * e) for k, e in average.items()]
            used |= patterns
        return total(items), used

    def average(self, traces):
        """E of a product of traces with letters of samples in each."""
        sums, chains, answers = 0, [], []
        for trace in traces:
            sums = self.cut(trace, sums, chains, answers)
        legs = [(i, side) for i, (*_, ends) in enumerate(chains) for side in (0, 1) if ends[side] is not None]
        need(sums <= MAX_SUMS and len(legs) <= MAX_LEGS, "a monomial has more sums or legs than the limit")
        found, n = {}, self.names[self.size(self.samples[0])[0]]
        for way in partitions(sums):
            blocks = max(way, default=-1) + 1
            block = {QUERY: blocks, **dict(enumerate(way))}
            parts = [([], []) for _ in range(blocks + 1)]
            for i, side in legs:
                parts[block[chains[i][1][side]]][0].append((i, side))
            for k in answers:
                parts[block[k]][1].append(k)
            for key, c in self.over(parts, chains):
                found[blocks, *key] = found.get((blocks, *key), 0) + c
        result, used = [], {pattern for _, _, pattern, _ in found} - {()}
        for (blocks, noise, pattern, m), c in found.items():
            factor = {monomial([*m, *[(moment(pattern), 1)] * bool(pattern)]): Fraction(c)}
            self.spend(1 + blocks + len(m))
            for k in range(blocks):
                factor = times(factor, total([((((n,), 1),), 1), ((), -k)]))
            for _ in range(noise):
                self.spend(3 * len(factor) * len(self.noise))
                factor = times(factor, self.noise)
            result += factor.items()
        return total(result), used

    def cut(self, trace, sums, chains, answers):
        """Cut a trace at its links of size n into chains [constants, ends] and the samples whose y it has."""
        X, y, x, y0 = self.samples
        n = self.size(X)[0]
        if trace == (y0,):
            answers.append(QUERY)
            return sums
        sizes = [self.size(a)[0] for a in trace]
        whole = (
            1 not in sizes
        )  # it has one link of size 1 at most, and is turned to it, or else to one of size n
        start = sizes.index(n if whole else 1)
        trace, sizes = trace[start:] + trace[:start], sizes[start:] + sizes[:start]
        cuts = [i for i, size in enumerate(sizes) if size == n]
        bounds = [*cuts, len(trace)] if whole else [0, *cuts, len(trace)]
        last = len(bounds) - 2
        for j, (start, end) in enumerate(pairwise(bounds)):
            word = trace[start:end]
            before, after = (sums + j, sums + (j + 1) % len(cuts)) if whole else (sums + j - 1, sums + j)
            ends = [before if whole or j else None, after if whole or j < last else None]
            for side, letter in ((0, 1), (-1, -1)):
                k = ends[side]
                if k is None and word and word[side] == -letter * x:
                    ends[side], word = QUERY, word[1:] if side == 0 else word[:-1]
                elif k is not None:
                    need(word and word[side] in (letter * X, letter * y), "a matrix mixes the samples")
                    if word[side] == letter * y:
                        answers.append(k)
                        ends[side] = None
                    word = word[1:] if side == 0 else word[:-1]
            need(not any(abs(a) in self.samples or n in self.size(a) for a in word), "samples are in between")
            if word or ends != [None, None]:
                chains.append((word, ends))
        return sums + len(cuts)

    def over(self, parts, chains):
        """Over the noise, the Gaussian samples and f, where it is known which samples are the same."""
        for choice in choices_of(*(powers_of_noise(len(answers)) for _, answers in parts)):
            self.spend(1 + len(parts))
            left = [(legs, power) for (legs, _), (_, _, power) in zip(parts, choice, strict=True)]
            gaussian = [legs for legs, power in left if not power]
            pattern = tuple(sorted((len(legs), power) for legs, power in left if power))
            open_legs = [leg for legs, power in left if power for leg in legs]
            if len(open_legs) % 2 or any(len(legs) % 2 for legs in gaussian):
                continue
            need(len(open_legs) <= 2, "more than two legs are left: there are several invariants")
            number, noise = prod(c for c, _, _ in choice), sum(j for _, j, _ in choice)
            for pairs_of in choices_of(*(pairings(legs) for legs in (*gaussian, open_legs))):
                self.spend(1 + 2 * len(chains))
                yield (noise, pattern, self.joined(chains, [*chain.from_iterable(pairs_of)])), number

    def joined(self, chains, pairs_of_legs):
        """The product of the traces that chains become when pairs of legs are joined."""
        other = dict(pairs_of_legs) | {b: a for a, b in pairs_of_legs}
        left, factors, identity = set(range(len(chains))), [], self.names[self.size(self.samples[0])[1]]
        outer = [(i, side) for i, (_, ends) in enumerate(chains) for side in (0, 1) if ends[side] is None]
        for start in [*outer, *((i, 0) for i in range(len(chains)))]:
            if start[0] not in left:
                continue
            word, at = (), start
            while at:
                i, side = at
                left.discard(i)
                word += self.turned(chains[i][0]) if side else chains[i][0]
                at = other.get((i, 1 - side))
                at = None if at == start else at
            factors += [(trace, 1) for trace in (self.close(word) if word else [(identity,)])]
        return monomial(factors)


def pairs(items):
    """An object of JSON, in which no key occurs twice."""
    need(len(dict(items)) == len(items), "a key occurs twice")
    return dict(items)


def main(paths):
    """Check files and print how much of what they assert was rechecked."""
    code = 0
    for path in paths:
        reader = Reader()
        try:
            with open(path, "rb") as file:
                reader.check(iter(lambda read=file.readline: read(MAX_LINE + 1), b""))
            print("\n".join(f"{path}: {text}" for text in reader.report()))
        except (Unreadable, Rejected, OSError) as error:
            kind = "rejected" if isinstance(error, Rejected) else "unreadable"
            code = max(code, 1 + (kind == "unreadable"))
            print(f"{path}: {kind}: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
