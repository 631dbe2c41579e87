"""What all trainings stand on: torch and SciPy imported late, random draws, threads, saved states."""
