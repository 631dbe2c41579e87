"""Gatmiry, Saunshi, Reddi, Jegelka, Kumar (2024): looped linear attention takes steps of gradient descent."""

results = ("looped",)
"""The files with its theorems."""
