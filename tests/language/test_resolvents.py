"""Claims about inverses of sums: proved, certified, rechecked; slightly wrong ones are refuted."""

import json

import pytest

import symicl as si
from checker.conftest import checker  # noqa: F401
from checker.corruption import Certificate
from checker.test_corpus import outcomes
from symicl.certificates.coordinates import recheck
from symicl.language.judge import CANCELLED, SAME

HEAD = """
dims d, n
H, Psi : covariance(d)
A : matrix(n, d)
B : matrix(d, n)
M : matrix(d, d)
u, v : vector(d)
D, L : diagonal(d)
J : diagonal(d, positive)
a, c : scalar(positive)
let R = inv(H + a I)
let S = inv(H + c I)
"""

TRUE = {
    "(H + I) inv(H + I) = I": "(H + I) inv(H + I) = 2 I",
    "H inv(Psi H + a I) = inv(H Psi + a I) H": "H inv(H Psi + a I) = inv(Psi H + a I) H",
    "B inv(A B + a I) = inv(B A + a I) B": "B inv(A B + a I) = inv(B A + c I) B",
    "D inv(L + a I) = inv(L + a I) D": "D inv(L + a I) = inv(L + c I) D",
    "tr(D inv(L + a I) M) = tr(inv(L + a I) M D)": "tr(D inv(L + a I) M) = tr(inv(D + a I) M D)",
    "v' D inv(L + D + a I) D v = v' D D inv(L + D + a I) v": "v' D inv(L + D + a I) D v = v' D inv(L + D + a I) v",
    "inv(J) inv(L + a I) J M = inv(L + a I) M": "inv(J) inv(L + a I) J M = M inv(L + a I)",
    "H R = I - a R": "H R = I + a R",
    "R - S = (c - a) R S": "R - S = (a - c) R S",
    "tr(M H inv(Psi H + a I)) = tr(H M' inv(H Psi + a I))": "tr(M H inv(Psi H + a I)) = tr(H M' inv(Psi H + a I))",
    "tr(inv(A B + a I)) - n/a = tr(inv(B A + a I)) - d/a": "tr(inv(A B + a I)) = tr(inv(B A + a I))",
    "tr(B inv(A B + a I) A) = d - a tr(inv(B A + a I))": "tr(B inv(A B + a I) A) = n - a tr(inv(B A + a I))",
    "inv(H) R = 1/a (inv(H) - R)": "inv(H) R = 1/a (inv(H) + R)",
    "Psi inv(a H Psi + c I) = inv(a H + c inv(Psi))": "Psi inv(a H Psi + c I) = inv(a Psi + c inv(H))",
    "inv(M H + Psi H) = inv(H) inv(M + Psi)": "inv(M H + Psi H) = inv(M + Psi) inv(H)",
    "inv(M H + M Psi) M = inv(H + Psi)": "M inv(M H + M Psi) = inv(H + Psi)",
    "inv(Psi) inv(inv(H) + inv(Psi)) inv(H) = inv(H + Psi)": "inv(inv(H) + inv(Psi)) = H + Psi",
    "H inv(H + Psi) Psi = Psi inv(H + Psi) H": "H inv(H + Psi) Psi = Psi inv(H + Psi) Psi",
    "inv(H^2 + a H + I) H^2 + (a H + I) inv(H^2 + a H + I) = I": "inv(H^2 + a H + I) H^2 = I",
    "tr(inv(M - M' + M Psi M') H) = tr(H inv(M' - M + M Psi M'))": "tr(inv(M - M' + M Psi H) H) = 1",
    "B' inv(B B') B B' = B'": "B' inv(B B') B = I",
    "inv(M + u v') = inv(M) - inv(M) u v' inv(M)/(1 + v' inv(M) u)": "inv(M + u v') = inv(M) - inv(M) u v' inv(M)",
    "inv(a I + u u') = 1/a (I - 1/(a + u' u) u u')": "inv(a I + u u') = 1/a (I + 1/(a + u' u) u u')",
    "inv(H^2 + (a + c) H + a c I) = R S": "inv(H^2 + (a + c) H + a c I) = R S + S R",
    "(c - a) tr(M inv(H^2 + (a + c) H + a c I)) = tr(R M) - tr(S M)": "(c - a) tr(M R S) = tr(R M) + tr(S M)",
    "inv(H + B B') = inv(H) - inv(H) B inv(I + B' inv(H) B) B' inv(H)": "inv(H + B B') = inv(H) - inv(H) B B' inv(H)",
    "inv(H + B B') B = inv(H) B inv(I + B' inv(H) B)": "inv(H + B B') B = inv(H) B inv(I + B' H B)",
    "inv(H + Psi + a I) - R = -R Psi inv(H + Psi + a I)": "inv(H + Psi + a I) - R = R Psi inv(H + Psi + a I)",
    "inv(B' inv(H) B + a I) B' inv(H) = B' inv(B B' + a H)": "inv(B' inv(H) B + a I) B' inv(H) = B' inv(B B' + H)",
}

UNCERTIFIED = {
    "inv(R + S) (2 H + (a + c) I) = (H + a I) (H + c I)": "inv(R + S) (2 H + a I) = (H + a I) (H + c I)",
    "inv(I + R) = I - inv(H + (a + 1) I)": "inv(I + R) = I - inv(H + a I)",
}
"""No checker knows that the inverse of a sum with such an inverse in it exists."""

B1 = """
dims N, M, d
Lambda : covariance(d)
w : vector(d)
X ~ gaussian(M, d, col_cov = Lambda)
x ~ N(0, Lambda)
let Gamma = (1 + 1/N) Lambda + tr(Lambda)/N I
let S = Lambda w w' Lambda + (w' Lambda w) Lambda
let risk = E[(x' Gamma^-1 X' X w/M - w' x)^2]
"""
B1_RISK = (
    "risk = (1/M) tr(S Gamma^-2 Lambda) + (1/N^2) (w' Gamma^-2 Lambda^3 w"
    " + 2 tr(Lambda) w' Gamma^-2 Lambda^2 w + tr(Lambda)^2 w' Gamma^-2 Lambda w)"
)
B2 = """
dims N, d
H : covariance(d)
G : matrix(d, d)
psi, s : scalar(positive)
X ~ gaussian(N, d, col_cov = H)
x ~ N(0, H)
w ~ N(0, psi I_d)
e ~ N(0, s I_N)
let Q = (tr(H) + s/psi)/N I + (N + 1)/N H
let risk = E[(x' G X' (X w + e)/N - w' x)^2]
let best = E[(x' Q^-1 X' (X w + e)/N - w' x)^2]
"""
B2_EXCESS = "risk - best = psi tr(H (G - Q^-1) H Q (G - Q^-1)')"


@pytest.mark.parametrize("text", TRUE | UNCERTIFIED)
def test_a_true_claim_is_proved_and_a_wrong_one_is_refuted(text):
    assert si.check(f"{HEAD}claim {text}")[0].verdict == "proved"
    found = si.check(f"{HEAD}claim {(TRUE | UNCERTIFIED)[text]}")[0]
    assert found.verdict == "refuted" and found.counterexample is not None


def test_the_rule_says_that_the_inverses_have_to_exist():
    found = si.check(f"{HEAD}claim H R = I - a R")[0]
    assert found.rule == CANCELLED and "wherever the inverses exist" in found.rule
    assert si.check(f"{HEAD}claim H R = R + H R - R")[0].rule == SAME


def written(head, claims):
    text = head + "".join(f'claim "{i}": {text}\n' for i, text in enumerate(claims))
    return si.check(text, certificate=True)


@pytest.fixture(scope="module")
def all_true():
    return written(HEAD, TRUE)


def test_the_certificate_is_accepted_and_nothing_is_asserted(checker, all_true):  # noqa: F811
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in all_true.certificate.splitlines()])
    assert len(running.stated) == len(TRUE)
    assert running.asserted == []
    # What is divided by on the way is said; R − S = (c − a) R S holds for c = a as well.
    conditions = {text for _, text in running.conditions}
    assert "M + u*v^T has an inverse" in conditions and "-1*a + c is not zero" not in conditions


def test_inverses_of_sums_of_inverses_are_asserted(checker):  # noqa: F811
    result = written(HEAD, [*UNCERTIFIED, "H R = I - a R"])
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
    assert len(running.asserted) == len(UNCERTIFIED) and len(running.stated) == 1


def test_letters_that_are_taken_off_and_put_back_come_to_an_end(checker):  # noqa: F811
    """R x = S and S = y R would go round in circles."""
    inverses = "inv(H Psi + a I) inv(inv(H) + Psi) inv(H Psi + a I)"
    right = "1/(a - 1) (inv(H Psi + I) H inv(H Psi + a I) - inv(H Psi + a I) H inv(H Psi + a I))"
    result = written(HEAD, [f"{inverses} = {right}"])
    assert result[0].verdict == "proved"
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
    assert running.asserted == [] and running.work < 100_000


def test_the_second_engine_agrees(all_true):
    found = recheck(all_true.certificate.splitlines())
    assert found.facts >= len(TRUE)


def test_the_pins_of_pretrained_transformers(checker):  # noqa: F811
    """The test risk of a trained transformer, and the excess risk of a preconditioner."""
    for head, claim in ((B1, B1_RISK), (B2, B2_EXCESS)):
        result = written(head, [claim])
        assert result[0].verdict == "proved"
        running = checker.Checker()
        running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
        assert running.asserted == []


@pytest.mark.parametrize(
    ("head", "claim"),
    [
        (B1, B1_RISK.replace("2 tr(Lambda)", "tr(Lambda)")),
        (B1, B1_RISK.replace("(1/M)", "(1/N)")),
        (B2, B2_EXCESS.replace("H Q", "Q")),
        (B2, B2_EXCESS.replace("psi tr", "tr")),
    ],
)
def test_versions_of_the_pins_that_are_wrong_are_refuted(head, claim):
    assert si.check(f"{head}claim {claim}")[0].verdict == "refuted"


def is_true(case, certificate, running):
    """True if another value that is named in a line equals the one in its place, as a claim says."""
    if not case.name.endswith(": another value"):
        return False
    before, after = (json.loads(lines[case.first - 1]) for lines in (certificate.lines, case.lines))
    changed = [(before[key], after[key]) for key in before if before[key] != after[key]]
    return all(
        type(new) is int and new in running.values and running.same(running.values[old], running.values[new])
        for old, new in changed
    )


@pytest.mark.parametrize(("head", "claims"), [(HEAD, list(TRUE)[:8]), (B2, [B2_EXCESS])])
def test_corrupted_certificates_are_rejected(checker, head, claims):  # noqa: F811
    certificate = Certificate(written(head, claims).certificate)
    running = checker.Checker()
    running.check(certificate.lines)
    cases = [case for case in certificate.corruptions(per_kind=1) if not is_true(case, certificate, running)]
    assert len(cases) >= 150
    accepted = [name for name, text in outcomes(checker, certificate, cases).items() if text == "accepted"]
    assert accepted == []


def test_a_quotient_that_the_checkers_would_not_take_is_asserted(checker):  # noqa: F811
    result = written(HEAD, ["inv(H Psi + a I + u v') (H Psi + a I + u v') = I"])
    assert result[0].verdict == "proved"
    assert result.certificate is None or '"rule":"asserted"' in result.certificate
    assert all(json.loads(line)["rule"] != "stated" for line in (result.certificate or "").splitlines()[1:])
