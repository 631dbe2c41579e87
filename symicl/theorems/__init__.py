"""Published statements, verdicts on them, and wrong versions that must be refuted."""
