"""Causal linear attention on tokens that hold a vector and its predecessor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symicl.algebra import beside, scalar, stack
from symicl.expectation import FullMatrix, ScalarMatrix
from symicl.models.causal import CausalModel, Parameters, Sequenced, Vector
from symicl.models.shapes import WeightShape
from symicl.typeset import Passage

if TYPE_CHECKING:
    from symicl.tasks import Task

SLOTS = WeightShape(("d", "d", "d"), ("d", "d", "d"))


@dataclass(frozen=True)
class CausalLinearAttention(CausalModel):
    """One linear attention layer on the tokens e_s = (0; x_s; x_{s−1}), x_0 = 0.

        f_t = e_t + W_PV E_t E_t* W_KQ e_t / ρ_t,     E_t = (e_1, …, e_t),

    and the prediction of x_{t+1} is the first block of f_t. All matrices are 3d × 3d.

    Parameters
    ----------
    normalised : bool
        ρ_t = t − 1 (Zheng et al., 2024); otherwise ρ_t = 1 (Sander et al., 2024, augmented tokens).

    Notes
    -----
    The *active pair* is A, block (3, 2) of W_KQ, and B, block (1, 2) of W_PV: it alone gives
    B Σ_s x_{s+1} x_s* A x_t / ρ_t, one gradient step on the in-context least squares for A = aI, B = bI.
    """

    normalised: bool = True

    def weight_shapes(self) -> dict[str, WeightShape]:
        return {"W_PV": SLOTS, "W_KQ": SLOTS}

    def forward_pass(self, task: Task) -> Passage:
        divisor = r"\frac{1}{t-1}\," if self.normalised else ""
        return Passage(
            "One layer of causal linear attention predicts $x_{t+1}$ by the first block of its output",
            (rf"f_t=e_t+{divisor}W^{{PV}}E_tE_t^{{*}}W^{{KQ}}e_t,\qquad \hat y_t=(f_t)_{{1:d}}",),
            {
                "e_t": r"$=(0,x_t,x_{t-1})\in\mathbb{C}^{3d}$ is a token, with $x_0=0$",
                "E_t": r"$=(e_1,\dots,e_t)$ holds the tokens as columns",
                "E_t^{*}": "is its conjugate transpose",
                "W^{PV},W^{KQ}": r"$\in\mathbb{R}^{3d\times 3d}$ are trainable, in $3\times 3$ blocks of size $d$",
                "W^{PV}_{ij},W^{KQ}_{ij}": "are their blocks",
                "A": "$=W^{KQ}_{32}$",
                "B": "$=W^{PV}_{12}$",
                r"\hat y_t": "is the prediction of $x_{t+1}$",
                r"\hat y_{t,j}": "are its coordinates",
                r"\theta": "stands for all weights",
            },
        )

    def forward(self, weights: Parameters, sequence: Sequenced) -> Vector:
        s, now = sequence.context(), sequence.now
        tokens = sequence.stack([None, s.x(), s.x(1)])
        query = sequence.stack([None, now.x(), now.x(1)])
        attended = sequence.attend(tokens, tokens, weights["W_KQ"] @ query, s)
        update = weights["W_PV"] @ attended
        if self.normalised:
            update = update * sequence.inverse_length
        return (query + update).block(0)

    def families(self) -> dict[str, Parameters]:
        """The active pair, of any two matrices and of multiples of the identity."""
        a, b = ScalarMatrix(scalar("a")), ScalarMatrix(scalar("b"))
        return {
            "two full matrices": self.active(FullMatrix("A"), FullMatrix("B")),
            "two numbers": self.active(a, b),
        }

    def active(self, A: Any, B: Any) -> dict[str, Any]:
        """Weights with the given active pair and zeros elsewhere, for symbolic parameters or for arrays."""
        if hasattr(A, "shape"):
            zero = A * 0
            return {
                "W_PV": stack([beside([zero, B, zero]), *[beside([zero] * 3)] * 2]),
                "W_KQ": stack([*[beside([zero] * 3)] * 2, beside([zero, A, zero])]),
            }
        return {"W_PV": [[0, B, 0], [0] * 3, [0] * 3], "W_KQ": [[0] * 3, [0] * 3, [0, A, 0]]}
