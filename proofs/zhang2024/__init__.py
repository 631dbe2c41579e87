"""Zhang, Wu, Bartlett (2024): the linear transformer block computes GD-β."""

from symicl.proofs.zhang2024 import gd_beta, ltb

theorems = [gd_beta.theorem, ltb.theorem]
