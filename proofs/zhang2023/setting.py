"""The common setting: covariates N(0, Λ), task N(0, I), no noise, one layer of linear attention with 1/n."""

from sympy import Identity, Inverse, Trace

from symicl.algebra import covariance
from symicl.models import MultiHeadLinearAttention
from symicl.tasks import D, LinearRegression

Lambda = covariance("Lambda", D)
task, model = LinearRegression(covariate_cov=Lambda, noise=0), MultiHeadLinearAttention()
n, d = task.n, task.d

Gamma_inverse = Inverse((n + 1) / n * Lambda + Trace(Lambda) / n * Identity(d))
prediction = task.x.T * Gamma_inverse * task.X.T * task.y / n
ASSUMPTIONS = (
    r"covariates $x\sim N(0,\Lambda)$ with $\Lambda\succ0$, task $w\sim N(0,I_d)$, labels $y_i=\langle w,x_i\rangle$",
    r"one layer of linear self-attention with residual connection, mask and $1/n$, all weights free",
)
