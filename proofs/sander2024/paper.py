"""The paper that the derivations of this folder check."""

from symicl.statements import Paper

PAPER = Paper(
    key="sander2024",
    authors="Sander, Giryes, Suzuki, Blondel, Peyré",
    title="How do Transformers Perform In-Context Autoregressive Learning?",
    year=2024,
    arxiv="2402.05787",
)
