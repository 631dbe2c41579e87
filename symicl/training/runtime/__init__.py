"""What all trainings stand on: torch and SciPy imported late, draws, threads, saved states, exact descent."""
