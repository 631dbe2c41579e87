"""Laws, models and theorems of both kinds, each declared once."""
