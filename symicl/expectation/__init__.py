"""Exact expectations of polynomials in random matrices."""
