"""Li, Tarzanagh, Rawat, Fazel, Oymak (2025): gated linear attention weighs the examples."""

results = ("gating",)
"""The files with its theorems."""
