"""Zhang, Wu, Bartlett (2024): the linear transformer block computes GD-β."""

results = ("gd_beta", "ltb", "lsa_gap", "bayes", "gradient_flow")
"""The files with its theorems, in the paper's order."""
