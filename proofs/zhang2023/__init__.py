"""Zhang, Frei, Bartlett (2023): trained linear attention learns linear models."""

results = ("optimum", "test_risk", "flow")
"""The files with its theorems, in the paper's order."""
