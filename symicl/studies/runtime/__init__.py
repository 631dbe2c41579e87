"""The common base of all trainings: torch and SciPy imported late, draws, threads, saved states, exact descent."""
