"""The paper."""

from symicl.statements import Paper

PAPER = Paper(
    key="saxe2025",
    authors="Zhang, Singh, Latham, Saxe",
    title="Training Dynamics of In-Context Learning in Linear Attention",
    year=2025,
    arxiv="2501.16265",
)
