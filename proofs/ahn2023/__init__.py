"""Ahn, Cheng, Daneshmand, Sra (2023): layers of linear attention as preconditioned gradient descent."""

results = ("depth",)
"""The files with its theorems, in the paper's order."""
