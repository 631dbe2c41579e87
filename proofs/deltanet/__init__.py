"""DeltaNet, Yang et al. (2024, 2025): fast weights that learn by the delta rule, with and without decay."""

results = ("delta_rule", "gated")
"""The files with its theorems."""
