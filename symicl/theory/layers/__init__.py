"""Depth: layers with one step each, loops and descent, as polynomials in one random matrix."""
