"""Certificates of results that are no theorems: recursions over tokens, depth, descent."""
