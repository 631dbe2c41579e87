"""The opening of the theorems of this paper, in its letters: sequences s_t, augmented or plain tokens."""

from symicl.typeset import Passage


def sequence(last: str, *, paired: bool = False) -> Passage:
    """The law of the sequences.

    Parameters
    ----------
    last : str
        LaTeX of the number of steps.
    paired : bool
        Whether the phases come in conjugate pairs.
    """
    phases = (
        r"(\lambda_1,\bar\lambda_1,\dots,\lambda_{d/2},\bar\lambda_{d/2})"
        if paired
        else r"(\lambda_1,\dots,\lambda_d)"
    )
    sizes = {"d": "is the dimension, an even number" if paired else "is the dimension"}
    return Passage(
        "A sequence without noise, whose matrix $W$ is drawn anew for each sequence",
        (
            rf"s_{{t+1}}=Ws_t,\qquad t=1,\dots,{last},\qquad s_1=\mathbf{{1}}=(1,\dots,1)",
            rf"W=\operatorname{{diag}}{phases},\qquad \lambda_j\text{{ independent and uniform on the unit circle}}",
        ),
        sizes
        | {
            last: "is the last time of which the next vector is predicted",
            "s_t": r"$\in\mathbb{C}^{d}$ is the vector at time $t$",
            "t": "is time",
            "s_t^{*},\\bar s_t": "are its conjugate transpose and its complex conjugate",
            "W": r"$\in\mathbb{C}^{d\times d}$ is unitary",
            r"\lambda_j,\bar\lambda_j": "are phases and their complex conjugates",
        },
    )


AUGMENTED = Passage(
    "One layer of causal linear attention without normalisation on the tokens $(0,s_t,s_{t-1})$, $s_0=0$, "
    "in which only "
    "two blocks of the weights are not zero, predicts",
    (r"\hat s_{t+1}=B\sum_{i<t}s_{i+1}s_i^{*}\,As_t",),
    {
        "A,B": r"$\in\mathbb{R}^{d\times d}$ are these blocks",
        r"\hat s_{t+1}": "is the prediction of $s_{t+1}$",
        "a,b": r"$\in\mathbb{R}$ are the numbers of $A=aI$, $B=bI$, or of $A=a\operatorname{diag}(\epsilon)$, "
        r"$B=b\operatorname{diag}(\epsilon)$",
        r"\epsilon": r"$\in\{\pm1\}^{d}$ is a vector of signs",
        "u": "$=ab$",
        r"\ell": r"$=\sum_{t=2}^{T_{\max}}\mathbb{E}\lVert\hat s_{t+1}-s_{t+1}\rVert^{2}$ is the loss",
        r"u^{*},\ell^{*}": "are the $u$ of the least loss of such weights, and this loss",
    },
)

POSITIONAL = Passage(
    "Linear attention with positional weights and $H$ diagonal heads on the plain tokens $s_t$, with the "
    "query $s_{T-1}$, "
    "predicts",
    (r"\hat s_{T+1}=\sum_{t\le T}p_t\sum_{h=1}^{H}\langle s_{T-1},A_hs_t\rangle B_hs_t",),
    {
        "H": "is the number of heads",
        "a_h,b_h": r"$\in\mathbb{R}^{d}$ are the weights of head $h=1,\dots,H$",
        "A_h,B_h": r"$=\operatorname{diag}(a_h)$ and $\operatorname{diag}(b_h)$",
        "A,B": r"$\in\mathbb{R}^{H\times d}$ have the rows $a_h^{\top}$ and $b_h^{\top}$",
        "C": r"$=B^{\top}A\in\mathbb{R}^{d\times d}$, of rank at most $H$",
        "p": r"$=(p_1,\dots,p_T)$ are the positional weights, a row of its own for every $T$",
        "p_t": "are its entries, and $p_T$, $p_{T-1}$ the last two",
        "P": "is the matrix of these rows",
        "T_{\\max}": "is the largest $T$",
        r"\hat s_{T+1}": "is the prediction of $s_{T+1}$",
        r"\ell": r"$=\ell(C,p)=\mathbb{E}\lVert\hat s_{T+1}-s_{T+1}\rVert^{2}$ is the loss at one $T\ge2$",
    },
)

POSITIONS_ONLY = Passage(
    "Linear attention with positional weights on the plain tokens $s_t$, with the query $s_{T-1}$, in which nothing "
    "else is trained, predicts",
    (r"\hat s_{T+1}=\sum_{t\le T}p_t\,\langle s_{T-1},s_t\rangle\,s_t",),
    {
        "p": r"$=(p_1,\dots,p_T)$ are the positional weights, a row of its own for every $T$",
        "p_t": "are its entries, and $p_T$, $p_{T-1}$ the last two",
        "T_{\\max}": "is the largest $T$",
        r"\hat s_{T+1}": "is the prediction of $s_{T+1}$",
        r"\ell": r"$=\ell(p)=\mathbb{E}\lVert\hat s_{T+1}-s_{T+1}\rVert^{2}$ is the loss at one $T\ge2$",
    },
)
