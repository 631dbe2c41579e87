"""Documents and pictures for readers."""
