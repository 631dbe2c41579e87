"""Claims of one's own: a small text language for lemmas, and a verdict with the right answer."""
