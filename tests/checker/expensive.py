"""Files that take long, or much memory, unless a checker knows what a step costs before it takes it."""

import json

from checker.test_rules import HEADER, Log
from symicl.certificates.checkers.proof.checker import PRIME

HUGE = f"{10**1200 + 1}/{10**1199 + 7}"


def scalars(log, number):
    return [log.scalar(f"x{i}") for i in range(number)]


def many_terms(log):
    """(x0 + ... + x299) (x300 + ... + x599), 90,000 terms."""
    letters = scalars(log, 600)
    sums = [log("sum", parts=part) for part in (letters[:300], letters[300:])]
    return log("product", parts=sums), letters


def squares_of_a_letter(log):
    value = log.scalar("x")
    for _ in range(20_000):
        value = log("product", parts=[value, value])


def squares_of_a_number(log):
    value = log.number("3/2")
    for _ in range(20_000):
        value = log("product", parts=[value, value])


def squares_of_a_sum(log):
    value = log("sum", parts=scalars(log, 5))
    for _ in range(30):
        value = log("product", parts=[value, value])


def long_monomials(log):
    letters = scalars(log, 490)
    for _ in range(12):
        log.terms(1, 1, *[[c, [[x] for x in letters], []] for c in range(1, 21)])


def one_large_value_many_times_in_a_sum(log):
    value, _ = many_terms(log)
    log("sum", parts=[value] * 100_000)


def many_large_values(log):
    value, letters = many_terms(log)
    for k in range(3_000):
        value = log("sum", parts=[value, letters[k % 600]])


def a_large_value_turned_many_times(log):
    value, _ = many_terms(log)
    for _ in range(20_000):
        log("transpose", of=value)


def a_large_value_is_equal_to_itself(log):
    value, _ = many_terms(log)
    for _ in range(20_000):
        log("equal", claim="", left=value, right=value)


def every_letter_is_replaced(log):
    value, letters = many_terms(log)
    log("substitute", of=value, letters=[[x, letters[0]] for x in letters])
    log("substitute", of=value, letters=[[x, letters[0]] for x in letters])


def fractions_without_a_common_denominator(log):
    log.terms(1, 1, *[[f"1/{10**600 + 2 * k + 1}", [], []] for k in range(800)])


def sizes_that_multiply(log):
    a = log.matrix("A", 10**6, 10**6)
    inverse = log.matrix("J", 10**6, 10**6, inverse_of=a)
    log.number(1, *[[a, inverse]] * 60_000)


def a_moment_with_many_words(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("stein", letter=z, words=[[z]] * 150_000, place=[0, 0], equals=[])


CHECKER = [
    squares_of_a_letter, squares_of_a_number, one_large_value_many_times_in_a_sum,
    fractions_without_a_common_denominator, sizes_that_multiply, a_moment_with_many_words,
]  # fmt: skip
SLOWER = [
    squares_of_a_sum, long_monomials, many_large_values, a_large_value_turned_many_times,
    a_large_value_is_equal_to_itself, every_letter_is_replaced,
]  # fmt: skip


def averages(log, summands, **more):
    """An average over phases of these summands, which nobody expects to be zero."""
    size = [[1, [[2]], []]]
    fields = {"summands": summands, "size": size, "law": 0, "moments": [], "powers": [], "times": []}
    log("asserted", claim="", why="", phases=fields | {"paired": False} | more)


def moments_over_sums(log):
    log.size()
    below = [[1, [[x]], []] for x in scalars(log, 40)]
    exponents = range(1, 60)
    summands = [[[[1, [], []]], 0, [[[0, 0, 0, 0], k]], [], []] for k in exponents]
    averages(log, summands, moments=[[[k], below, below] for k in exponents])


def long_numbers_in_phases(log):
    log.size()
    x, y = scalars(log, 2)
    terms = [[HUGE, [[x]], []], [HUGE, [[y]], []], [HUGE, [], []]]
    for _ in range(60):
        averages(log, [[terms, 0, [[[0, 0, 0, 0], 1]], [["A", 0, 0]] * 7, []]] * 50)


PHASES = [moments_over_sums, long_numbers_in_phases]


def noise(log, terms, power):
    n, d = log.size("n"), log.size("d")
    samples = log.matrix("X", "n", "d"), log.matrix("y", "n", 1), log.matrix("x", "d", 1), log.scalar("y0")
    letters = [log.scalar(name, at_least=0) for name in "st"]
    value = log.terms(1, 1, [1, [[samples[3]]] * power, []])
    for _ in range(30):
        data = log.terms(1, 1, [1, [[samples[3]]] * power, []], of=value)
        fields = dict(zip(("X", "y", "x", "y0"), samples, strict=True))
        fields |= {"integrand": data, "noise": terms(*letters), "moments": []}
        log("asserted", claim="", why="", of=value, rows=1, cols=1, terms=[], samples=fields)
    assert n < d


def long_numbers_in_the_noise(log):
    noise(log, lambda s, t: [[HUGE, [[s]], []], [HUGE, [[t]], []]], 24)


def many_terms_in_the_noise(log):
    noise(log, lambda s, t: [[1, [[s]] * k, []] for k in range(1, 60)], 24)


SAMPLES = [long_numbers_in_the_noise, many_terms_in_the_noise]


def lines_of(build, checker):
    """The lines of a file; the prints are right up to the line at which the checker gives up."""

    class Printer(checker.Checker):
        """Remembers the numbers of which a print is made."""

        def point(self, terms):
            self.found = [*getattr(self, "found", []), super().point(terms)]
            return self.found[-1]

    log, running, given_up = Log(), Printer(), False
    build(log)
    yield json.dumps(HEADER)
    running.header(HEADER)
    for entry in log.entries:
        line, work = dict(entry), running.work
        for _ in range(0 if given_up else 2):
            running.id, running.found, running.work = line["id"], [], work
            try:
                running.line(json.dumps(line).encode())
                break
            except checker.Rejected:
                top, below = running.found
                line["print"] = top * pow(below, -1, PRIME) % PRIME
            except checker.Unreadable:
                given_up = True
                break
        yield json.dumps(line)
