"""Closed forms as one of their sizes grows: limits and series."""
