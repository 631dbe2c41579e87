"""Laws of the data, as symbols and as samplers."""
