"""Linear self-attention on tokens that are not Gaussian, or not independent; derived here."""

results = ("sphere", "elliptical", "correlated", "kurtosis")
"""The files with its theorems."""
