"""How an author's own wording is marked, which nothing compares; here, where no mathematics is loaded with it."""

UNCHECKED = "In words, not checked"
