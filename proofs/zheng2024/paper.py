"""The paper that the derivations of this folder check."""

from symicl.statements import Paper

PAPER = Paper(
    key="zheng2024",
    authors="Zheng, Huang, Wang, Wu, Zhu, Li",
    title="On Mesa-Optimization in Autoregressively Trained Transformers: Emergence and Capability",
    year=2024,
    arxiv="2405.16845",
)
