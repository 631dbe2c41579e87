"""Experiments on the theorems of Wu et al. (2023)."""
