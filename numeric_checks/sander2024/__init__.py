"""Numeric checks of the theorems of Sander et al. (2024)."""
