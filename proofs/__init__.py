"""One readable derivation per theorem: ``proofs/PAPER/RESULT.py``."""
