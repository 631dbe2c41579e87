"""The paper that the derivations of this folder check."""

from symicl.statements import Paper

PAPER = Paper(
    key="xie2025",
    authors="Xie, Yuan, Rossi, Hannagan",
    title="The Initialization Determines Whether In-Context Learning Is Gradient Descent",
    year=2025,
    arxiv="2512.04268",
)
