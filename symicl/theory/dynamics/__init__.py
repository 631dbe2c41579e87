"""Gradient flow of a loss: what it conserves, what it reduces to, and closed solutions of what is left."""
