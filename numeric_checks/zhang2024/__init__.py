"""Experiments on the theorems of Zhang, Wu, Bartlett (2024)."""
