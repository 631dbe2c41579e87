"""Minima under a bound on the rank of a weight, by Eckart and Young after whitening."""
