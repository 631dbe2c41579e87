"""Certificates of the catalogue, each checked once for all tests of a process; a changed one is checked from there."""

import copy
from functools import cache
from typing import NamedTuple

from checker.conftest import certificate_of
from symicl.certificates.checkers import proof

APART = 150
"""Lines from one place where the checker is kept to the next."""


class Checked(NamedTuple):
    """The checker in front of some lines of a real certificate, by their numbers, and at its end."""

    before: dict[int, proof.Checker]
    end: proof.Checker

    def at(self, number, kind=proof.Checker):
        """A checker that has read all lines in front of one."""
        start = max(line for line in self.before if line <= number)
        running = copied(self.before[start], kind)
        return go_on(running, self.lines, start, number)

    @property
    def lines(self):
        """Of the certificate."""
        return certificate_of(self.end.header_fields["theorem"]).lines


def copied(running, kind=proof.Checker):
    """A checker as it is now, which goes on by itself, perhaps as one of another kind."""
    other = kind.__new__(kind)
    vars(other).update({name: copy.copy(value) for name, value in vars(running).items()})
    return other


def go_on(running, lines, first, last=None):
    """Let a checker read the lines from a number on, up to another one or to the end."""
    for number in range(first, (last or len(lines) + 1)):
        running.id = number
        running.line(lines[number - 1])
    return running


@cache
def checked(theorem_id):
    """A real certificate, which has to be accepted."""
    running, before = proof.Checker(), {}
    lines = certificate_of(theorem_id).lines
    for number in range(1, len(lines) + 1):
        if number % APART == 1 or number == 2:
            before[number] = copied(running)
        go_on(running, lines, number, number + 1)
    running.end()
    return Checked(before, running)
