"""Expectation over random phases: independent uniform points of the unit circle, with symbolic d, T and t."""
