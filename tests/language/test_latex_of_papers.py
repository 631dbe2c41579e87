r"""Formulas in LaTeX as papers write them: nearly all are read, and the rest is refused by a sentence that says why."""

import pytest

import symicl

DECLARED = r"""
dims n, d
A, B, W : matrix(d, d)
Q : symmetric(d)
S, H : covariance(d)
v, u, mu : vector(d)
w_star : vector(d)
c : scalar
σ² : scalar(nonnegative)
x ~ N(0, S)
z ~ N(0, I_d)
y ~ N(mu, S)
X ~ gaussian(n, d, col_cov = H)
Y ~ gaussian(n, d)
epsilon ~ N(0, σ² I_n)
"""

PROVED = [
    # norms
    r"\mathbb{E}[\|Ax\|_2^2] = \operatorname{tr}(A S A^\top)",
    r"\mathbb{E}\|Ax\|^2 = \operatorname{tr}(A S A^{\top})",
    r"\mathbb{E}\left[\lVert A x \rVert_{2}^{2}\right] = \operatorname{trace}(A S A^\top)",
    r"\mathbb E \bigl\| A x \bigr\|^2 = \mathrm{tr}\left(A S A^{\mathsf T}\right)",
    r"\mathbb{E}\left\|z\right\|^4 = d(d+2)",
    r"\mathbb{E}\|z\|_2^4 = d^2 + 2d.",
    r"\|A\|_F^2 = \operatorname{Tr}(A^\top A)",
    r"\lVert A\rVert_{\mathrm{F}}^{2} = \tr(A A^{\intercal})",
    r"\mathbb{E}\|X\|_{F}^2 = n \operatorname{tr}(H)",
    r"\|v\|_{H}^2 = v^\top H v",
    r"|v|^2 = v^\top v",
    # inner products
    r"\mathbb{E}[\langle v, x\rangle^2] = v^\top S v",
    r"\mathbb{E}\left[\langle u, x \rangle \langle x, v \rangle\right] = \langle u, S v\rangle",
    r"\left\langle A, B\right\rangle = \operatorname{tr}(A^\top B)",
    r"\langle u, v\rangle_{H} = u^{\top} H v,",
    r"\mathbb{E}[{\langle v, x\rangle}^{4}] = 3\langle v, S v\rangle^2",
    # moments
    r"\mathrm{Var}(v^\top x) = v^\top S v",
    r"\operatorname{Var}\left[x^\top Q x\right] = 2\operatorname{tr}(Q S Q S)",
    r"\mathbb{V}[v^\top y] = v^\top S v",
    r"\operatorname{Cov}(Ax, Bx) = A S B^\top",
    r"\mathrm{Cov}\left(u^\top x,\, v^\top x\right) = u^\top S v",
    r"\operatorname{var}(x) = S",
    r"\mathrm{Kurt}[v^\top x] = 3",
    r"\operatorname{Corr}(u^\top x, v^\top x)^2 = \frac{(u^\top S v)^2}{u^\top S u\; v^\top S v}",
    # expectations
    r"\mathop{\mathbb E}_{x}[x x^\top] = S",
    r"\mathop{\mathbb{E}}\limits_{x \sim \mathcal{N}(0, S)}\left[x x^\top\right] = S",
    r"\operatorname*{\mathbb{E}}_{z\sim\mathcal{N}(0, I_d)}[\|z\|^2] = d",
    r"\underset{z\sim\mathcal{N}(0,I)}{\mathbb{E}}\left[z z^{\top}\right] = I",
    r"\mathbb{E}_{q\sim\mathcal{N}(\mu, S)}\left[\|q\|^2\right] = \tr(S) + \|\mu\|^2",
    r"\mathbb{E}_{x\sim\mathcal{D}}\left[x x^\top\right] = S",
    r"\mathbb{E}_{(x, z)\sim P}\bigl[ x z^\top \bigr] = 0",
    r"\mathbb{E}_{X, x}\left[x^\top X^\top X x\right] = n \tr(H S)",
    r"\mathrm{E}\{x x^{T}\} = S",
    r"\mathbb{E}\big(x x^\top\big) = S",
    # fonts, spacing, displays
    r"\mathbb{E}\left[\mathbf{X}^\top \mathbf{X}\right] = n \mathbf{H}",
    r"\boldsymbol{\mu}^{\top}\bm{\mu} = \|\mu\|^2",
    r"{\bf x}^\top {\bf A} {\bf x} = \operatorname{tr}({\bf A} {\bf x} {\bf x}^\top)",
    r"\mathbb{E}[\mathbf{x}] = \mathbf{0}",
    r"\begin{equation} \mathbb{E}[x x^\top] = S. \end{equation}",
    r"\begin{aligned} \mathbb{E}[X^\top X A X^\top X] &= n^2 HAH + nHA^\top H \\ &\quad + n\tr(AH) H \end{aligned}",
    r"\mathbb{E}\left[X^{\!\top} X\right] = n H \,.",
    r"\frac1n\, \mathbb{E}[X^\top X] = H",
    r"\tfrac{1}{n}\mathbb{E}\left[\left\|X v + \epsilon\right\|^2\right] = v^\top H v + \sigma^2",
    r"\mathbb{E}\left[\varepsilon\varepsilon^\top\right] = \sigma^2 I_n",
    r"\mathbb{E}[(y-\mu)(y-\mu)^\top] = S",
    r"\left(A^{-1}\right)^{\top} = A^{-\top}",
    r"\operatorname{tr} A = \tr(A)",
    r"\begin{pmatrix} A & B \\ B & 0 \end{pmatrix}^\top = \begin{pmatrix} A^\top & B^\top \\ B^\top & 0 \end{pmatrix}",
    r"\mathbb{E}\begin{bmatrix} xx^\top & xz^\top \\ zx^\top & I \end{bmatrix} = \begin{bmatrix}S&0\\0&I\end{bmatrix}",
    r"\mathbb{E}[\mathbf{1}_n^\top Y Y^\top \mathbf{1}_n] = n d",
    r"\mathbb{1}_{d}^\top v = \langle 1_d, v\rangle",
    r"\mathbb{E}\left[\operatorname{tr}\left(Y^\top Y\right)^2\right] = n^2 d^2 + 2 n d",
    r"\mathbb{E}\|W x - {w^\star}\|^2 = \operatorname{tr}(W S W^\top) + \|w^*\|^2",
    r"\lim_{n\to\infty} \frac{n + d}{n} = 1",
    r"\mathbb{E}[x^\top Q x] \le \mathbb{E}[x^\top Q x] + \sigma^2",
]

REFUSED = [
    (r"\mathbb{E}[x]' = 0", "a prime is a transpose to some"),
    (r"\mathbb{E}\|Ax\|_2 = 1", "norms are squared here"),
    (r"\mathbb{E}\langle v, x\rangle^2 = 1", "write E[…]"),
    (r"\mathbb{E}\|Ax\|^2 c = 1", "as inside or as outside"),
    (r"\mathbb{E}[x \mid z] = 0", "conditional expectations"),
    (r"\sum_{i=1}^n x_i x_i^\top = S", "sums over an index"),
    (r"S^{1/2} S^{1/2} = S", "exponent"),
    (r"\sqrt{\sigma^2} = 1", "a root is not a rational function"),
    (r"\|A\|_{1}^2 = 1", "the 1-norm is not in the language"),
    (r"|A|^2 = 1", "has several meanings"),
    (r"\mathbf{1}^\top v = 1", "the size of this vector of ones"),
    (r"\operatorname{tr} A B = 1", "as inside or as outside"),
    (r"\operatorname{Cov}(x) = S", "takes two formulas"),
    (r"\mathrm{Var}(X) = 1", "scalars and columns"),
    (r"\mathbb{E}_{x\sim\mathcal{N}(0, H)}[x x^\top] = H", "declared with another law"),
]


def check(formula):
    return symicl.check(f"{DECLARED}claim latex {formula}\n")[0]


READ = [formula for formula in PROVED if "=" in formula or r"\le" in formula]


def test_the_corpus_is_as_large_as_it_is_said_to_be():
    assert len(READ) >= 49


@pytest.mark.parametrize("formula", READ)
def test_read_and_proved(formula):
    result = check(formula)
    assert result.verdict == "proved", str(result)


@pytest.mark.parametrize(("formula", "why"), REFUSED)
def test_refused_with_a_reason(formula, why):
    with pytest.raises(symicl.ClaimError) as caught:
        check(formula)
    assert why in str(caught.value)
