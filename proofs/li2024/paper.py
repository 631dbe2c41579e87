"""The paper that the derivations of this folder check."""

from symicl.statements import Paper

PAPER = Paper(
    key="li2024",
    authors="Li, Rawat, Oymak",
    title="Fine-grained Analysis of In-context Linear Estimation: Data, Architecture, and Beyond",
    year=2024,
    arxiv="2407.10005",
)
