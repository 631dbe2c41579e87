"""Certificates of flows: the rules, each with what it rejects; whole certificates, and forged ones; refusals."""

import json
from functools import cache, partial

import pytest
import sympy

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome
from checker.test_rules import Log, run
from checker.test_rules import case as any_case
from symicl.certificates.coordinates import recheck

CASES = {}
case = partial(any_case, cases=CASES)


class Flow(Log):
    """The flow of (1 − p v)², of which p² − v² stays, and p v has an equation where p = v = q."""

    def __init__(self):
        super().__init__()
        self.p, self.v = self.scalar("p"), self.scalar("v")

    def poly(self, *terms):
        return self.terms(1, 1, *([c, [[x] for x in letters], []] for c, *letters in terms))

    def flow(self, **changed):
        p, v = self.p, self.v
        fields = {
            "loss": self.poly((1,), (-2, p, v), (1, p, p, v, v)),
            "rate": self.number(1),
            "velocities": [[p, self.poly((2, v), (-2, p, v, v))], [v, self.poly((2, p), (-2, p, p, v))]],
        }
        return self("gradient_flow", claim="a", **fields | changed)

    def on_the_line(self, **changed):
        """Where p = v = q."""
        motion, q = self.flow(), self.scalar("q")
        speed = self.poly((2, q), (-2, q, q, q))
        fields = {"place": [[self.p, q], [self.v, q]], "velocities": [[q, speed]]}
        return self("reduction", claim="b", motion=motion, **fields | changed), q

    def equation(self, **changed):
        """Of u = q²: du/dt = 4u − 4u²."""
        motion, q = self.on_the_line()
        u = self.scalar("u")
        fields = {
            "letter": u,
            "of": self.poly((1, q, q)),
            "degree": 1,
            "value": self.poly((4, u), (-4, u, u)),
        }
        return self("equation", claim="c", motion=motion, **fields | changed), u

    def solution(self, **changed):
        """1/u = (1/s − 1) E + 1, E = e^(−4t)."""
        equation, _ = self.equation()
        E, s = self.scalar("E"), self.scalar("s", invertible=True)
        value = self.terms(1, 1, [1, [[0, s], [E]], []], [-1, [[E]], []], [1, [], []])
        fields = {"exponential": E, "start": s, "alpha": self.number(4), "beta": self.number(-4), "degree": 2}
        return self("solution", claim="d", equation=equation, **{"value": value} | fields | changed)


@case()
def a_flow_with_its_solution(log):
    log.solution()


@case("the velocity of v is another one")
def another_velocity(log):
    log.flow(velocities=[[log.v, log.poly((2, log.p))]])


@case("the velocity of p is another one")
def another_rate(log):
    log.flow(rate=log.number(2))


@case("a letter moves twice, or none does")
def nothing_moves(log):
    log.flow(velocities=[])


@case("the velocity of p has another shape")
def a_velocity_of_another_shape(log):
    log.size()
    log.flow(velocities=[[log.p, log.matrix("A")]])


@case("the rate moves")
def a_flow_with_a_rate_that_moves(log):
    log.flow(rate=log.p)


@case("the loss or the rate is no scalar")
def a_loss_that_is_no_scalar(log):
    log.size()
    log.flow(loss=log.matrix("A"))


@case("something is random")
def a_random_loss(log):
    log.flow(loss=log.gaussian("z", 1, 1))


@case("what moves is in a law, or bounded")
def what_moves_is_bounded(log):
    log.flow(velocities=[[log.size(), log.number(0)]])


@case("a letter is random, in an inverse, or related to other letters")
def what_moves_is_in_an_inverse(log):
    log.size()
    A = log.matrix("A", symmetric=True)
    log.matrix("B", symmetric=True, inverse_of=A)
    log.flow(loss=log.number(1, [A]), velocities=[[A, log.terms("d", "d", [-1, [], []])]])


@case("what moves is symmetric")
def a_symmetric_matrix_moves(log):
    log.size()
    A = log.matrix("A", symmetric=True)
    log.flow(loss=log.number(1, [A]), velocities=[[A, log.terms("d", "d", [-1, [], []])]])


@case("the loss divides by what moves")
def a_loss_that_divides(log):
    log.flow(loss=log.terms(1, 1, [1, [[0, log.p]], []]), velocities=[[log.p, log.poly((1, log.p))]])


@case("what moves is in a sum that is divided by, or in an inverse")
def a_loss_that_divides_by_a_sum(log):
    loss = log("over", of=log.number(1), by=log.poly((1,), (1, log.p)))
    log.flow(loss=loss, velocities=[[log.p, log.poly((1, log.p))]])


@case("it names no motion")
def a_reduction_of_nothing(log):
    q = log.scalar("q")
    log("reduction", claim="b", motion=q, place=[[log.p, q]], velocities=[[q, q]])


@case("it does not say once where each letter of the motion is")
def a_reduction_of_one_letter(log):
    log.on_the_line(place=[[log.p, log.number(1)]])


@case("v does not move along this set")
def a_set_that_the_flow_leaves(log):
    motion, q = log.flow(), log.scalar("q")
    place = [[log.p, q], [log.v, log.poly((2, q))]]
    log("reduction", claim="b", motion=motion, place=place, velocities=[[q, log.poly((4, q), (-8, q, q, q))]])


@case("a letter of the motion stands for something that stays")
def a_letter_that_stays(log):
    motion, q = log.flow(), log.scalar("q")
    log("reduction", claim="b", motion=motion, place=[[log.p, log.v], [log.v, q]], velocities=[[q, q]])


@case("it is no root of what is at least 0")
def a_root_of_what_may_be_negative(log):
    log.on_the_line(roots=[[log.scalar("r"), log.scalar("x")]])


@case("a letter is two roots")
def a_letter_with_two_squares(log):
    r, d, n = log.scalar("r"), log.size(), log.size("n")
    log.on_the_line(roots=[[r, d], [r, n]])


@case("it names no motion")
def an_equation_of_nothing(log):
    u = log.scalar("u")
    log("equation", claim="c", motion=u, letter=u, of=log.p, degree=1, value=u)


@case("it is another equation")
def another_equation(log):
    log.equation(value=log.number(4))


@case("it is another equation")
def an_equation_of_the_square(log):
    log.equation(degree=2)


@case("it is no equation of a scalar, or of its square")
def an_equation_of_the_third_power(log):
    log.equation(degree=3)


@case("something else moves in the equation")
def an_equation_with_what_moves(log):
    motion, q = log.on_the_line()
    log("equation", claim="c", motion=motion, letter=log.scalar("u"), of=q, degree=1, value=q)


@case("a letter of the equation is in use")
def an_equation_for_what_moves(log):
    motion, q = log.on_the_line()
    log("equation", claim="c", motion=motion, letter=q, of=q, degree=1, value=log.number(1))


@case("a letter stands for two things")
def two_meanings(log):
    motion, q = log.on_the_line()
    u = log.scalar("u")
    log(
        "equation",
        claim="c",
        motion=motion,
        letter=u,
        of=q,
        degree=1,
        value=u,
        constants=[[u, log.number(1)]],
    )


@case("a constant moves")
def a_constant_that_moves(log):
    motion, u, C = log.flow(), log.scalar("u"), log.scalar("C")
    log("equation", claim="c", motion=motion, letter=u, of=log.p, degree=2, value=u, constants=[[C, log.v]])


@case("it names no equation of the first degree")
def a_solution_of_nothing(log):
    E, s, one = log.scalar("E"), log.scalar("s"), log.number(1)
    log(
        "solution", claim="d", equation=E, exponential=E, start=s, alpha=one, beta=one, degree=0, value=one
    )  # fmt: skip


@case("the equation has other coefficients")
def a_solution_of_another_equation(log):
    log.solution(alpha=log.number(3))


@case("it is no power of u, or no scalar")
def a_solution_of_degree_one(log):
    log.solution(degree=1)


@case("it does not satisfy the equation")
def another_solution(log):
    log.solution(value=log.number(2))


@case("it does not start there")
def a_solution_from_elsewhere(log):
    log.solution(value=log.number(1))


@case("a letter of the solution is in use")
def a_solution_in_the_letter_of_its_equation(log):
    equation, u = log.equation()
    E, one = log.scalar("E"), log.number(1)
    log(
        "solution", claim="d", equation=equation, exponential=E, start=u, alpha=log.number(4), beta=log.number(-4),
        degree=2, value=one,
    )  # fmt: skip


@case("the solution is in use")
def a_solution_that_holds_itself(log):
    equation, u = log.equation()
    E, s = log.scalar("E"), log.scalar("s")
    log(
        "solution", claim="d", equation=equation, exponential=E, start=s, alpha=log.number(4), beta=log.number(-4),
        degree=2, value=u,
    )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_rules(checker, monkeypatch, name):
    build, sentence = CASES[name]
    log = Flow()
    build(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found == sentence
    assert found is None or running.id == len(log.entries) + 1


# --- whole certificates -------------------------------------------------------------------------------------

n, d = si.dims("n d")
p, v, C = si.scalar("p"), si.scalar("v"), si.scalar("C")


@cache
def head():
    loss = si.expected_loss(si.MultiHeadLinearAttention(), si.LinearRegression(noise=0))
    return si.flow(loss, rate=sympy.Rational(1, 2))


def balanced():
    return head().reduce({"a": 0, "g": 0, "B": p, "c": sympy.sqrt(d) * p})


def unbalanced():
    return head().reduce({"a": 0, "g": 0, "B": p, "c": v})


RESULTS = {
    "flow": head,
    "reduction": balanced,
    "twice reduced": lambda: unbalanced().balanced(),
    "equation": lambda: balanced().equation_of(sympy.sqrt(d) * p**2, "u"),
    "squared equation": lambda: unbalanced().squared_equation_of(
        v * p, "u", constants={"C": v**2 - d * p**2}
    ),
}


@cache
def certificate_of(name):
    return Certificate(si.certificate(RESULTS[name]()))


@pytest.mark.parametrize("name", RESULTS)
def test_nothing_is_asserted(checker, name):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    assert running.asserted == running.averages == []
    said = {"flow": 1, "reduction": 2, "twice reduced": 3, "equation": 4, "squared equation": 3}
    assert len(running.propositions) == said[name]


def test_the_report_has_the_solution(checker):
    running = checker.Checker()
    running.check(certificate_of("equation").lines)
    *_, equation, solution = running.propositions
    assert (
        "(d u/dt) = -2*'sqrt(d)'*u^2 + 2*'sqrt(d)'*u" in equation and "'sqrt(d)' is the root of d" in equation
    )
    assert solution.startswith("u^-1 = ") and "'e^u' = e^((-2*'sqrt(d)') t)" in solution


def numbers(lines, rule):
    return next(line for line in lines if line.get("rule") == rule)


def other_rate(lines):
    entry = numbers(lines, "gradient_flow")
    entry["rate"] = next(line["id"] for line in lines if line.get("terms") == [[1, [], []]])


def dropped_velocity(lines):
    numbers(lines, "gradient_flow")["velocities"].pop()


def exchanged_velocities(lines):
    rows = numbers(lines, "gradient_flow")["velocities"]
    a, g = (next(row for row in rows if lines[row[0] - 1]["name"] == name) for name in "ag")
    a[1], g[1] = g[1], a[1]


def dropped_root(lines):
    numbers(lines, "reduction")["roots"] = []


def another_ansatz(lines):
    rows = numbers(lines, "reduction")["place"]
    rows[2][1] = numbers(lines, "reduction")["velocities"][0][0]


def another_term(lines):
    entry = numbers(lines, "equation")
    value = lines[entry["value"] - 1]
    (lines[value["of"] - 1] if value["rule"] == "over" else value)["terms"][0][0] += 1


def no_start(lines):
    entry = numbers(lines, "solution")
    entry["value"] = entry["exponential"]


@pytest.mark.parametrize(
    "change",
    [
        other_rate,
        dropped_velocity,
        exchanged_velocities,
        dropped_root,
        another_ansatz,
        another_term,
        no_start,
    ],
)
def test_forgeries_are_rejected(checker, change):
    lines = [json.loads(line) for line in certificate_of("equation").lines]
    change(lines)
    text = outcome(checker, [json.dumps(line).encode() + b"\n" for line in lines])
    assert text.startswith("Rejected: ")


def test_the_second_engine_agrees():
    assert recheck(certificate_of("equation").text.splitlines()).expectations


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: RESULTS["equation"]().solve(), si.InputError, "certified with its equation"),
        (
            lambda: si.flow(
                si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask(), family="two numbers")
            ),
            si.UnsupportedError,
            "no certificate of a flow of sequences",
        ),
        (
            lambda: si.flow(sympy.Trace(si.symmetric("S", d) ** 2), [si.symmetric("S", d)]),
            si.UnsupportedError,
            "S is symmetric and moves",
        ),
    ],
)
def test_refusals(ask, error, message):
    with pytest.raises(error, match=message):
        si.certificate(ask())
