"""All three checkers in a row."""

from . import phases, proof, samples


def main(paths, alone=True):
    """Check files and print what they prove; and that it may be something else than they are
    called, if they stand alone.

    The first checker goes first. If it accepts all files, the other two recompute the averages
    that it leaves to them. The exit code is 0 if all is accepted, 1 if something is rejected,
    2 if something is unreadable.
    """
    code = proof.main(paths) or max(phases.main(paths), samples.main(paths))
    if alone and code == 0:
        print(
            "nothing was compared with a catalogue: it proves what is printed above, whatever"
        )
        print("theorem it is named after")
    return code


def reports(lines):
    """The reports of all three on an accepted file, whose lines are given."""
    for checker in (proof.Checker, phases.Checker, samples.Checker):
        running = checker()
        running.check(lines)
        yield from running.report()
