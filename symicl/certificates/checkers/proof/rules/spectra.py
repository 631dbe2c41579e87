"""The rule for traces as sums over eigenvalues."""

from functools import reduce

from ...reading import need, readable
from ..values import Value
from ..words import SCALAR


def rule_eigenvalue_sums(log, claim, of, matrices, eigenvalue, components, sums, value):
    """A scalar is `value`, in which letters stand for sums over eigenvalues x.

    The `matrices` are one symmetric letter H, and x its eigenvalues; or two of them, H and K,
    and x those of H K. `components` says [u, a] beside one: a is the component of the vector
    u in an orthonormal basis of eigenvectors of H.

    `sums` says [s, terms, g]: s is the sum of g(x) over all eigenvalues, each as often as it
    occurs. Each of the `terms` is [c, word], and it is shown that

        s = sum of c tr(word)     and     g(x) = sum of c f(x)

    where the word is f(H) or f(H K), so that its trace is the sum of f(x); or u' f(H) v, which
    is that of f(x) u_i v_i. With the traces for all s the value is the scalar. A g may have
    letters s of earlier rows in it, and no c has x or a component.
    """
    letters = [log.read_letter(a) for a in log.read_as("list", matrices)]
    parts = {log.read_letter(u): log.read_letter(a) for u, a in log.rows_of(components, 2)}
    need(1 <= len(letters) <= 2 and len({*letters}) == len(letters), "it has no matrices")
    square = all(log.size(a)[0] == log.size(a)[1] != 1 for a in letters)
    turned = all(log.letters[a].symmetric for a in letters)
    side = log.size(letters[0])[0]
    fits = square and turned and all(log.size(a)[0] == side for a in letters)
    fits = (
        fits and all(log.size(u) == (side, 1) for u in parts) and not (parts and letters[1:])
    )
    need(fits, "a matrix is not symmetric or square, or a vector has another size")
    rows = [
        (log.read_letter(s), log.rows_of(terms, 2), log.read_node(g))
        for s, terms, g in log.rows_of(sums, 3)
    ]
    fresh = {eigenvalue, *parts.values(), *(s for s, _, _ in rows)}
    plain = all(log.letters[x][1:6] == (SCALAR, True, False, None, None) for x in fresh)
    once = len(fresh) == 1 + len(components) + len(rows) and len(parts) == len(components)
    need(
        plain and once,
        "a letter of a sum is no number, assumed to be something, or named twice",
    )
    known = {x for x, z in log.letters.items() if z.random or z.satisfies or z.inside}
    known |= log.tied | log.powers.keys() | log.positive_parts.keys() | log.reciprocals.keys()
    known |= log.inverse.keys() | log.bounded | log.inside(log.letters)
    known |= log.fixed | log.mentioned(of)
    need(fresh.isdisjoint(known), "a letter of a sum is in use, or related to other letters")
    spectrum, traces, said = Spectrum(log, letters, eigenvalue, parts), {}, []
    for s, terms, g in rows:
        whole, inner = [log.number(0)], [log.number(0)]
        for c, word in terms:
            factor, word = log.read_node(c), log.read_word(word) if word else ()
            need(fresh.isdisjoint(log.mentioned(factor)), "a factor holds a letter of a sum")
            number, monomial = log.close((word, side))
            whole.append(log.product(factor, Value(1, 1, {(monomial, ()): number})))
            inner.append(log.product(factor, spectrum.of(word)))
        later = fresh - traces.keys() - {eigenvalue, *parts.values()}
        need(later.isdisjoint(log.mentioned(g)), "a summand holds its own sum, or a later one")
        here = log.put(g, {x: traces[x] for x in traces.keys() & log.mentioned(g)})
        need(log.same(here, reduce(log.sum, inner)), "a summand is another one")
        traces[s] = reduce(log.sum, whole)
        log.spend(8 * log.weight(g))
        name, over = log.letters[s].name, log.letters[eigenvalue].name
        said.append(f"{name} is the sum of {log.text(g)} over {over}")
    gone = {eigenvalue, *parts.values(), *letters, *parts}
    hidden = log.mentioned(value)
    need(gone.isdisjoint(hidden | log.inside(hidden)), "a matrix, or a summand, is left")
    need(
        log.same(log.put(value, traces) if traces else value, of), "the sums are another value"
    )
    log.spend(8 * log.weight(of, value))
    what = " ".join(log.letters[a].name for a in letters)
    told = [f"{log.letters[a].name} = {log.letters[u].name}_i" for u, a in parts.items()]
    along = f", {', '.join(told)} along an eigenvector" * bool(told)
    lines = "\n      ".join(said)
    log.said(
        claim,
        f"{log.text(of)}\n      is {log.text(value)}, where\n      {lines},\n"
        f"      {log.letters[eigenvalue].name} the eigenvalues of {what}{along}",
    )


class Spectrum:
    """The values of words at an eigenvalue.

    With two matrices a word goes between two kinds of indices: H from the second to the first
    one, K back. Then words that go from one kind to itself are functions of H K or of K H,
    which have the same eigenvalues, and H f(K H) = f(H K) H: so a word counts its H's.
    """

    def __init__(self, log, letters, eigenvalue, parts):
        self.log, self.parts, self.first = log, parts, letters[0]
        x = log.letter(eigenvalue)
        ends = [(0, 1), (1, 0)] if letters[1:] else [(0, 0)]
        self.known = {}
        for a, (left, right), at in zip(letters, ends, (x, log.number(1)), strict=False):
            self.known[a] = left, right, at
            if log.inverse.get(a):
                self.known[log.inverse[a]] = right, left, log.over(SCALAR, at.den, at.terms)
        for a in [*self.known]:
            self.known.setdefault(-a, self.known[a])

    def of(self, word):
        """f(x) of a closed word."""
        ends = [a for a in (*word[:1], *word[-1:]) if abs(a) in self.parts]
        if ends:
            alone = len(word) > 1 and len(ends) == 2 and word[0] < 0 < word[-1]
            need(alone, "a word has one vector, or no row at its beginning")
            both = [self.log.letter(self.parts[abs(a)]) for a in ends]
            return reduce(self.log.product, [*both, self.along(word[1:-1])[2]])
        left, right, at = self.along(word)
        need(left == right, "a word is no function of one matrix")
        return at

    def along(self, word):
        """Where a word goes, and what it is at x."""
        ends, at = None, self.log.number(1)
        for a in word:
            left, right, here = self.letter(a)
            need(ends is None or ends[1] == left, "a word is no function of one matrix")
            ends, at = (ends[0] if ends else left, right), self.log.product(at, here)
        return (*(ends or (0, 0)), at)

    def letter(self, a):
        """The same of a letter: a matrix, or the inverse of a sum of words.

        The sum has an inverse, so that it is not 0 at an eigenvalue.
        """
        if a not in self.known:
            need(abs(a) in self.log.sums, "a letter is no function of the matrices")
            base, parts, ends = self.log.base(a), [self.log.number(0)], None
            for (m, w), c in base.terms.items():
                left, right, at = self.along(w)
                alike = not w or ends in (None, (left, right))
                need(alike, "a word is no function of one matrix")
                ends = (left, right) if w else ends
                parts.append(self.log.product(Value(1, 1, {(m, ()): c}, base.den), at))
            plain = all(w for _, w in base.terms) or ends is None or ends[0] == ends[1]
            need(plain, "a number is added to what is no function of one matrix")
            total = reduce(self.log.sum, parts)
            readable(total.terms, "a sum that has an inverse is zero")
            left, right = ends or (0, 0)
            self.known[a] = right, left, self.log.over(SCALAR, total.den, total.terms)
        return self.known[a]
