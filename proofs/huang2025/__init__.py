"""Huang, Wang, Lee (2025): a chain of thought takes several steps of gradient descent."""

results = ("steps",)
"""The files with its theorems."""
