"""Numeric checks of Xie et al. (2025)."""
