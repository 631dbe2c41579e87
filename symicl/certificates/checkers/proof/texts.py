"""Values in the names of their letters, as a reader of the report sees them."""

from .values import ONE, Value, Values
from .words import SCALAR

MAX_SHOWN = 9  # terms of a condition


class Texts(Values):
    """Formulas as text, each made from the value that was computed."""

    def named(self, word):
        """A word; names that are no words, and I, are quoted."""
        names = [(self.letters[abs(x)].name, "^T" * (x < 0)) for x in word]
        plain = [(x if x.isidentifier() and x != "I" else repr(x)) + t for x, t in names]
        return "*".join(plain) or "I"

    def traced_text(self, word, power):
        """The power of a closed word."""
        name = self.named(word)
        name = name if self.size(word[0]) == SCALAR else f"tr({name})"
        return name + f"^{power}" * (power != 1)

    def text(self, a):
        """A value."""
        found = []
        for (m, w), c in a.terms.items():
            factors = [self.traced_text(v, k) for v, k in m]
            factors += [self.named(w)] * (a[:2] != SCALAR)
            found.append("*".join([str(c)] * (c != 1 or not factors) + factors))
        top = " + ".join(found) or "0"
        return top if a.den == ONE else f"({top}) / ({self.text(Value(1, 1, a.den))})"

    def short(self, a, shown=MAX_SHOWN):
        """A value, or the beginning of it."""
        number = len(a.terms)
        first = Value(a.rows, a.cols, dict(list(a.terms.items())[:shown]), a.den)
        self.spend(8 * self.weight(first))
        more = f" + ..., {number} terms, first in line {self.id}"
        return self.text(first) + more * (number > shown)
