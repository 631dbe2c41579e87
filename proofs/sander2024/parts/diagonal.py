"""Diagonal weights: the excess loss as a sum of squares, its zeros, and which of them are gradient descent."""

from fractions import Fraction

from symicl.algebra import ClosedForm, closed_form, read_form, scalar, scalar_letter
from symicl.expectation import DiagonalMatrix, InTime, inner, sum_of_powers
from symicl.theory import autoregressive_loss, entry_squares, nonnegative, positive
from symicl.typeset import Equation

PAIR = DiagonalMatrix("a"), DiagonalMatrix("b")
U = scalar("u")
u = read_form(U)


def certify_diagonal(step, model, task, solution: ClosedForm, minimum: ClosedForm) -> None:
    """ℓ − ℓ* is a sum of squares for A = diag(a), B = diag(b)."""
    d = read_form(task.d)
    loss = autoregressive_loss(model, task, model.active(*PAIR))
    first, second = (closed_form(sum_of_powers(m, task.last - 1)) for m in (1, 2))
    at = {scalar_letter(U): solution}
    own = [("a", "i"), ("b", "i")]
    spread = entry_squares([(1, own), (-u, [])], "i", task.d)
    mean = entry_squares([(1, own), (-u * d, [])], "", task.d)
    mixed = entry_squares([(1, [("a", "i"), ("b", "j")]), (-1, [("a", "j"), ("b", "i")])], "ij", task.d)
    squares = (second - first) * spread.form + first * mean.form + first * mixed.form * Fraction(1, 2)
    step(
        r"For all diagonal weights $A=\operatorname{diag}(a)$, $B=\operatorname{diag}(b)$ the excess is a "
        r"sum of squares",
        Equation(r"\ell", loss.closed_form),
        r"\ell-\ell^{*}=(S_2-S_1)\sum_i(u_i-u^{*})^2+S_1\Big(\sum_i u_i-du^{*}\Big)^2"
        r"+\tfrac{S_1}{2}\sum_{i,j}(a_ib_j-a_jb_i)^2",
        where={
            "a_i,b_i": "are the entries of $a$ and $b$, which are vectors here",
            "u_i": "$=a_ib_i$",
            "S_m": r"$=\sum_{n=1}^{T_{\max}-1}n^{m}$ for every $m$",
        },
        name="diagonal",
        note=r"The last square is the arithmetic-geometric mean inequality "
        r"$a_i^2b_j^2+a_j^2b_i^2\ge2u_iu_j$.",
    )
    step.check(
        r"$\ell(a,b)-\ell^{*}$ equals the sum of squares, for all $a,b\in\mathbb{R}^{d}$, $d$ and $T_{\max}$",
        loss.closed_form - minimum,
        squares.substitute(at),
    )
    step.require(
        r"$S_1>0$ and $S_2\ge S_1$ for $T_{\max}\ge2$",
        positive(first, at_least(task, 2)),
        nonnegative(second - first, at_least(task, 2)),
        rule="no negative coefficient, with $T_{\\max}=2+m$",
    )
    step.require(
        r"$S_2>S_1$ for $T_{\max}\ge3$",
        positive(second - first, at_least(task, 3)),
        rule="no negative coefficient and a positive constant, with $T_{\\max}=3+m$",
    )
    step.check(
        r"conjugate pairs of phases have the same loss for all diagonal weights",
        autoregressive_loss(model, paired(task), model.active(*PAIR)).closed_form,
        loss.closed_form,
    )
    _equality(step)
    _distance_to_gradient_descent(step, model, task)


def _equality(step) -> None:
    """a_i b_i = a_j b_j = u* and a_i b_j = a_j b_i force |a_i| = |a_j|."""
    ai, aj, bi, bj = (read_form(scalar(name)) for name in ("a_i", "a_j", "b_i", "b_j"))
    step(
        r"Equality for $T_{\max}\ge3$: $u_i=u^{*}$ for all $i$ and $a_ib_j=a_jb_i$, that is "
        r"$A=a\operatorname{diag}(\epsilon)$, $B=b\operatorname{diag}(\epsilon)$ with $\epsilon\in\{\pm1\}^{d}$, "
        r"$ab=u^{*}$",
        where={"a,b": "are numbers again"},
        name="equality",
        note=r"$u^{*}>0$, so no $a_i$ vanishes and $b_i=u^{*}/a_i$ has its sign. For $T_{\max}=2$, "
        r"where $S_2=S_1$, equality says only that $\sum_iu_i=1$ and that one of the vectors of the $a_i$ and of the "
        r"$b_i$ is a multiple of the other.",
    )
    step.check(
        r"$a_ia_j(a_ib_j-a_jb_i)=a_i^2u_j-a_j^2u_i$, so $a_i^2=a_j^2$",
        ai * aj * (ai * bj - aj * bi),
        ai * ai * (aj * bj) - aj * aj * (ai * bi),
    )


def _distance_to_gradient_descent(step, model, task) -> None:
    """E‖ŷ − u Σ x_{s+1} x_s* x_t‖² at diagonal weights."""
    sequence = task.sequence()
    now, s = sequence.now, sequence.context()
    gradient_step = sequence.sum(s.x() * inner(s.x(1), now.x()), s) * U
    predicted = model.predict(model.active(*PAIR), sequence)
    found = task.expectation((predicted - gradient_step).norm2())
    own = entry_squares([(1, [("a", "i"), ("b", "i")]), (-u, [])], "i", task.d).form
    cross = entry_squares([(1, [("b", "i"), ("a", "j")]), (-u, [])], "ij", task.d).form
    diagonal = entry_squares([(1, [("b", "i"), ("a", "i")]), (-u, [])], "i", task.d).form
    step(
        r"Of these minimisers ({step:equality}) only $\epsilon=\pm(1,\dots,1)$ is gradient descent",
        r"\mathbb{E}\Big\lVert\hat s_{t+1}-u\sum_{i<t}s_{i+1}s_i^{*}s_t\Big\rVert^2"
        r"=n^2\sum_i(a_ib_i-u)^2+n\sum_{i\ne j}(b_ia_j-u)^2,\qquad n=t-1",
        where={r"\epsilon_i": r"are the entries of $\epsilon$"},
        note=r"With signs $b_ia_j=\epsilon_i\epsilon_ju^{*}$: the second sum vanishes at $u=u^{*}$ only where "
        r"all signs "
        r"agree.",
    )
    step.check(
        r"this is the mean square distance, for every $t\ge2$",
        found,
        InTime.of_powers({2: own, 1: cross - diagonal}),
    )


def paired(task):
    """The same task with conjugate pairs of phases."""
    return type(task)("orthogonal", "ones", d=task.d, T=task.T)


def at_least(task, low):
    """The lower bound of T_max."""
    (symbol,) = task.T.free_symbols
    return {symbol: low}
