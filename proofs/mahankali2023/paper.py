"""The paper that the derivations of this folder check."""

from symicl.statements import Paper

PAPER = Paper(
    key="mahankali2023",
    authors="Mahankali, Hashimoto, Ma",
    title="One Step of Gradient Descent is Provably the Optimal In-Context Learner with One Layer of "
    "Linear Self-Attention",
    year=2023,
    arxiv="2307.03576",
)
