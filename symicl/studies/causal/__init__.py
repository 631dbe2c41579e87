"""Models of autoregressive sequences: their flows and test risks."""
