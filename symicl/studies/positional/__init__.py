"""Attention with positional weights on its exact loss."""
