"""Letters that satisfy an equation: what words become by it, and what is refused of them."""

from __future__ import annotations

from functools import partial

import pytest

import symicl as si
from checker.conftest import checker  # noqa: F401
from checker.corruption import Certificate
from checker.test_corpus import outcomes
from checker.test_rules import Log, run
from checker.test_rules import case as any_case
from symicl.certificates.coordinates import recheck
from symicl.errors import EnginesDisagreeError

CASES = {}
case = partial(any_case, cases=CASES)
NO_SUCH = "no matrix of this size satisfies it"
ANOTHER = "the two sides differ"
ZERO = "it is zero where some letters are identities, or 0"


def projector(log, size="d", rank="r", **more):
    return log.matrix("P", size, size, symmetric=True, satisfies="projector", rank=rank, **more)


def of(log, equation, rows="d", cols="d", name="O", **more):
    return log.matrix(name, rows, cols, satisfies=equation, **more)


def diagonal(log, name="D", **more):
    return of(log, "diagonal", name=name, symmetric=True, **more)


def open_word(log, rows, cols, *word, number=1):
    return log.terms(rows, cols, [number, [], list(word)])


def equal(log, left, right):
    log("equal", claim="c", left=left, right=right)


# --- what words become ------------------------------------------------------------------------------------


@case()
def a_projector(log):
    log.size(), log.size("r")
    P, A = projector(log), log.matrix("A")
    equal(log, log.number(1, [P, A, P, P]), log.number(1, [A, P]))
    equal(log, log.number(3, [P, P], [P]), log.number(3, [log.entries_named["r"]], [log.entries_named["r"]]))


@case(ANOTHER)
def whose_trace_is_its_size(log):
    d = log.size()
    log.size("r")
    equal(log, log.number(1, [projector(log)]), d)


@case(ANOTHER)
def that_commutes(log):
    log.size(), log.size("r")
    P, A = projector(log), log.matrix("A")
    equal(log, open_word(log, "d", "d", P, A, P), open_word(log, "d", "d", A, P))


@case()
def a_projector_of_rank_two(log):
    log.size()
    equal(log, log.number(5, [projector(log, rank=2)]), log.number(10))


@case(ANOTHER)
def of_rank_two_and_not_of_one(log):
    log.size()
    equal(log, log.number(1, [projector(log, rank=2)]), log.number(1))


@case()
def an_orthogonal_letter(log):
    log.size()
    O, A = of(log, "orthogonal"), log.matrix("A")
    equal(log, open_word(log, "d", "d", A, -O, O, O, -O), A)
    equal(log, log.number(1, [O, A, -O]), log.number(1, [A]))


@case(ANOTHER)
def that_is_symmetric(log):
    log.size()
    O = of(log, "orthogonal")
    equal(log, open_word(log, "d", "d", O, O), log.terms("d", "d", [1, [], []]))


@case()
def orthonormal_columns(log):
    log.size(), log.size("r")
    U = of(log, "orthonormal", cols="r")
    equal(log, open_word(log, "d", "d", U, -U, U, -U), open_word(log, "d", "d", U, -U))
    equal(log, open_word(log, "r", "r", -U, U), log.terms("r", "r", [1, [], []]))
    equal(log, log.number(1, [U, -U]), log.entries_named["r"])


@case(ANOTHER)
def that_are_rows_as_well(log):
    log.size(), log.size("r")
    U = of(log, "orthonormal", cols="r")
    equal(log, open_word(log, "d", "d", U, -U), log.terms("d", "d", [1, [], []]))


@case(ANOTHER)
def whose_projector_has_full_rank(log):
    d = log.size()
    log.size("r")
    U = of(log, "orthonormal", cols="r")
    equal(log, log.number(1, [U, -U]), d)


@case()
def diagonal_letters(log):
    log.size()
    D, E, A = diagonal(log), diagonal(log, "E"), log.matrix("A")
    equal(log, open_word(log, "d", "d", E, D, A), open_word(log, "d", "d", D, E, A))
    equal(log, log.number(1, [E, A, D]), log.number(1, [A, E, D]))
    inverse = log("letter", name="D1", rows="d", cols="d", symmetric=True, inverse_of=D)
    equal(log, open_word(log, "d", "d", inverse, E, D), E)
    equal(log, log.number(1, [D, A, E, inverse]), log.number(1, [A, E]))


@case(ANOTHER)
def that_commute_with_others(log):
    log.size()
    D, A = diagonal(log), log.matrix("A")
    equal(log, open_word(log, "d", "d", D, A), open_word(log, "d", "d", A, D))


@case()
def a_vector_of_given_norm(log):
    log.size()
    c = log.scalar("c", at_least=0)
    v = of(log, "norm", cols=1, square=log.number(4, [c], [c]))
    equal(log, log.number(1, [v, -v], [v, -v]), log.number(16, [c], [c], [c], [c]))
    A = log.matrix("A")
    equal(log, open_word(log, "d", "d", A, v, -v, v, -v), log.terms("d", "d", [4, [[c], [c]], [A, v, -v]]))


@case(ANOTHER)
def of_another_norm(log):
    log.size()
    c = log.scalar("c", at_least=0)
    v = of(log, "norm", cols=1, square=log.number(4, [c], [c]))
    equal(log, log.number(1, [v, -v]), log.number(2, [c], [c]))


# --- what is refused ----------------------------------------------------------------------------------------


@case("it satisfies another equation, or none")
def an_unknown_equation(log):
    log.size()
    of(log, "idempotent")


@case("it satisfies another equation, or none")
def a_number_that_satisfies_one(log):
    log.scalar("c", satisfies="orthogonal")


@case(NO_SUCH)
def a_projector_that_is_not_symmetric(log):
    log.size(), log.size("r")
    of(log, "projector", rank="r")


@case(NO_SUCH)
def a_rank_above_the_size(log):
    projector(log, 2, 3)


@case("a projector has a rank, a vector of given norm its square, others none")
def a_projector_without_a_rank(log):
    log.size()
    of(log, "projector", symmetric=True)


@case("a projector has a rank, a vector of given norm its square, others none")
def an_orthogonal_letter_with_a_rank(log):
    log.size()
    of(log, "orthogonal", rank=2)


@case("it is assumed to be symmetric, too")
def a_symmetric_orthogonal_letter(log):
    log.size()
    of(log, "orthogonal", symmetric=True)


@case(NO_SUCH)
def more_orthonormal_columns_than_rows(log):
    of(log, "orthonormal", 2, 3)


@case(NO_SUCH)
def a_matrix_of_given_norm(log):
    log.size()
    of(log, "norm", square=log.number(1))


@case("the square is no product of what is at least 0")
def a_negative_square(log):
    log.size()
    of(log, "norm", cols=1, square=log.number(-1))


@case("the square is no product of what is at least 0")
def a_square_of_any_sign(log):
    log.size()
    of(log, "norm", cols=1, square=log.number(1, [log.scalar("c")]))


@case("the square is no product of what is at least 0")
def a_square_that_is_a_sum(log):
    log.size()
    c = log.scalar("c", at_least=0)
    of(log, "norm", cols=1, square=log.terms(1, 1, [1, [[c]], []], [1, [], []]))


@case("the letter has two meanings")
def an_invertible_projector(log):
    log.size(), log.size("r")
    projector(log, invertible=True)


@case("the letter has two meanings")
def a_random_orthogonal_letter(log):
    log.size()
    of(log, "orthogonal", law={"row_cov": 0, "col_cov": 0, "scale": log.number(1)})


@case("it has no inverse, or has one")
def the_inverse_of_a_projector(log):
    log.size(), log.size("r")
    log("letter", name="Q", rows="d", cols="d", symmetric=True, inverse_of=projector(log))


@case("P satisfies an equation")
def a_projector_that_is_replaced(log):
    log.size(), log.size("r")
    P, S = projector(log), log.matrix("S", symmetric=True)
    log("substitute", of=log.number(1, [P, S]), letters=[[P, S]])


@case("c is inside of another letter, or an inverse")
def the_norm_of_a_letter_that_is_replaced(log):
    """Else v'v, which is c², would be 4 where c = 2, and v'Av with A = I still c²."""
    log.size()
    c = log.scalar("c", at_least=0)
    v = of(log, "norm", cols=1, square=log.number(1, [c], [c]))
    value = log.terms(1, 1, [1, [[c], [c]], []], [-1, [[-v, log.matrix("A"), v]], []])
    log("substitute", of=value, letters=[[c, log.number(2)]])


@case("r is inside of another letter, or an inverse")
def the_rank_of_a_letter_that_is_replaced(log):
    log.size()
    r = log.size("r")
    value = log.terms(1, 1, [1, [[r]], []], [1, [[projector(log), log.matrix("A")]], []])
    log("substitute", of=value, letters=[[r, log.number(2)]])


@case()
def a_condition_on_a_projector(log):
    """It holds somewhere where P = I."""
    log.size(), log.size("r")
    P, A = projector(log), log.matrix("A")
    log("over", of=log.number(1), by=log.number(1, [P, A]))


@case("it is not shown that tr(A^T*u*u^T) is not zero: u is related to other letters")
def a_condition_on_a_unit_vector(log):
    log.size()
    u, A = of(log, "norm", cols=1, name="u", square=log.number(1)), log.matrix("A")
    log("over", of=log.number(1), by=log.number(1, [-u, A, u]))


@case(f"it is not shown that -1*tr(A^T*A^T) + tr(A^T*O^T*A^T*O) is not zero: {ZERO}")
def a_condition_that_fails_for_identities(log):
    log.size()
    O, A = of(log, "orthogonal"), log.matrix("A")
    log("over", of=log.number(1), by=log.terms(1, 1, [1, [[A, A]], []], [-1, [[O, A, -O, A]], []]))


@case(f"what it is the inverse of may never have one: {ZERO}")
def the_inverse_of_a_product_with_a_projector(log):
    log.size(), log.size("r")
    P, A, S = projector(log), log.matrix("A"), log.matrix("S")
    total = log.terms("d", "d", [1, [], [P, A]], [2, [], [P, S]])
    log("letter", name="Q", rows="d", cols="d", inverse_of=total)


@case("what it is the inverse of may never have one: a trace stands beside a projector")
def the_inverse_of_a_sum_with_traces_beside_a_projector(log):
    log.size(), log.size("r")
    P, A = projector(log), log.matrix("A")
    total = log.terms("d", "d", [1, [[A]], []], [2, [], [P]])
    log("letter", name="Q", rows="d", cols="d", symmetric=True, inverse_of=total)


@case()
def the_inverse_of_a_sum_with_a_projector(log):
    log.size(), log.size("r")
    P = projector(log)
    total = log.terms("d", "d", [1, [], []], [2, [], [P]])
    log("letter", name="Q", rows="d", cols="d", symmetric=True, inverse_of=total)


@case(f"what it is the inverse of may never have one: {ZERO}")
def the_inverse_of_a_multiple_of_a_projector(log):
    log.size(), log.size("r")
    twice = open_word(log, "d", "d", projector(log), number=2)
    log("letter", name="Q", rows="d", cols="d", symmetric=True, inverse_of=twice)


@case("the letter is still there, or the sizes differ")
def what_is_cut_out_at_a_diagonal_letter(log):
    """tr(M D) says nothing of M off its diagonal."""
    log.size()
    D, A = diagonal(log), log.matrix("A")
    log("cut", of=log.number(1, [A, D]), letter=D, rows="d", cols="d", terms=[[1, [], [A]]])


@case("a product of traces is a multiple of another one")
def an_expectation_whose_constant_is_a_number(log):
    log.size()
    w = of(log, "norm", cols=1, square=log.number(9))
    z = log("letter", name="z", rows="d", cols=1, law={"row_cov": 0, "col_cov": 0, "scale": log.number(1)})
    log("stein", letter=z, words=[[-z, w, -w, w, -w, z]], place=[0, 0], equals=[[9, [[-w, w]], 0]])


class Named(Log):
    """Entries, and the ids of the scalars among them."""

    def scalar(self, name, **more):
        self.entries_named[name] = super().scalar(name, **more)
        return self.entries_named[name]


@pytest.mark.parametrize("name", CASES)
def test_cases(checker, name, monkeypatch):  # noqa: F811
    build, sentence = CASES[name]
    log = Named()
    build(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found == sentence
    assert found is None or running.id == len(log.entries) + 1


# --- whole certificates -------------------------------------------------------------------------------------

HEAD = """dims n, d, r
P : projector(d, r)
O : orthogonal(d)
U : semi_orthogonal(d, r)
D : diagonal(d)
L : diagonal(d, positive)
u : unit_vector(d)
w : vector(d, norm = 3)
e : ones(n)
x ~ N(0, I_d)
X ~ gaussian(n, d, col_cov = P)
y ~ N(0, L)
"""
PROVED = """claim E[(x' P x)^2] = r^2 + 2 r
claim E[X' e e' X] = n P
claim E[(w' x)^4] = 243
claim E[(x' O P O' x)^3] = r^3 + 6 r^2 + 8 r
claim E[x' U U' x] = tr(U' U)
claim E[(y' D y) y' L y] = tr(L D) tr(L^2) + 2 tr(D L^3)
claim u' D L u = u' L D u
"""


@pytest.fixture(scope="module")
def real():
    result = si.check(HEAD + PROVED, certificate=True)
    assert {claim.verdict for claim in result} == {"proved"}
    return result.certificate


def test_both_take_a_whole_certificate(checker, real):  # noqa: F811
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in real.splitlines()])
    assert len(running.stated) == PROVED.count("claim") and running.asserted == []
    report = "\n".join(running.report())
    for told in (
        "P^2 = P, of rank r",
        "O'O = O O' = I",
        "U'U = I",
        "v'v = 9",
        "each entry is 1",
        "diagonal, invertible",
    ):
        assert told in report
    agreement = recheck(real.splitlines())
    assert agreement.moments >= 10 and agreement.undetermined == 0


def test_corrupted_ones_are_rejected(checker, real):  # noqa: F811
    certificate = Certificate(real)
    cases = list(certificate.corruptions(per_kind=1))[::8]
    assert len(cases) > 20
    assert [name for name, text in outcomes(checker, certificate, cases).items() if text == "accepted"] == []


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ('"satisfies":"projector","rank":"r"', '"satisfies":"projector","rank":"d"'),
        (',"satisfies":"orthogonal"', ""),
        (',"satisfies":"orthonormal"', ""),
        (',"satisfies":"ones"', ""),
    ],
)
def test_the_second_engine_finds_what_another_equation_makes_wrong(real, there, instead):
    """Its instances satisfy what the letters say, and no more."""
    assert there in real
    with pytest.raises(EnginesDisagreeError):
        recheck(real.replace(there, instead).splitlines())
