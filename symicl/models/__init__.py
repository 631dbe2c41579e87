"""Linear transformers: weights, and a forward pass that is written once."""
