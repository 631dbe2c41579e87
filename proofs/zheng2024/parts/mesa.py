"""The trained model is one step of gradient descent on the least squares of its context, as an identity."""

from symicl.algebra import ClosedForm, dimension_index, dims, gradient, letter, matrix, symbol_letter
from symicl.expectation import AnyLaw, InTime
from symicl.proofs.zheng2024.parts.quadratic import A, B
from symicl.proofs.zheng2024.setting import HALF, a, b, d, model, task

n = dims("n")


def one_step_of_gradient_descent(step):
    """ŷ_t = (ab/(t−1)) Σ_s x_{s+1} x_s* x_t = (0 − η ∇L_OLS(0)) x_t."""
    step(
        "At $A=aI$, $B=bI$ the model takes one step of gradient descent on the least squares of its context",
        r"\hat y_t=\frac{ab}{t-1}\sum_{s=1}^{t-1}x_{s+1}x_s^{*}\,x_t=-\eta_t\nabla\mathcal{L}_t(0)\,x_t,\qquad"
        r"\mathcal{L}_t(W)=\tfrac12\sum_{s=1}^{t-1}\lVert x_{s+1}-Wx_s\rVert^{2},\qquad\eta_t=\frac{ab}{t-1}",
        note="The step starts at $W=0$. The inert first block of a token is where the prediction appears.",
    )
    size = dimension_index(d)
    X, Y = (ClosedForm.of(symbol_letter(matrix(name, (d, n)))) for name in ("X", "Y"))
    W_letter = letter("matrix of the least squares", size, size)
    residual = Y - ClosedForm.of(W_letter) @ X
    loss = (residual.T @ residual).trace() * HALF
    at_zero = gradient(loss, W_letter).substitute({W_letter: ClosedForm.zero(size, size)})
    step.check(
        r"the gradient of $\tfrac12\lVert Y-WX\rVert_F^{2}$ at $W=0$ is $-YX^{\top}$ for every $X$ and $Y$",
        at_zero,
        -(Y @ X.T),
    )
    sequence = task.sequence()
    s, now = sequence.context(last=1), sequence.now
    descended = sequence.attend(s.x(-1), s.x(), now.x(), s) * sequence.inverse_length * (a * b)
    difference = model.predict(model.active(A, B), sequence) - descended
    step.check(
        "the two predictions agree almost surely, for every law of $x_1$ and every $t\\ge2$",
        task.over_phases(difference.norm2()).over(AnyLaw(d)),
        InTime(),
        rule="the mean square of their difference, averaged over the phases, is zero identically",
    )
