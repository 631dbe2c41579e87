"""relu(·) in claims."""

import pytest

import symicl as si

HEAD = """
dims n, d
Sigma : covariance(d)
a : vector(d)
M : matrix(d, d)
sigma2 : scalar(nonnegative)
x ~ gaussian(d, cov = Sigma)
X ~ gaussian(n, d)
q, w ~ gaussian(d)
e ~ gaussian(n, cov = sigma2)
let y = X w + e
"""
TRUE = [
    "E[x relu(a' x)] = Sigma a / 2",
    "E[relu(a' x)^2] = a' Sigma a / 2",
    "E[||x||^2 relu(a' x)^2] = (tr(Sigma) a' Sigma a + 2 a' Sigma^2 a) / 2",
    "E[(y' relu(X M q))^2] = n (n + 2 d + 3 + 2 sigma2) tr(M M') / 4",
    "M = 2/(n + 2 d + 3 + 2 sigma2) I minimises E[(y' relu(X M q) - w' q)^2]",
    "relu(a) - relu(-a) = a",
    "relu(2 a) = 2 relu(a)",
    "E_{X}[relu(X q)' relu(X q)] = n q' q / 2",
]
FALSE = [
    "E[x relu(a' x)] = Sigma a",
    "E[relu(a' x)^2] = a' Sigma a / 4",
    "E[(y' relu(X M q))^2] = n (n + 2 d + 1 + 2 sigma2) tr(M M') / 4",
    "M = 1/(n + d + 1 + sigma2) I minimises E[(y' relu(X M q) - w' q)^2]",
    "relu(a) = a",
    "relu(-2 a) = 2 relu(a)",
]


@pytest.mark.parametrize("claim", TRUE)
def test_true_claims_are_proved(claim):
    assert si.check(f"{HEAD}claim {claim}").verdict == "proved"


@pytest.mark.parametrize("claim", FALSE)
def test_false_claims_are_refuted_with_an_instance(claim):
    found = si.check(f"{HEAD}claim {claim}")
    assert found.verdict == "refuted" and found[0].counterexample


def test_a_mean_with_a_root_is_left_open():
    found = si.check(f"{HEAD}claim E[relu(a' x)] = a' a")
    assert found.verdict == "undecided" and "a root, which is not in the language" in found[0].reason


def test_latex_and_text_are_read_back():
    text = r"$\mathbb{E}[x \operatorname{relu}(a^\top x)] = \Sigma a/2$"
    assert si.check(f"{HEAD}claim {text}").verdict == "proved"
