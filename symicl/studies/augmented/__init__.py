"""Attention on augmented tokens on its exact loss, and stacked layers."""
