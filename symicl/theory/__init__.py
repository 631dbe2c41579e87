"""Expected losses, minimisers and certificates."""
