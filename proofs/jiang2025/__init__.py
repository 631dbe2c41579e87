"""Jiang, Huang, Zhang, Suzuki, Nie (2025): a trained Mamba layer decays and adds up its examples."""

results = ("decay",)
"""The files with its theorems."""
