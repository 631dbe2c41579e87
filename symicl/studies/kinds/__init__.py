"""Shared kinds of numeric checks: measurements with pictures, Monte Carlo under bounds."""
