"""Zheng et al. (2024): autoregressively trained attention and the gradient descent that emerges in it."""

results = ("limit", "capability", "not_gd", "stability")
"""The files with its theorems, in the paper's order."""
