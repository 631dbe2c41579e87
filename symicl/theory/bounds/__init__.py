"""Inequalities between closed forms, by terms each of which cannot be negative."""
