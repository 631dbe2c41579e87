"""Quadratics: their signs, the linear equations of their minima, and why a stationary point is a minimum."""
