"""Zhang, Wu, Bartlett (2024): the linear transformer block computes GD-β."""

from symicl.proofs.zhang2024 import bayes, gd_beta, gradient_flow, lsa_gap, ltb

theorems = [
    gd_beta.theorem,
    ltb.theorem,
    lsa_gap.theorem,
    bayes.theorem,
    gradient_flow.theorem,
]
