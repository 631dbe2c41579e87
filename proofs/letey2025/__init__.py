"""Letey et al. (2025): the tasks of the test have another covariance than those of pretraining."""

results = ("mismatch",)
"""The files with its theorems, in the paper's order."""
