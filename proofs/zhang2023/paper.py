"""The paper that the derivations of this folder check."""

from symicl.statements import Paper

PAPER = Paper(
    key="zhang2023",
    authors="Zhang, Frei, Bartlett",
    title="Trained Transformers Learn Linear Models In-Context",
    year=2023,
    arxiv="2306.09927",
)
