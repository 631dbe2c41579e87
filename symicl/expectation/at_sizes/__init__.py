"""Expectations entry by entry, at given sizes: explicit matrices of polynomials in the entries, no words."""
