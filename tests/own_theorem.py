"""A theorem of one's own, of which nothing matters but what it says and how it is derived."""

from symicl.statements import Paper, Theorem


def own_theorem(*propositions, task, model, **fields):
    """Without a derivation, and without closed forms unless ``states`` are given."""
    return Theorem(
        id="mine.lemma", title="t", paper=Paper("m", "M", "L", 2026, "none"), source="L", assumptions=(), task=task,
        model=model, propositions=propositions, **{"states": {}} | fields,
    )  # fmt: skip
