"""A theorem with a task and a model of its own."""
