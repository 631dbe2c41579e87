"""Training of causal models on sampled sequences, and where the exact loss leads from there."""
