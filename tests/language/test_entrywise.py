"""Claims about entries, diagonals, Hadamard and Kronecker products; claims at given sizes alone."""

import pytest

import symicl as si

HEAD = """
dims n, d
S : covariance(d)
A : matrix(d, d)
M : matrix(n, n)
P : projector(d, 1)
s : scalar(positive)
X ~ gaussian(n, d, col_cov = S)
Z, B ~ gaussian(n, d)
x ~ N(0, S)
O ~ haar(d)
let y = diag(Z B')
"""


def check(claim, **options):
    (result,) = si.check(HEAD + f"claim {claim}\n", **options).claims
    return result


TRUE_AND_WRONG = [
    ("E[y' y] = n d", "E[y' y] = n d + 1"),
    ("E[y y'] = d I_n", "E[y y'] = n I_n"),
    ("E[Z' diag(y) diag(y) Z] = n (d + 2) I", "E[Z' diag(y) diag(y) Z] = n (d + 1) I"),
    ("E[hadamard(X, X)] = 1_n diag(S)'", "E[hadamard(X, X)] = 1_n diag(A)'"),
    ("E[hadamard(X' X, A)] = n hadamard(A, S)", "E[hadamard(X' X, A)] = n A S"),
    ("E[tr(hadamard(M, X X'))] = tr(M) tr(S)", "E[tr(hadamard(M, X X'))] = tr(M) tr(S^2)"),
    ("E[kron(x, x)] = vec(S)", "E[kron(x, x)] = vec(A)"),
    (
        "E[kron(x, x) kron(x, x)'] = kron(S, S) + commutation(d, d) kron(S, S) + vec(S) vec(S)'",
        "E[kron(x, x) kron(x, x)'] = 2 kron(S, S) + vec(S) vec(S)'",
    ),
    ("E[vec(X) vec(X)'] = kron(S, I_n)", "E[vec(X) vec(X)'] = kron(I_n, S)"),
    ("E[entry(X, 1, 2)^2] = entry(S, 2, 2)", "E[entry(X, 1, 2)^2] = entry(S, 1, 1)"),
    ("Var[entry(x, 1, 1)^2] = 2 entry(S, 1, 1)^2", "Var[entry(x, 1, 1)^2] = 3 entry(S, 1, 1)^2"),
    ("tr(hadamard(A, S)) = diag(A)' diag(S)", "tr(hadamard(A, S)) = tr(A S)"),
    ("vec(A S) = kron(S, I_d) vec(A)", "vec(A S) = kron(I_d, S) vec(A)"),
    (r"$E[\operatorname{diag}(XX^\top)] = \operatorname{tr}(S) 1_n$", r"$E[\operatorname{diag}(XX^\top)] = d 1_n$"),
]  # fmt: skip


@pytest.mark.parametrize(("true", "wrong"), TRUE_AND_WRONG)
def test_true_and_slightly_wrong(true, wrong):
    assert check(true).verdict == "proved"
    found = check(wrong)
    assert found.verdict == "refuted" and found.counterexample is not None


@pytest.mark.parametrize("wrong", [wrong for _, wrong in TRUE_AND_WRONG if "$" not in wrong])
def test_the_true_side_reads_back(wrong):
    found = check(wrong)
    (side,) = [text for heading, text in found.details() if heading.startswith("the true")]
    left, right = wrong.split(" = ")
    again = f"{side} = {right}" if "left" in found.truth_is else f"{left} = {side}"
    assert check(again).verdict == "proved"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("E[y' y] = n d at n = 3, d = 2", "proved at n = 3, d = 2"),
        ("E[y' y] = 3 d at n = 3, d = 2", "proved at n = 3, d = 2"),
        ("E[y' y] = 3 n at n = 3, d = 2", "refuted"),
        ("E[X' X A X' X] = n^2 S A S + n S A' S + n tr(A S) S at n = 2, d = 2", "proved at n = 2, d = 2"),
        ("E[X' X A X' X] = n^2 S A S + n S A' S + n tr(S) S at n = 2, d = 2", "refuted"),
        ("E[entry(O, 1, 1)^4] = 3/(d (d + 2)) at d = 3", "proved at d = 3"),
        ("E[entry(O, 1, 1)^4] = 3/d^2 at d = 3", "refuted"),
        ("E[Z' Z]/s = (n/s) I at n = 3, d = 2", "proved at n = 3, d = 2"),
        ("E[tr(Z P Z')] = n at n = 2, d = 2", "undecided"),
        ("E[kron(kron(x, x), kron(x, x))] = 0 at d = 1", "refuted"),
    ],
)
def test_at_sizes(claim, verdict):
    found = check(claim)
    assert found.verdict == verdict and not found.proved
    assert str(found).startswith(verdict)
    assert found.document["verdict"] == verdict


def test_proved_at_sizes_is_not_proved():
    text = HEAD + "claim E[Z' Z] = n I\nclaim E[y' y] = 3 d at n = 3, d = 2\n"
    result = si.check(text, certificate=True)
    assert result.verdict == "proved at n = 3, d = 2" and not result.proved
    assert result.claims[0].proved
    assert "3 d" not in result.certificate
    assert si.check(HEAD + "claim E[y' y] = 3 d at n = 3, d = 2\n", certificate=True).certificate is None


def test_a_certificate_asserts_averages_of_entries():
    text = HEAD + "claim E[hadamard(X, X)] = 1_n diag(S)'\n"
    assert si.check(text, certificate=True).certificate is None
    result = si.check(text + "claim E[Z' Z] = n I\n", certificate=True)
    assert '"rule":"asserted"' in result.certificate.replace(" ", "")
    assert "no rule of a certificate takes averages of entries" in result.certificate
    assert result.certificate.replace(" ", "").count('"rule":"stated"') == 1


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("E[Z'Z] = n I at n = 3", "no number is given for d"),
        ("E[Z'Z] = n I at n = 3, q = 2", "unknown symbol q"),
        ("E[Z'Z] = n I at n = 0, d = 2", "n=0 is no size"),
        ("E[Z'Z] = n I at n = 3, n = 3, d = 2", "n is given twice"),
        ("E[Z'Z] = n I at s = 3, d = 2", "s is a scalar, not a dimension"),
        ("E[tr(Z'Z)] >= n at n = 2, d = 2", "equalities are judged"),
        ("Z'Z = n I at n = 2, d = 2", "random stands outside"),
        ("E[Z'Z] = n I at n = 3.5, d = 2", "a size is a whole number"),
        ("E[hadamard(Z, S)] = 0", "two matrices of one shape"),
        ("diag(X) = 0", "takes a square matrix or a column"),
        ("kron(S) = 0", "takes two arguments"),
        ("entry(S, 0, 1) = 0", "counted from 1"),
        ("entry(S, n, 1) = 0", "numbers of a row and a column"),
        ("diag(2) = 0", "takes matrices"),
        ("E[hadamard(X, X)] = I", "n×d matrix, but the right side is a multiple of I"),
        ("hadamard(S, I) = S", "needs its size"),
        ("hadamard(S, S) + s = S", "cannot add two things of different shapes"),
        ("commutation(s, d) = 0", "takes two sizes"),
    ],
)
def test_bad_input(claim, words):
    with pytest.raises(si.ClaimError, match=words):
        check(claim)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("E[kron(kron(x, x), kron(x, x))] = 0", "at n = 3, d = 2"),
        ("E[hadamard(O, A)] = 0", "at n = 3, d = 2"),
        ("E_{Z}[hadamard(Z, X)] = 0", "not over some letters only"),
    ],
)
def test_what_is_outside_names_the_lane(claim, words):
    found = check(claim)
    assert found.verdict == "undecided" and words in found.reason


def test_exit_codes():
    from symicl.cli.codes import FAILURE, SUCCESS, worst

    assert worst(["proved at n = 3, d = 2", "proved"]) == SUCCESS
    assert worst(["proved at n = 3, d = 2", "refuted"]) == FAILURE
