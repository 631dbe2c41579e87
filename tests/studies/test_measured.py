"""The measurements beside the theorems of Sander et al.: right where the theory speaks, and able to miss it."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from symicl.errors import InputError
from symicl.numeric_checks.sander2024.measured import non_commuting, softmax
from symicl.numeric_checks.sander2024.measured.rows import Row, quotient, show, sizes
from symicl.proofs.sander2024.augmented import T_max, theorem
from symicl.studies import Estimate


def by_name(rows, part):
    return [row for row in rows if part in row.name]


def test_one_step_on_commuting_matrices_is_that_of_the_theorem():
    rows = non_commuting.measure(d=4, T_max=8, sequences=6000)
    assert len(rows) == 6
    claimed = [row for row in rows if row.is_claimed]
    assert len(claimed) == 4 and all(row.agrees for row in claimed), [str(row) for row in rows]
    haar = by_name(rows, "haar")
    assert haar[0].distance < -20  # a smaller step
    assert len(non_commuting.measure(d=3, T_max=4, sequences=500)) == 4  # no pairs


def test_a_wrong_step_is_seen():
    wrong = replace(theorem, states={**theorem.states, "u": 3 / (2 * T_max)})
    rows = non_commuting.measure(d=4, T_max=8, sequences=6000, stated=wrong)
    assert not by_name(rows, "unitary: best u")[0].agrees


def test_the_linear_theory_at_one_time():
    for d, t in ((2, 2), (4, 7), (3, 5)):
        assert softmax.linear_theory(d, t) == pytest.approx((d - 1) / (t + d - 2))


def test_softmax_and_linear_attention():
    rows = softmax.measure(d=4, T_max=8, sequences=6000)
    claimed = [row for row in rows if row.is_claimed and row.theory is not None]
    assert len(claimed) == 8 and all(row.agrees for row in claimed), [str(row) for row in rows]
    paired = by_name(rows, "paired")
    assert len(paired) == 8 and all(row.theory is None and row.measured.error > 0 for row in paired)
    # For commuting matrices the softmax never comes near; for Haar matrices it does.
    assert all(row.measured.mean > 10 * row.measured.error for row in by_name(paired, "orthogonal"))
    wrong = softmax.measure(d=4, T_max=8, sequences=6000, theory=lambda d, t: d / (t + d - 1))
    assert not all(row.agrees for row in by_name(wrong, "linear, u") if row.is_claimed)


def nearest_errors(s: np.ndarray, t: int) -> np.ndarray:
    """‖s_i − s_t‖² / d for the earlier vector s_i that is most aligned with s_t."""
    scores = np.einsum("nid,nd->ni", s[:, : t - 1].conj(), s[:, t - 1]).real
    nearest = s[np.arange(len(s)), scores.argmax(1)]
    return (abs(nearest - s[:, t - 1]) ** 2).sum(1) / s.shape[-1]


def test_the_softmax_of_large_scores_is_the_nearest_vector():
    x = np.random.default_rng(0).standard_normal((50, 6, 3))
    s = x / np.linalg.norm(x, axis=-1, keepdims=True)
    s[:, 1:] = s[:, :-1] @ np.linalg.qr(x[0, :3])[0].T  # an isometry takes each vector to the next
    for k in range(1, 6):
        s[:, k] = s[:, k - 1] @ np.linalg.qr(x[0, :3])[0].T
    assert np.allclose(softmax.softmax_errors(s, 5, 1e7), nearest_errors(s, 5), atol=1e-6)


def test_quotients_have_their_error():
    rng = np.random.default_rng(1)
    found = []
    for _ in range(200):
        bottom = 2 + rng.standard_normal(400)
        found.append(quotient(3 * bottom + rng.standard_normal(400), bottom))
    means = np.array([f.mean for f in found])
    assert means.mean() == pytest.approx(3, abs=0.01)
    assert np.std(means) == pytest.approx(np.mean([f.error for f in found]), rel=0.25)


def test_rows_and_bad_input(capsys):
    row = Row("a mean", Estimate(1.0, 0.1, 100), 2.0)
    assert not row.agrees and row.distance == pytest.approx(-10)
    assert "differs" in str(row) and "±" in str(row)
    assert sizes([]) == (4, 10) and sizes(["3", "7"]) == (3, 7)
    for wrong in (["3"], ["0", "4"], ["3", "1"], ["x", "4"], ["3", "4", "5"]):
        with pytest.raises(InputError, match="two whole numbers"):
            sizes(wrong)
    assert show(lambda *_: [row], 100, ["3", "1"]) == 2
    assert "give two whole numbers" in capsys.readouterr().err
    assert show(lambda *_: [row], 100, []) == 1
    assert show(lambda *_: [replace(row, theory=1.2)], 100, []) == 0


def test_the_command():
    command = [sys.executable, "-m", "symicl.numeric_checks.sander2024.measured.non_commuting", "2", "3"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert found.stdout.count("±") == 7
