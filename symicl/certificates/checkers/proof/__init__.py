"""The first checker: letters, words, values, and the rules of a proof.

Reading order: `words`, `values`, `texts`, `substitution`, `special`, `divisors`, `inverses`,
`cancellation`, `fields`, `origins`, each a layer upon the one before; then the `rules`, the
`checker`, which goes through the lines, and the `report`.
"""

from ..reading import Rejected, Unreadable, check_files
from .checker import Checker

__all__ = ["Checker", "Rejected", "Unreadable", "main"]


def main(paths):
    """Check files and print what they prove."""
    return check_files(Checker, paths)
