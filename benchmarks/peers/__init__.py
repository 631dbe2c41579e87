"""The other ways to do the benchmark tasks."""
