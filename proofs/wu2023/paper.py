"""The paper that the derivation of this folder checks."""

from symicl.statements import Paper

PAPER = Paper(
    key="wu2023",
    authors="Wu, Zou, Chen, Braverman, Gu, Bartlett",
    title="How Many Pretraining Tasks Are Needed for In-Context Learning of Linear Regression?",
    year=2023,
    arxiv="2310.08391",
)
