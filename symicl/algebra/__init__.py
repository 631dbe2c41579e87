"""Words of matrix letters and polynomials in them, with symbolic dimensions."""
