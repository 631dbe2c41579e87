"""A theorem of one's own, of which nothing matters but what it says and how it is derived."""

from symicl.statements import Paper, Theorem, certify, derive_loss, minimal_value, reduce_weights, solve


def own_theorem(*propositions, task, model, **fields):
    """Without a derivation, and without closed forms unless ``states`` are given."""
    return Theorem(
        id="mine.lemma", title="t", paper=Paper("m", "M", "L", 2026, "none"), source="L", assumptions=(), task=task,
        model=model, propositions=propositions, **{"states": {}} | fields,
    )  # fmt: skip


def deriving_the_least_loss(made):
    """The theorem with a derivation of the least loss over all weights of its model, and of nothing else."""

    @made.derivation
    def derive(step):
        step.axiom("Stein's identity for centred Gaussians")
        reduce_weights(step, made.model, made.task)
        optimum = solve(step, derive_loss(step, made.model, made.task))
        certify(step, optimum)
        return {"loss": minimal_value(step, optimum)}

    return made
