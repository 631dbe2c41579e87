"""Closed forms as LaTeX and as plain text, in the papers' notation."""
