"""Recursions over tokens, closed in their number: a linear map on invariants, found and raised to a power."""
