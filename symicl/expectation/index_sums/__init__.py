"""Expectations of what is said entry by entry, with symbolic sizes: sums over indices of products of entries."""
