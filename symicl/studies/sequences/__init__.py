"""Training of causal models on sampled sequences."""
