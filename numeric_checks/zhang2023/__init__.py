"""Experiments on the theorems of Zhang, Frei, Bartlett (2023)."""
