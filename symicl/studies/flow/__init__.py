"""Gradient flow on an exact risk, under an envelope."""
