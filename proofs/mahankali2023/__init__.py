"""Mahankali, Hashimoto, Ma (2023): one step of gradient descent is the optimal linear attention."""

from symicl.proofs.mahankali2023 import isotropic, nonlinear, preconditioned

theorems = [isotropic.theorem, preconditioned.theorem, nonlinear.theorem]
