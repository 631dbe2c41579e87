"""The paper that the derivation of this folder checks."""

from symicl.statements import Paper

PAPER = Paper(
    key="letey2025",
    authors="Letey, Zavatone-Veth, Lu, Pehlevan",
    title="Pretrain-Test Task Alignment Governs Generalization in In-Context Learning",
    year=2025,
    arxiv="2509.26551",
)
