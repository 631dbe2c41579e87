"""One layer of attention that reads the tokens otherwise; derived here."""

results = ("centred", "relu")
"""The files with its theorems."""
