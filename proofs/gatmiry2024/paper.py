"""The paper."""

from symicl.statements import Paper

PAPER = Paper(
    key="gatmiry2024",
    authors="Gatmiry, Saunshi, Reddi, Jegelka, Kumar",
    title="Can Looped Transformers Learn to Implement Multi-step Gradient Descent for In-context Learning?",
    year=2024,
    arxiv="2410.08292",
)
