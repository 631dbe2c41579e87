"""The real models, trained in torch."""
