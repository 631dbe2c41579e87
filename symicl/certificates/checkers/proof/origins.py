"""Beside values the report says what is shown, and what quantities were made from."""

from ..reading import need
from .fields import Fields

SHOWN_ON_THE_WAY = 4  # terms of a fact
MEANS = {
    "expectation",
    "scales",
    "independent_entries",
    "haar",
    "inverse_gram",
    "half_spaces",
}
AVERAGES = MEANS | {"asserted"}  # what a value that is not plain rests on


class Origins(Fields):
    """Facts and propositions in words, and the steps by which quantities were made."""

    def __init__(self):
        super().__init__()
        self.header_fields = {}
        self.line_fields = {}
        self.facts = {}  # by line: what it states, in formulas made here
        self.propositions = []  # what is said beside the quantities, as text
        self.ends = {}  # values that the steps of a quantity may end at, by line, in words

    def fact(self, claim, text):
        """Note what the line that is read states."""
        self.facts[self.id] = f"{text}\n      in the words of the file: {claim}"

    def brief(self, a):
        """A value of a fact on the way, or the beginning of it."""
        return self.short(a, SHOWN_ON_THE_WAY)

    def said(self, claim, text):
        """Note a proposition, which has to be the next one that the header announces."""
        announced = self.header_fields["propositions"][len(self.propositions) :][:1]
        need(announced == [claim], "the header announces another proposition")
        self.propositions.append(f"{text}\n    in the words of the file: {claim}")

    def is_random(self, value):
        return any(self.letters[x].random for x in self.mentioned(value))

    def names_of(self, letters):
        return ", ".join(sorted(self.letters[x].name for x in letters))

    def where_text(self, table):
        """The replacements of letters, in words."""
        pairs = (f"{self.named((x,))} = {self.short(v)}" for x, v in table.items())
        return f", where {', '.join(pairs)}" if table else ""

    def table(self, letters):
        """The replacements of a line."""
        return {x: self.values[v] for x, v in letters}

    def before_replacement(self, line):
        """The value in which letters were replaced last, and by what; or the value itself."""
        fields = self.lines[line]
        if fields["rule"] != "substitute":
            return self.values[line], ""
        return self.values[fields["of"]], self.where_text(self.table(fields["letters"]))

    def made_from(self, line):
        """The plain steps that lead from an average, or a minimum, to a value; or nothing."""
        steps = []
        while line not in self.ends:
            self.spend(1)
            fields = self.lines[line]
            rule, of = fields["rule"], fields.get("of")
            if rule in MEANS:
                return self.told(f"the average in line {line}", steps)
            if rule == "quotient" and fields.get("solves"):
                return self.told(f"the solution of line {fields['solves']}", steps)
            if rule in ("sum", "product"):
                averaged = [x for x in fields["parts"] if self.origins[x] & AVERAGES]
                if len(averaged) != 1:
                    return ""
                (of,) = averaged
                others = [x for x in fields["parts"] if x != of]
                text = ", ".join(self.short(self.values[x]) for x in others)
                steps.append(("plus " if rule == "sum" else "times ") + text)
            elif rule == "over" and not self.origins[fields["by"]] & AVERAGES:
                steps.append(f"over {self.short(self.values[fields['by']])}")
            elif rule == "substitute":
                if any(self.origins[v] & AVERAGES for _, v in fields["letters"]):
                    return ""
                steps.append(self.where_text(self.table(fields["letters"]))[2:])
            elif rule in ("trace", "transpose"):
                steps.append(rule)
            elif rule != "data" or not of:
                return ""
            line = of
        return self.told(self.ends[line], steps)

    def told(self, end, steps):
        return "; ".join([f"made from {end}", *reversed(steps)])
