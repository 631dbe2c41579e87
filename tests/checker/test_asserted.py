"""What certificates only assert, and facts that a wrong version of which is rejected."""

import pytest

from checker.checked import checked
from checker.conftest import certificate_of
from symicl.certificates.checkers.proof.values import Value
from symicl.statements import all_theorems


def only_asserted(certificate):
    asserted = (e for e in certificate.entries if e.get("rule") == "asserted")
    return [e["claim"] for e in asserted if e.keys().isdisjoint({"phases", "samples"})]


@pytest.mark.parametrize("theorem_id", [t.id for t in all_theorems()])
def test_nothing_else_is_only_asserted(theorem_id):
    assert not only_asserted(certificate_of(theorem_id))


FACTS = [
    ("zheng2024.limit", "F(u)=R"), ("zheng2024.limit", "saddle"), ("zheng2024.limit", r"\tilde b^{2}={u^{*}}^{2}"),
    ("zheng2024.limit", "add up to 1"), ("zheng2024.limit", "is positive, and so is the gradient"),
    ("zheng2024.limit", "whichever coordinate has"), ("zheng2024.not_gd", r"so does $\partial^{2}P_0"),
    ("zheng2024.not_gd", r"P_0/\partial \alpha$ vanishes"),
    ("zheng2024.not_gd", "the first of the two is positive"), ("zheng2024.not_gd", "$d=2$, $T=4$: $f$ has exactly one"),
    ("zheng2024.stability", "$d=5$, $T=4$ weights on"), ("zheng2024.stability", r"\delta^{2}L$ is negative"),
    ("zheng2024.stability", r"$\partial L/\partial \beta$ vanishes"),
    ("sander2024.augmented", "less that at the optimum"),
    ("sander2024.augmented", "the derivative by $u_{1}$"),
    ("sander2024.augmented", r">0$ for $T_{\max}\ge2$"), ("sander2024.augmented", "below that of all diagonal"),
    ("sander2024.augmented", "is a sum of 17 squares"), ("sander2024.augmented", "the weights are positive"),
    ("sander2024.orthogonal", "for all $G$, $Z$"), ("sander2024.orthogonal", "its derivative in $c$"),
    ("sander2024.positions", "its exponent minus"), ("sander2024.unitary", "for every matrix $C$"),
    ("sander2024.unitary", r"\sum_{i,j}(p_{T-1}C_{ij})^2"), ("sander2024.unitary", r"\lVert\Pi\rVert_F^2=\rho"),
    ("sander2024.orthogonal", r"vanishes at a minimiser"), ("sander2024.orthogonal", r"\Pi X-X"),
    ("sander2024.orthogonal", r"r\ne\pm1$"), ("sander2024.orthogonal", r"\lVert V-KL\rVert_F^2="),
    ("sander2024.positions", "these weights alone"),
    ("sander2024.positions", "positive for"), ("sander2024.positions", r"the rate $\frac{2k}"),
    ("zhang2024.gd_beta", "does not occur in its numerator"),
    ("zhang2024.gradient_flow", "multiple of $Hv$"), ("zhang2024.gradient_flow", "grows like the square"),
    ("zhang2024.gradient_flow", "half-way"), ("zhang2024.lsa_gap", "first variation"),
    ("zhang2024.lsa_gap", "affine in $t$"), ("zhang2024.lsa_gap", "the value at $t$ is the mean"),
    ("zhang2024.lsa_gap", "free of $t$"), ("zhang2024.lsa_gap", r"-\tau^{3}\ge0"), ("zhang2024.lsa_gap", "both limits"),
    ("zhang2024.lsa_gap", "polynomial in $c$"), ("zhang2024.lsa_gap", r"no $\Gamma$ does better"),
    ("zhang2024.lsa_gap", "does not contain $t$"), ("zhang2024.ltb", "relaxation"),
    ("zhang2024.ltb", "is their sum"), ("zhang2024.ltb", r"\operatorname{tr}(HSHS)$"),
    ("zhang2024.ltb", r"$\Gamma^{*}$ is symmetric"), ("zhang2024.ltb", "with and without the mask"),
]  # fmt: skip
"""Facts that were decided outside of words and are handed over as equalities and signs: a part of each claim."""


@pytest.mark.parametrize(("theorem_id", "claim"), FACTS)
def test_a_fact_that_is_slightly_wrong_is_rejected(checker, theorem_id, claim):
    """One is added to the left side, or the sign is turned around."""
    certificate = certificate_of(theorem_id)
    found = [e for e in certificate.entries if claim in e.get("claim", "")]
    assert found and all(e["rule"] in ("equal", "sign") for e in found)
    for entry in found:
        running = checked(theorem_id).at(entry["id"])
        running.id = entry["id"]
        side = "left" if entry["rule"] == "equal" else "of"
        value = running.values[entry[side]]
        if side == "left":
            size = value.rows, value.cols
            letters = [((), (x,)) for x, letter in running.letters.items() if letter.size == size != (1, 1)]
            unit = ((), ()) if value.rows == value.cols else letters[0]
            wrong = running.sum(value, Value(*size, {unit: 1}))
        else:
            wrong = running.product(running.number(-1), value)
        running.values[10**5], running.lines[10**5], running.origins[10**5] = wrong, {"rule": "data"}, set()
        with pytest.raises(checker.Rejected, match=r"the two sides differ|a coefficient is negative"):
            running.entry({**entry, side: 10**5})
        running.id = entry["id"]
        running.entry(entry)
