"""All three checkers in a row."""

from . import phases, proof, samples


def main(paths):
    """Check files and print what they prove.

    The first checker goes first. If it accepts all files, the other two recompute the averages
    that it leaves to them. The exit code is 0 if all is accepted, 1 if something is rejected,
    2 if something is unreadable.
    """
    return proof.main(paths) or max(phases.main(paths), samples.main(paths))


def reports(lines):
    """The reports of all three on an accepted file, whose lines are given."""
    for checker in (proof.Checker, phases.Checker, samples.Checker):
        running = checker()
        running.check(lines)
        yield from running.report()
