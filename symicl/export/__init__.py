"""Certificates as text for proof assistants: Coq, which checks it, and Lean, marked as not checked."""
