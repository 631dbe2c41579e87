"""The paper that the derivation of this folder checks."""

from symicl.statements import Paper

PAPER = Paper(
    key="jiang2025",
    authors="Jiang, Huang, Zhang, Suzuki, Nie",
    title="Trained Mamba Emulates Online Gradient Descent in In-Context Linear Regression",
    year=2025,
    arxiv="2509.23779",
)
