"""A derivation as text: on a page, or in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symicl.statements import Derivation, Step, Theorem
    from symicl.views import Typesetting

LINES, WIDTH = 60, 110
"""Of a page."""
ROWS_OF_A_FORMULA = 2
"""A formula that needs more is in the full text alone."""
USUAL = "closed forms are equal term by term"
"""The rule of most checks, which is said once."""


class Writer:
    """The sentences and formulas of one derivation as plain text."""

    def __init__(self, theorem: Theorem, derivation: Derivation, typeset: Any):
        self.theorem, self.derivation, self.typeset = theorem, derivation, typeset

    def prose(self, text: str) -> str:
        """A sentence."""
        from symicl.statements import in_text
        from symicl.typeset import plain

        return plain(in_text(self.typeset.prose(text)))

    def where(self, meanings: Mapping[str, str], indent: str) -> list[str]:
        """The meanings of letters, a line each."""
        from symicl.statements import in_text
        from symicl.typeset import definitions, plain

        clauses = definitions(self.typeset.where(meanings))
        return [f"{indent}where {plain(in_text(clause))}" for clause in clauses]

    def head(self) -> list[str]:
        """Name and source."""
        from symicl.typeset import plain

        paper = self.theorem.paper
        return [
            f"{self.theorem.id}: {self.prose(self.theorem.title)}",
            f"{paper.authors} ({paper.year}), arXiv:{paper.arxiv}, {plain(self.theorem.source)}",
            "",
        ]

    def undefined(self) -> list[str]:
        """The letters whose meaning the author does not say."""
        from symicl.statements import undefined_letters
        from symicl.typeset import plain

        missing = undefined_letters(self.theorem, self.derivation)
        names = ", ".join(f"{plain(f'${name}$')} ({place})" for place, name in missing)
        return [f"   Not defined by the author: {names}"] if missing else []

    def assumptions(self) -> list[str]:
        """The assumptions."""
        from symicl.statements import ASSUMED

        return [f"   {ASSUMED}:", *(f"   - {self.prose(text)}" for text in self.theorem.assumptions)]

    def stated(self) -> list[str]:
        """The statement of the theorem, without its assumptions."""
        from symicl.statements import UNCHECKED
        from symicl.typeset import Equation

        theorem = self.theorem
        lines = [f"   {self.prose(sentence)}" for sentence in theorem.sentences]
        values = (Equation(theorem.left(name), value) for name, value in theorem.states.items())
        lines += [f"      {self.typeset.text(value)}" for value in values]
        if theorem.wording:
            lines.append(f"   {UNCHECKED}: {self.prose(theorem.wording)}")
        return lines

    def granted(self) -> list[str]:
        """The facts that the derivation rests on and does not prove."""
        axioms = [f"   {self.prose(axiom)}" for axiom in self.derivation.axioms]
        return ["", "Taken for granted", *axioms] if axioms else []

    def checks(self, step: Step) -> Iterator[str]:
        """Each check of a step once; the usual rule is not repeated."""
        for (mark, claim, rule), times in Counter(
            (c.mark, self.prose(c.claim), self.prose(c.rule)) for c in step.checks
        ).items():
            often = f" ×{times}" if times > 1 else ""
            yield f"   {mark}{often}: {claim}" + ("" if rule == USUAL else f" ({rule})")


def in_full(theorem: Theorem, derivation: Derivation, setting: Typesetting | None) -> str:
    """Every letter, formula and check."""
    from symicl.statements import opening
    from symicl.views import Typesetting

    with (setting or Typesetting()).of(theorem, derivation) as typeset:
        writer = Writer(theorem, derivation, typeset)
        lines = [*writer.head(), "Setting"]
        for passage in opening(theorem):
            lines += [f"   {writer.prose(passage.text)}"]
            lines += [f"      {typeset.text(formula)}" for formula in passage.formulas]
            lines += writer.where(passage.where, "      ")
        lines += [*writer.undefined(), "", "Theorem", *writer.assumptions(), *writer.stated()]
        lines += ["", "Proof", f"   Where a check names no rule, {USUAL}."]
        for number, step in enumerate(derivation.steps, 1):
            lines += ["", f"{number}. {writer.prose(step.title)}", *writer.where(step.where, "   ")]
            lines += [f"   {typeset.text(value)}" for value in step.formulas]
            if step.note:
                lines.append(f"   {writer.prose(step.note)}")
            lines += writer.checks(step)
        lines += [*writer.granted(), "", "Found"]
        width = max(map(len, derivation.found), default=0)
        lines += [f"   {name:<{width}} = {typeset.text(value)}" for name, value in derivation.found.items()]
    return "\n".join(lines)


def on_a_page(theorem: Theorem, derivation: Derivation, setting: Typesetting | None) -> str:
    """The statement and its steps, with as many formulas as there is room for.

    All steps stand there with the number of their checks. The formulas of the setting come first, then those of the
    steps, the short ones before the long ones.
    """
    from symicl.statements import opening
    from symicl.views import Typesetting

    with (setting or Typesetting()).of(theorem, derivation) as typeset:
        writer = Writer(theorem, derivation, typeset)
        parts = _fitting(writer, [(writer.prose(s.title), _counted(s)) for s in derivation.steps])
        head, titles, granted = parts
        last = ["", f"Letters, all formulas and checks: symicl derive {theorem.id} --full"]
        room = LINES - 2 - sum(len(_rows(line)) for part in parts for line in part) - len(last)
        wanted = [
            (place, row)
            for place, formulas in enumerate(
                (
                    [f for passage in opening(theorem) for f in passage.formulas],
                    *(step.formulas for step in derivation.steps),
                )
            )
            for row in (f"   {typeset.text(formula)}" for formula in formulas)
            if len(_rows(row)) <= ROWS_OF_A_FORMULA
        ]
        shown: list[tuple[int, str]] = []
        for place, row in sorted(wanted, key=lambda pair: (pair[0] > 0, len(pair[1]))):
            rows = len(_rows(row)) + (1 if place == 0 and not any(p == 0 for p, _ in shown) else 0)
            if rows <= room:
                shown.append((place, row))
                room -= rows
        chosen = [(place, row) for place, row in wanted if (place, row) in shown]
    start = [row for place, row in chosen if place == 0]
    lines = [*head[:3], *(["Setting", *start] if start else []), *head[3:], "", "Proof"]
    for number, title in enumerate(titles, 1):
        lines += [title, *(row for place, row in chosen if place == number)]
    return "\n".join(row for line in (*lines, *granted, *last) for row in _rows(line))


def _rows(line: str) -> list[str]:
    from symicl.typeset import wrapped

    return wrapped(line, WIDTH).split("\n")


def _fitting(writer: Writer, steps: list[tuple[str, str]]) -> tuple[list[str], list[str], list[str]]:
    """Statement, titles of the steps and what is granted; if there is too much, it gives way in the order below.

    The statement is never cut: where it and the steps need more than a page, they have it.
    """
    titles = [f"{number}. {title}{count}" for number, (title, count) in enumerate(steps, 1)]
    granted, assumed, stated = writer.granted(), writer.assumptions(), writer.stated()

    def head() -> list[str]:
        return [*writer.head(), "Theorem", *assumed, *stated, *writer.undefined()]

    def excess() -> int:
        return sum(len(_rows(line)) for line in (*head(), *titles, *granted)) + 4 - LINES

    if excess() > 0:
        titles = [_on_a_row(f"{number}. {title}", count) for number, (title, count) in enumerate(steps, 1)]
    if excess() > 0 and len(granted) > 3:
        granted = ["", f"Taken for granted: {len(granted) - 2} facts, which --full names"]
    if excess() > 0:
        # A statement without what it assumes would be another one: they are joined, never left out.
        said, *things = assumed
        assumed = [f"{said} {'; '.join(thing.removeprefix('   - ') for thing in things)}."]
    return head(), titles, granted


def _on_a_row(title: str, count: str) -> str:
    room = WIDTH - len(count)
    return (title if len(title) <= room else f"{title[: room - 2].rstrip()} …") + count


def _counted(step: Step) -> str:
    """How many different checks a step has, and how many of its claims are argued only."""
    checked = len({(c.claim, c.rule) for c in step.checks if not c.argued})
    argued = len({(c.claim, c.rule) for c in step.checks if c.argued})
    parts = [f"{checked} check" + "s" * (checked > 1)] * bool(checked)
    parts += [f"{argued} argued, not checked"] * bool(argued)
    return f"  [{', '.join(parts)}]" if parts else ""
