"""The common setting: diagonal random phases, a law of x_1 given by four moments, one causal attention layer."""

from fractions import Fraction

from sympy import Integer, Symbol, harmonic

from symicl.algebra import dims, scalar
from symicl.expectation import kappa_law
from symicl.models import CausalLinearAttention
from symicl.tasks import LAWS, AutoregressiveTask, D, T

d = D
N, H, H2 = T - 2, harmonic(T - 2), harmonic(T - 2, 2)
scale = scalar("scale", positive=True)
T_test = dims("T_test")
a, b = scalar("a"), scalar("b")
m2, k1, k2, k3 = (Symbol(name, nonnegative=True) for name in ("m_2", "kappa_1", "kappa_2", "kappa_3"))
HALF = Fraction(1, 2)
"""The loss is half the mean square error."""

model = CausalLinearAttention()
task = AutoregressiveTask("unitary", kappa_law(d), d=d, T=T)


def moments(law):
    """m_2, κ_1, κ_2, κ_3 of a law of x_1, as expressions in d and the scale.

    Parameters
    ----------
    law : ExchangeableLaw
    """
    return {
        m2: law.moment((2,)),
        k1: law.moment((4,)),
        k2: law.moment((6,)),
        k3: (law.d - 1) * law.moment((4, 2)),
    }


probability = Symbol("p", positive=True)
"""P(x_1j ≠ 0); it is one for every law here but the sparse one."""

LAW_MOMENTS = {name: moments(law(d, scale)) for name, law in LAWS.items()}
"""From each law to the values of the moments."""
NONZERO = {name: 1 / d if name == "sparse" else Integer(1) for name in LAWS}

ASSUMPTIONS = (
    r"$W=\operatorname{diag}(\lambda_1,\dots,\lambda_d)$ with independent $\lambda_j$ uniform on the unit circle, "
    r"$x_{t+1}=Wx_t$, and $x_1\in\mathbb{R}^{d}$ independent of $W$",
    r"tokens $e_t=(0,x_t,x_{t-1})$, one layer of linear attention, normalised by $t-1$, and the loss "
    r"$L=\sum_{t=2}^{T-1}\tfrac12\mathbb{E}\lVert\hat y_t-x_{t+1}\rVert^{2}$ with $T\ge3$",
)
WHERE = {
    "L": r"$=L(\theta)=\sum_{t=2}^{T-1}\tfrac12\mathbb{E}\lVert\hat y_t-x_{t+1}\rVert^{2}$ is the loss",
    "a,b": r"$\in\mathbb{R}$ are the numbers of $A=aI$, $B=bI$",
    "a_0,b_0": "are their initial values",
    r"\tilde a,\tilde b": "are their limits under gradient flow",
    "u": "$=ab$ is the size of the step that they make",
    "u^{*}": "is the $u$ of the least loss at $A=aI$, $B=bI$",
    "L^{*}": "is this loss",
    "m_2": r"$=\mathbb{E}x_{1j}^{2}$",
    r"\kappa_1": r"$=\mathbb{E}x_{1j}^{4}$",
    r"\kappa_2": r"$=\mathbb{E}x_{1j}^{6}$",
    r"\kappa_3": r"$=\sum_{r\neq j}\mathbb{E}x_{1j}^{2}x_{1r}^{4}$",
    "H_{T-2}": r"$=\sum_{n=1}^{T-2}1/n$",
    "H_{T-2}^{(2)}": r"$=\sum_{n=1}^{T-2}1/n^{2}$",
    r"\varsigma": "is the scale of $x_1$ where its law is given by name",
}
"""Letters of all statements on this setting."""

SYMMETRY = (
    r"the coordinates of $x_1$ are exchangeable, and mixed moments of degree up to 6 with an odd exponent vanish "
    r"(exponents equal to one are not enough); $0<\mathbb{E}x_{1j}^{6}<\infty$"
)


def refuse_short(values):
    """Refuse T < 3, where the loss has no term.

    Raises
    ------
    InputError
    """
    AutoregressiveTask(T=values[T])
