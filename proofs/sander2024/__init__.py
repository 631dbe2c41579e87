"""Sander, Giryes, Suzuki, Blondel, Peyré (2024): how transformers perform in-context autoregressive learning."""

from symicl.proofs.sander2024 import augmented, orthogonal, positions, unitary

theorems = [augmented.theorem, unitary.theorem, orthogonal.theorem, positions.theorem]
