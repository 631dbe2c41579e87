"""The paper."""

from symicl.statements import Paper

PAPER = Paper(
    key="huang2025",
    authors="Huang, Wang, Lee",
    title="Transformers Learn to Implement Multi-step Gradient Descent with Chain of Thought",
    year=2025,
    arxiv="2502.21212",
)
