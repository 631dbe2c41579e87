"""The best even part that any number of heads can have, from the even block of the lifted normal equations."""

from fractions import Fraction

from symicl.algebra import (
    ONE,
    Blocks,
    ClosedForm,
    closed_form,
    inverse_of,
    letter,
    monomials_of,
    powers,
    read_form,
    scalar,
    unheard,
)
from symicl.models import MultiHeadLinearAttention
from symicl.proofs.zhang2024.lsa.parity import X, beta, per_token, r, x
from symicl.proofs.zhang2024.setting import H, Psi, d, n, sigma2, task
from symicl.statements import LeastOverHeads, SumOfHeads
from symicl.theory import gaussian, solve_system
from symicl.typeset import Equation

Hm, Psim, N = read_form(H), read_form(Psi), read_form(n)


def many_heads(step, split) -> ClosedForm:
    """κ: the part of β*ᵀx that the even features XᵀX and rᵀr do not explain."""
    S_letter = letter("pseudo-constant", Hm.rows, Hm.rows, symmetric=True)
    c_letter = letter("weight of the responses", ONE, ONE)
    S, c = ClosedForm.of(S_letter), ClosedForm.of(c_letter)
    rest = closed_form(1) - ((S @ X.T @ X).trace() + c * (r.T @ r).trace()) * per_token
    features_do_not_mix(step, rest)

    first = task.expectation(X.T @ X * rest)
    second, unexplained = (task.expectation(q) for q in (rest * (r.T @ r).trace(), rest))
    step(
        r"The normal equations of the even features: $\mathbb{E}[\rho X^{\top}X]=0$ and "
        r"$\mathbb{E}[\rho\,r^{\top}r]=0$",
        r"\rho=1-\tfrac1n\left(\operatorname{tr}(SX^{\top}X)+\omega\,r^{\top}r\right),\qquad "
        r"\text{even}=(1-\rho)\,\beta^{*\top}x",
        r"\mathbb{E}[\rho\,X^{\top}X]=n\kappa H-2HSH-2\omega\,H\Psi H,\qquad\kappa=\mathbb{E}\rho",
        where={
            r"S\in\mathbb{R}^{d\times d}": "is a symmetric matrix, the coefficient of $X^{\\top}X$",
            r"\omega": r"$\in\mathbb{R}$ is the coefficient of $r^{\top}r$",
            r"\rho": "is what the features leave of the constant 1",
        },
    )
    step.check(
        r"$\mathbb{E}[\rho X^{\top}X]=n\kappa H-2HSH-2\omega H\Psi H$ with $\kappa=\mathbb{E}\rho$",
        first,
        (Hm * N) * unexplained - (Hm @ S @ Hm * 2 + Hm @ Psim @ Hm * (c * 2)),
    )
    solution = unheard(solve_system)({S_letter: first, c_letter: second}).values
    kappa = unexplained.substitute(solution)
    step(
        r"The two linear equations for $S$ and $\omega$ have one solution, and with it $\kappa=\mathbb{E}\rho$ is",
        Equation(r"\kappa", abbreviated(kappa)),
        Equation(r"\omega", abbreviated(solution[c_letter])),
        r"S=\tfrac{n\kappa}{2}H^{-1}-\omega\Psi",
        where={r"\varphi_2": r"$=\operatorname{tr}(H\Psi H\Psi)$"},
    )
    step.check(
        r"the solution is $S=\frac{n\kappa}{2}H^{-1}-\omega\Psi$",
        solution[S_letter],
        inverse_of(Hm) * (N * kappa * Fraction(1, 2)) - Psim * solution[c_letter],
    )
    for equation in (first, second):
        step.check("the solution solves them", equation.substitute(solution), equation * 0)
    step(
        r"No number of heads has a smaller risk than $\mathcal{R}^{*}+\kappa\lVert\beta^{*}\rVert_H^{2}$",
        r"\mathbb{E}[(\beta^{*\top}x\,\rho)^{2}]=\lVert\beta^{*}\rVert_H^{2}\,\mathbb{E}\rho^{2}"
        r"=\lVert\beta^{*}\rVert_H^{2}\,\mathbb{E}\rho=\kappa\lVert\beta^{*}\rVert_H^{2}",
        note=r"$\rho$ is orthogonal to $1-\rho$, a combination of the features.",
    )
    step.check(
        r"$\mathbb{E}\rho^{2}-\mathbb{E}\rho=-\frac1n\operatorname{tr}(S\,\mathbb{E}[\rho X^{\top}X])"
        r"-\frac{\omega}{n}\mathbb{E}[\rho\,r^{\top}r]$, which vanishes",
        task.expectation(rest * rest) - unexplained,
        -((S @ first).trace() + c * second) / read_form(n),
    )
    attained(step, split, S, c)
    no_heads_do_better(step, split, solution[S_letter], solution[c_letter], unexplained.substitute(solution))
    return kappa


def abbreviated(ratio):
    """The same with τ for tr(HΨ) + σ² and φ₂ for tr(HΨHΨ), for display."""
    ((first,),), ((second,),) = (monomials_of(power.trace()) for power in (Hm @ Psim, Hm @ Psim @ Hm @ Psim))
    tau, phi_2 = read_form(scalar("tau") - sigma2), read_form(scalar("varphi_2"))

    def written(form):
        parts = [
            part * phi_2**k * tau**m
            for k, coefficient in powers(form, second).items()
            for m, part in powers(coefficient, first).items()
        ]
        return sum(parts, closed_form(0))

    num, den = ratio.fraction()
    return written(num) / written(den)


def features_do_not_mix(step, rest):
    """Every head adds multiples of xᵀp·qᵀXᵀXs, xᵀp·rᵀr and xᵀp·qᵀXᵀr; the last is odd."""
    dim = Hm.rows
    p, q, s = (ClosedForm.of(letter(f"head probe {name}", dim, ONE)) for name in "pqs")
    query, target = (x.T @ p).trace(), (beta.T @ x).trace() * rest
    gram, power, mixed = (q.T @ X.T @ X @ s).trace(), (r.T @ r).trace(), (q.T @ X.T @ r).trace()
    along = (beta.T @ Hm @ p).trace()
    step(
        r"Each head adds multiples of $x^{\top}p\,q^{\top}X^{\top}Xs$, $x^{\top}p\,r^{\top}r$ and "
        r"$x^{\top}p\,q^{\top}X^{\top}r$",
        where={
            "p,q,s": r"$\in\mathbb{R}^{d}$ are any vectors",
            r"\rho,\phi": r"are functions of $X$ and $r$ that do not change with the sign of $r$",
        },
        note=r"The odd ones are uncorrelated with the even ones; the mean over $x$, which is independent of $X$ and "
        r"$r$, is a factor of each product of even ones. That the sum of all heads is best is concluded below from the "
        r"prediction of a head itself.",
    )
    for even in (gram, power):
        step.check(
            "an odd and an even feature are uncorrelated, for all vectors",
            task.expectation(even * query * mixed * (x.T @ s).trace()),
        )
        step.check(
            r"$\mathbb{E}[\beta^{*\top}x\,\rho\cdot "
            r"x^{\top}p\,\phi]=\langle\beta^{*},p\rangle_H\,\mathbb{E}[\rho\,\phi]$",
            task.expectation(target * query * even),
            along * task.expectation(rest * even),
        )
    noise_free = task.target() - (beta.T @ x).trace()
    for even in (gram, power):
        step.check(
            r"the rest of the target, $(w-\beta^{*})^{\top}x+\varepsilon$, is odd: uncorrelated with "
            r"even features",
            task.expectation(noise_free * query * even),
        )


def attained(step, split, S, c):
    """d heads with u = e_h and one with u = e_{d+1} in residual coordinates attain the bound."""
    dim = Hm.rows
    model, prompt = MultiHeadLinearAttention(), task.prompt()
    q = ClosedForm.of(letter("basis vector", dim, ONE))
    K = ClosedForm.of(split.gd_beta.problem.unknown)
    one_of_basis, last = heads(q, S, c, K)

    def head(weights):
        return task.centred(model.forward(weights, prompt).single().trace())

    step(
        r"$d+1$ heads attain it: $d$ heads read the rows of $X^{\top}X$, one reads $r$",
        r"u_h=\begin{pmatrix}q_h\\0\end{pmatrix},\;M_h=\begin{pmatrix}Sq_h\beta^{*\top}&0\\0&0\end{pmatrix},\qquad "
        r"u_{d+1}=\begin{pmatrix}-\beta^{*}\\1\end{pmatrix},\;M_{d+1}=\begin{pmatrix}nK^{*\top}-\omega\,\beta^{*}"
        r"\beta^{*\top}&0\\"
        r"\omega\,\beta^{*\top}&0\end{pmatrix}",
        where={
            "q_h": r"$\in\mathbb{R}^{d}$, $h=1,\dots,d$, is an orthonormal basis",
            "u_h,M_h": "are $u$ and $M$ of head $h$",
        },
        name="heads",
    )
    step.check(
        r"head $h$ computes $\frac1n q_h^{\top}X^{\top}XSq_h\cdot\beta^{*\top}x$",
        head(one_of_basis),
        (q.T @ X.T @ X @ S @ q).trace() * (beta.T @ x).trace() * per_token,
    )
    step.check(
        r"head $d+1$ computes $x^{\top}KX^{\top}r+\frac{\omega}{n} r^{\top}r\,\beta^{*\top}x$",
        head(last),
        (x.T @ K @ X.T @ r).trace() + c * (r.T @ r).trace() * (beta.T @ x).trace() * per_token,
    )


def heads(q, S, c, K):
    """Weights of the head of a vector q of the basis, and of the last one."""
    model, dim = MultiHeadLinearAttention(), Hm.rows
    one, nothing = ClosedForm.identity(ONE), ClosedForm.zero(ONE, ONE)
    column, row = ClosedForm.zero(dim, ONE), ClosedForm.zero(ONE, dim)
    g = beta * c
    return tuple(
        model.weights_for({"u": u, "M": M}, d)
        for u, M in (
            (Blocks([[q], [nothing]]), Blocks([[S @ q @ beta.T, column], [row, nothing]])),
            (Blocks([[-beta], [one]]), Blocks([[K.T * N - beta @ g.T, column], [g.T, nothing]])),
        )
    )


def no_heads_do_better(step, split, S, c, kappa):
    """The part that the sum of these heads misses is orthogonal to the prediction of every head."""
    vector = gaussian(Hm.rows, role="vector of a basis")
    best = (x.T @ split.gd_beta.solution @ X.T @ r).trace() + (beta.T @ x).trace() * (
        (S @ X.T @ X).trace() + c * (r.T @ r).trace()
    ) * per_token
    one_of_basis, last = heads(ClosedForm.of(vector.letter), S, c, split.gd_beta.solution)
    step(
        r"What the sum of these heads misses of $y_{0}$ is orthogonal to every head: any number of heads misses more",
        r"\hat y^{*}=x^{\top}K^{*}X^{\top}r+\tfrac1n(\operatorname{tr}(SX^{\top}X)+\omega\,r^{\top}r)\,\beta^{*\top}x",
        r"\mathbb{E}\Big[\Big(y_{0}-\sum_h\hat y_h\Big)^{2}\Big]=\mathbb{E}[(y_{0}-\hat y^{*})^{2}]"
        r"+\mathbb{E}\Big[\Big(\hat y^{*}-\sum_h\hat y_h\Big)^{2}\Big]",
        where={
            r"\hat y^{*}": "is the sum of the heads of {step:heads}",
            r"\hat y_h": "is the prediction of a head, with any weights",
        },
    )
    step.conclude(
        LeastOverHeads(
            split.gd_beta.closed_form + kappa * (beta.T @ Hm @ beta).trace(),
            read_form(d + 1),
            proof=SumOfHeads(MultiHeadLinearAttention(), task, best, (last,), one_of_basis, vector),
        ),
        claim=r"the least risk of any number of heads is $\mathcal{R}^{*}+\kappa\lVert\beta^{*}\rVert_H^{2}$, which "
        "$d+1$ heads attain",
    )
