"""Records of runs in one SQLite file, written so that a killed process loses at most the step under way."""
