"""Measurements beside the theorems of Sander et al. (2024): sampled, with standard errors, and nothing proved."""
