"""Values that other packages, papers and tables give, as tests; each file names its source."""
