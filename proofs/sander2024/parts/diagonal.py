"""Diagonal weights: the excess loss as a sum of squares, its zeros, and which of them are gradient descent."""

from fractions import Fraction

from sympy import Rational

from symicl.algebra import ClosedForm, closed_form, read_form, scalar, scalar_letter
from symicl.expectation import DiagonalMatrix, InTime, inner, sum_of_powers
from symicl.statements import MinimalAtEntries, counted_from
from symicl.theory import Deduction, autoregressive_loss, entry_squares, entry_symbol, nonnegative, positive
from symicl.typeset import Equation

PAIR = DiagonalMatrix("a"), DiagonalMatrix("b")
DIAGONAL = tuple(zip("AB", PAIR, strict=True))
a_i, a_j, b_i, b_j = (entry_symbol(name, index) for name in "ab" for index in "ij")
EXAMPLES = (
    {"a": (1, -1), "b": (Rational(3, 8), -Rational(3, 8)), "T_max": 3},
    {"a": (2, 2), "b": (Rational(3, 16), Rational(3, 16)), "T_max": 3},
    {"a": (1, 2), "b": (Rational(1, 5), Rational(2, 5)), "T_max": 2},
    {"a": (1, 2), "b": (Rational(3, 8), Rational(3, 16)), "T_max": 3},
)
"""Minimisers with signs and without; one for T_max = 2, which is none for longer sequences; and a_i b_i = u* alone."""
U = scalar("u")
u = read_form(U)


def equations(step_size):
    """A = a diag(ε), B = b diag(ε) with ab = u* and signs ε, entry by entry."""
    return ((a_i * b_i, step_size), (a_i**2, a_j**2))


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
    step.check(
        r"conjugate pairs of phases have the same loss for all diagonal weights",
        autoregressive_loss(model, paired(task), model.active(*PAIR)).closed_form,
        loss.closed_form,
    )
    _equality(
        step,
        loss.closed_form,
        solution,
        minimum,
        ((spread, second - first), (mean, first), (mixed, first / 2)),
    )
    _distance_to_gradient_descent(step, model, task)


def _equality(step, loss, solution, minimum, weighted) -> None:
    """a_i b_i = u* and a_i b_j = a_j b_i force |a_i| = |a_j|, and conversely."""
    step(
        r"Equality for $T_{\max}\ge3$: $u_i=u^{*}$ for all $i$ and $a_ib_j=a_jb_i$, that is "
        r"$A=a\operatorname{diag}(\epsilon)$, $B=b\operatorname{diag}(\epsilon)$ with $\epsilon\in\{\pm1\}^{d}$, "
        r"$ab=u^{*}$",
        r"u^{*}(a_i^2-a_j^2)=a_ia_j(a_ib_j-a_jb_i)-a_i^2(u_j-u^{*})+a_j^2(u_i-u^{*})",
        where={"a,b": "are numbers again"},
        name="equality",
        note=r"For $T_{\max}=2$, where $S_2=S_1$, equality says only that $\sum_iu_i=1$ and that one of the vectors of "
        r"the $a_i$ and of the $b_i$ is a multiple of the other.",
    )
    (length,) = (x for x in loss.expr.free_symbols if x.name == "T_max")
    least = ((length, 3),)
    shift = {scalar_letter(length): read_form(counted_from(length, 3)) + 2}
    best = solution.substitute(shift)
    step.conclude(
        MinimalAtEntries(
            minimum,
            equations(solution.expr),
            among=DIAGONAL,
            least=least,
            loss=loss,
            deductions=(same_size(best),),
            back=(crossed(best),),
        ),
        *(
            coordinate_sum.at({scalar_letter(U): best}) * weight.substitute(shift)
            for coordinate_sum, weight in weighted
        ),
    )


def same_size(best) -> Deduction:
    """a_i² = a_j², from a_i b_i = u* and a_i b_j = a_j b_i."""
    ai, aj, bi, bj = map(read_form, (a_i, a_j, b_i, b_j))
    one = closed_form(1)
    combination = (
        (ai * aj, ai * bj - aj * bi, one),
        (-ai * ai, aj * bj - best, one),
        (aj * aj, ai * bi - best, one),
    )
    return Deduction((ai * ai - aj * aj,), combination, best)


def crossed(best) -> Deduction:
    """Conversely a_i b_j = a_j b_i, from a_i b_i = u* and a_i² = a_j²."""
    ai, aj, bi, bj = map(read_form, (a_i, a_j, b_i, b_j))
    one, mixed = closed_form(1), ai * bj - aj * bi
    combination = (
        (bi * bj * ai * ai - best * mixed, aj * bj - best, one),
        (-bi * bj * aj * aj - aj * bj * mixed, ai * bi - best, one),
        (bi * bj * best, ai * ai - aj * aj, one),
    )
    return Deduction((mixed,), combination, best * best)


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
