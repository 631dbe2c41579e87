"""Another order of tests, in which files stay together: what a file makes once is made once in any order."""

import random
from itertools import groupby


def shuffled(items, seed, key):
    """Groups of neighbours with one key in any order, and what is in each of them."""
    order, groups = random.Random(seed), [list(group) for _, group in groupby(items, key=key)]
    order.shuffle(groups)
    for group in groups:
        order.shuffle(group)
    return [item for group in groups for item in group]
