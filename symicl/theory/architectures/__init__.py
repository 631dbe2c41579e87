"""Architectures side by side: the risk that each can reach on one task, at numbers."""
