"""Mahankali, Hashimoto, Ma (2023): one step of gradient descent is the optimal linear attention."""

results = ("isotropic", "preconditioned", "nonlinear")
"""The files with its theorems, in the paper's order."""
