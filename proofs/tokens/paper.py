"""The setting that the derivations of this folder change: other tokens in the place of Gaussian ones."""

from symicl.statements import Paper

PAPER = Paper(
    key="tokens",
    authors="Mahankali, Hashimoto, Ma",
    title="One Step of Gradient Descent is Provably the Optimal In-Context Learner with One Layer of Linear "
    "Self-Attention",
    year=2023,
    arxiv="2307.03576",
)
