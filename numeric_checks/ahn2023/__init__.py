"""Numeric checks of Ahn et al. (2023)."""
