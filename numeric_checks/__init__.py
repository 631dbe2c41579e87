"""One experiment a theorem: numeric_checks/PAPER/RESULT.py trains what proofs/PAPER/RESULT.py derives."""
