"""Linear attention trains in the derived time: half time of one head, and plateaus of heads of rank one.

Setting     Plain gradient descent with small steps on fresh prompts without noise. One head with merged matrices W_KQ
            and W_PV, all entries free, from B = pI, c = √d p with cp = u₀; then heads of rank one on eigenvectors of a
            covariance that is not diagonal, one and two of them, all weights of size s₀.
Measured    The time at which u = c tr B/d is half of its limit, and where it ends; the times at which each head of rank
            one has half of its strength, the time between the two, and the exact loss where one head alone ends. A step
            η of descent on L takes the time 2η of the flow.
Why it      A half time with 2d or √d for 2√d, a plateau with the eigenvalue in place of its square, and a loss without
could fail  tr Λ differ by more than twice the tolerance. Along the derived flow all numbers hold to six digits.
"""

import mpmath
import numpy as np
import sympy

import symicl as si
from symicl.algebra import ClosedForm, closed_form, read_form
from symicl.proofs.saxe2025.dynamics import gamma, half_time, theorem
from symicl.proofs.saxe2025.parts.path import general
from symicl.proofs.saxe2025.setting import RankOneHeads, d, n, task, u0
from symicl.studies import Course, Mark, TimedStudy, follow
from symicl.theory import LossAt, expected_loss, flow

FIRST = 0.25
"""s₀ of heads of rank one."""
merged = si.Layers([si.Attention(merged=True)])


def effective_step(weights):
    """c tr B/d."""
    key_query, value = weights["W_KQ"], weights["W_PV"]
    inner = key_query[:, :-1, :-1]
    return value[:, -1, -1] * np.trace(inner, axis1=1, axis2=2) / inner.shape[-1]


def embedded(size, B, c):
    """The merged matrices of a head with the blocks B and c alone; time is the first axis, if there is one."""
    shape = (*np.shape(c), size + 1, size + 1)
    W_KQ, W_PV = np.zeros(shape), np.zeros(shape)
    W_KQ[..., :-1, :-1], W_PV[..., -1, -1] = B, c
    return {"W_KQ": W_KQ, "W_PV": W_PV}


def one_head(values):
    """The logistic course of one head."""
    examples, size, first = int(values[n]), int(values[d]), float(values[u0])
    root = np.sqrt(size)
    p = np.sqrt(first / root)
    start = {"a": np.zeros(size), "g": np.zeros(size), "B": p * np.eye(size), "c": root * p}
    motion = flow(expected_loss(si.MultiHeadLinearAttention(), task), rate=sympy.Rational(1, 2))

    def path(times):
        found = follow(motion, start, times, n=examples, d=size)
        return embedded(size, found["B"], found["c"])

    time, limit = float(half_time(values, 17)), 1 / float(gamma.subs(values))
    end = limit * (size + examples + 1)
    return Course(
        "one head",
        merged,
        task.at(n=examples, d=size),
        embedded(size, start["B"], start["c"]),
        path,
        6 * time,
        {"effective step": effective_step},
        {
            "effective step": (
                Mark(
                    "half time",
                    time,
                    limit / 2,
                    wrong={
                        "√d for 2√d": 2 * time,
                        "2d for 2√d": time / root,
                    },
                ),
                Mark("limit", limit, wrong={"n + d + 3 for n + d + 1": end / (size + examples + 3)}),
            )
        },
    )


def covariance(size):
    """Eigenvalues 2, 0.8, ½, ½, … in a basis that is not that of the coordinates; and this basis."""
    values = np.array([2.0, 0.8, *[0.5] * size])[:size]
    basis, _ = np.linalg.qr(np.arange(1.0, size + 1)[:, None] ** np.arange(size) + np.eye(size))
    law = basis * values @ basis.T
    return (law + law.T) / 2, values, basis


def strength(h, vectors):
    """v (k·e)(q·e) of head h on its eigenvector e."""

    def of(weights):
        k, q = (vectors[:, h - 1] @ weights[f"{name}_{h}"][..., 0].T for name in ("k", "q"))
        return weights[f"v_{h}"][:, 0, 0] * k * q

    return of


def time_to(strength, eigenvalue, pull, power=2, first=FIRST):
    """∫ ds/(λ²s²(1 − γs³)) from s₀ to the cube root of a strength."""
    top = float(strength) ** (1 / 3)
    return float(mpmath.quad(lambda s: 1 / (eigenvalue**power * s**2 * (1 - pull * s**3)), [first, top]))


def rank_one(values, heads):
    """Heads of rank one, on the first eigenvectors."""
    examples, size = int(values[n]), int(values[d])
    law, eigenvalues, vectors = covariance(size)
    at = general.at(n=examples, d=size, Lambda=law)
    total = eigenvalues.sum()
    pulls = ((examples + 1) * eigenvalues + total) / examples
    halves = [time_to(0.5 / g, value, g) for g, value in zip(pulls, eigenvalues, strict=True)][:heads]
    start = {}
    for h in range(1, heads + 1):
        column = FIRST * vectors[:, [h - 1]]
        start |= {f"v_{h}": np.full((1, 1), FIRST), f"k_{h}": column, f"q_{h}": column}
    marks = {name_of(1): (half_time_of(1, eigenvalues, pulls),)}
    quantities = {name_of(h): strength(h, vectors) for h in range(1, heads + 1)}
    if heads == 2:
        length, first = halves[1] - halves[0], (name_of(1), 0.5 / pulls[0])
        wrong = {
            "λ for λ²": time_to(0.5 / pulls[1], eigenvalues[1], pulls[1], 1) - halves[0] * eigenvalues[0]
        }
        plateau = Mark("length of the plateau", length, 0.5 / pulls[1], after=first, wrong=wrong)
        marks[name_of(2)] = (half_time_of(2, eigenvalues, pulls), plateau)
    else:
        lost = [value / (1 + (1 + total / value) / examples) for value in eigenvalues]
        without = total - eigenvalues[0] / (1 + 1 / examples)
        quantities["exact loss"] = exact_loss(heads, at)
        wrong = {"no tr Λ in γ": without, "two heads": total - sum(lost[:2])}
        marks["exact loss"] = (Mark("loss of the plateau", total - lost[0], wrong=wrong),)
    name = "one head of rank one" if heads == 1 else "two heads of rank one"
    model = RankOneHeads(heads)
    return Course(
        name,
        model,
        at,
        start,
        derived_path(heads, start, at),
        (2.2 if heads == 1 else 1.2) * halves[-1],
        quantities,
        marks,
    )


def name_of(h):
    """The name of the strength of a head."""
    return f"strength of head {h}"


def half_time_of(h, eigenvalues, pulls):
    """The time at which a head has half of its strength, and wrong ones."""
    value, pull = eigenvalues[h - 1], pulls[h - 1]
    wrong = {
        "λ for λ²": time_to(0.5 / pull, value, pull, 1),
        "from 0.3": time_to(0.5 / pull, value, pull, first=0.3),
    }
    return Mark(f"half time of head {h}", time_to(0.5 / pull, value, pull), 0.5 / pull, wrong=wrong)


def derived_path(heads, start, at):
    """The flow of the loss of the sum of the heads, by their values, keys and queries."""
    loss = expected_loss(si.MultiHeadLinearAttention(), general)
    a, c, g, B = (loss.letter_to_differentiate(name) for name in "acgB")
    shape = read_form(general.X).cols
    column = ClosedForm.zero(shape, closed_form(1).rows)
    parts = [
        (si.scalar(f"v_{h}"), si.vector(f"k_{h}", d), si.vector(f"q_{h}", d)) for h in range(1, heads + 1)
    ]
    total = sum(
        (read_form(k) @ read_form(q).T * read_form(v) for v, k, q in parts), ClosedForm.zero(shape, shape)
    )
    one = loss.closed_form.substitute({a: column, g: column, c: closed_form(1), B: total})
    motion = flow(one.expr, [z for part in parts for z in part], rate=sympy.Rational(1, 2))
    numbers = {name: at.values[symbol] for name, symbol in general.symbols().items()}
    first = {name: value[:, 0] if len(value) > 1 else float(value[0, 0]) for name, value in start.items()}

    def path(times):
        found = follow(motion, first, times, **numbers)
        return {name: found[name].reshape(len(times), -1, 1) for name in start}

    return path


def exact_loss(heads, at):
    """The closed form of the loss at the weights."""
    model = RankOneHeads(heads)
    compiled = LossAt(expected_loss(model, general), at.values).compile("numpy")

    def of(weights):
        count = len(next(iter(weights.values())))
        return np.array(
            [compiled(model.effective({name: w[i] for name, w in weights.items()})) for i in range(count)]
        )

    return of


experiment = TimedStudy(
    theorem=theorem,
    courses=lambda values: (one_head(values), *(rank_one(values, h) for h in (1, 2) if h <= values[d])),
    defaults={"n": 20, "d": 5, "u0": "1/100"},
)
