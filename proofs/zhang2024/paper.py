"""The paper that the derivations of this folder check."""

from symicl.statements import Paper

PAPER = Paper(
    key="zhang2024",
    authors="Zhang, Wu, Bartlett",
    title="In-Context Learning of a Linear Transformer Block: Benefits of the MLP Component and One-Step GD "
    "Initialization",
    year=2024,
    arxiv="2402.14951",
)
