"""Sander, Giryes, Suzuki, Blondel, Peyré (2024): how transformers perform in-context autoregressive learning."""

results = ("augmented", "unitary", "orthogonal", "positions")
"""The files with its theorems, in the paper's order."""
