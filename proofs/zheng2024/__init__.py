"""Zheng et al. (2024): autoregressively trained attention and the gradient descent that emerges in it."""

from symicl.proofs.zheng2024 import capability, limit, not_gd, stability

theorems = [limit.theorem, capability.theorem, not_gd.theorem, stability.theorem]
