"""The paper that the derivations of this folder check."""

from symicl.statements import Paper

PAPER = Paper(
    key="li2025",
    authors="Li, Tarzanagh, Rawat, Fazel, Oymak",
    title="Gating is Weighting: Understanding Gated Linear Attention through In-context Learning",
    year=2025,
    arxiv="2504.04308",
)
