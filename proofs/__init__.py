"""One readable derivation a theorem: ``proofs/PAPER/RESULT.py``."""
