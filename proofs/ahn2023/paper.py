"""The paper."""

from symicl.statements import Paper

PAPER = Paper(
    key="ahn2023",
    authors="Ahn, Cheng, Daneshmand, Sra",
    title="Transformers learn to implement preconditioned gradient descent for in-context learning",
    year=2023,
    arxiv="2306.00297",
)
