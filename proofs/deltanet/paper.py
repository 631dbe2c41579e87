"""The papers whose layers the derivations of this folder judge."""

from symicl.statements import Paper

DELTANET = Paper(
    key="deltanet",
    authors="Yang, Wang, Zhang, Shen, Kim",
    title="Parallelizing Linear Transformers with the Delta Rule over Sequence Length",
    year=2024,
    arxiv="2406.06484",
)
GATED = Paper(
    key="deltanet",
    authors="Yang, Kautz, Hatamizadeh",
    title="Gated Delta Networks: Improving Mamba2 with Delta Rule",
    year=2024,
    arxiv="2412.06464",
)
