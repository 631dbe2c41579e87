"""Numeric checks of the delta rule and its gated form."""
