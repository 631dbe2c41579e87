"""Experiments on the theorems of Zheng et al. (2024)."""
