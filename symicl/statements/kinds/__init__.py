"""Kinds of propositions, each with the rule by which a derivation concludes it."""
