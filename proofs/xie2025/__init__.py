"""Xie, Yuan, Rossi, Hannagan (2025): a prior mean, heads of linear self-attention, and an initial guess."""

results = ("guess", "heads")
"""The files with its theorems, the guess first."""
