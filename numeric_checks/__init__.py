"""One experiment per theorem: numeric_checks/PAPER/RESULT.py trains what proofs/PAPER/RESULT.py derives."""
