"""Experiments on the theorems of Letey et al. (2025)."""
