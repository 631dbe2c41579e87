"""Numeric check of Jiang et al. (2025)."""
