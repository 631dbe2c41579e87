"""The report on an accepted certificate."""

from .rules.entrywise import function_text
from .rules.independent_entries import entries_text
from .words import SCALAR

WORDS = "in the words of the file"


def report(log):
    """All that is proved, axioms and assumptions, what is shown on the way, and what is not.

    Each formula is made from the values that were computed; all else is marked as words of the
    file, which nobody checks.
    """
    header = log.header_fields
    yield f"{header['theorem']}: proved, {WORDS}:\n  {header['statement']}"
    yield from (f"  {text}" for text in log.stated.values())
    yield from (f"  {text}" for text in log.propositions)
    yield from (f"  line {k}: {log.facts[k]}" for k in log.attained)
    yield f"  source, {WORDS}: {header['source']}"
    yield from (f"  assumption, {WORDS}: {text}" for text in header["assumptions"])
    yield from (f"  axiom, {WORDS}: {text}" for text in header["axioms"])
    yield from (f"  argued, {WORDS}: {text}" for text in header["argued"])
    yield from [] if header["axioms"] else ["  no axiom is named"]
    for x, letter in log.letters.items():
        rows, cols = letter.size
        size = [f"{rows} x {cols}"] * (letter.size != SCALAR)
        assumed = ", ".join([*size, *assumed_of(log, x, letter)])
        if assumed:
            yield f"  letter {letter.name}: {assumed}"
    yield from (f"  {text}" for text in log.recursions)
    yield from (f"  where {text}" for _, text in log.conditions)
    yield f"  {log.id} lines, {len(log.steps)} Stein steps among them, recomputed"
    way = [f"line {k}: {text}" for k, text in log.facts.items() if k not in log.attained]
    yield "\n    ".join([f"  {len(way)} facts are shown on the way", *way])
    asserted = f"  {len(log.asserted)} steps are asserted, not rechecked"
    yield "\n    ".join([asserted, *log.asserted])
    if log.averages:
        left = (
            f"  {len(log.averages)} averages are left to checkers.phases and checkers.samples"
        )
        yield "\n    ".join([left, *log.averages])


def assumed_of(log, x, letter):
    """All that is assumed of a letter."""
    if letter.symmetric and letter.size != SCALAR:
        yield "symmetric"
    if letter.satisfies:
        yield letter.satisfies
    if x in log.diagonals:
        yield f"the diagonal of {log.named(log.diagonals[x])}"
    if letter.invertible:
        yield "invertible"
    if letter.at_least is not None:
        yield f"at least {letter.at_least}"
    if x in log.positive_parts:
        yield f"max(0, {log.text(log.positive_parts[x])})"
    elif x in log.means:
        yield f"the mean of {log.text(log.means[x])}"
    elif x in log.largest:
        yield f"the largest eigenvalue of {log.named(log.largest[x])}"
    elif x in log.functions:
        yield function_text(log, x)
    elif x in log.reciprocals:
        yield f"1 / ({log.text(log.reciprocals[x])})"
    elif (letter.inside and not letter.satisfies) or x in log.sums:
        base = log.sums.get(x) or log.letter(log.inverse.get(x, x))
        yield f"inverse of {log.text(base)}"
    if x in log.powers:
        tokens, base = log.powers[x]
        yield f"({log.text(base)})^{log.letters[tokens].name}"
    if x in log.scales:
        yield log.scales[x].text(log)
    if x in log.independent:
        yield entries_text(log, x)
    if x in log.haar:
        columns = f"the first {letter.size[1]} columns"
        yield f"random, {columns} of an orthogonal matrix of Haar's law"
    if letter.law:
        rows, cols = (log.named(w) for w in letter.law[:2])
        scale = log.text(letter.law[2])
        yield f"Gaussian, E Z_ia Z_jb = ({scale}) {rows}_ij {cols}_ab"
