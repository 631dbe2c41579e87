"""Li, Rawat, Oymak (2024): retrieved examples and attention of low rank."""

results = ("retrieval",)
"""The files with its theorems."""
