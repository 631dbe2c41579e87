"""Letters: their numbers follow from what they stand for, whatever was met before."""

import subprocess
import sys

import symicl as si
from symicl.algebra import COLS, ONE, PARTNER, ROWS, dimension, is_transposed, letter

NUMBERS = """
from sympy import Trace
import symicl as si
from symicl.algebra import read_scalar
n, d = si.dims("n d")
names = {order!r}
matrices = {{name: si.matrix(name, (d, d)) for name in names}}
for name in names:
    read_scalar(Trace(matrices[name] * matrices["D"]))
value = read_scalar(n * Trace(matrices["C"] * matrices["B"].T * matrices["A"]) + d)
print(sorted(value.terms.items()))
"""


def numbers_after(order):
    """Terms by number in a process that met the matrices in this order."""
    code = NUMBERS.format(order=order)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_numbers_do_not_depend_on_the_order_of_meeting():
    assert numbers_after("ABCD") == numbers_after("DCBA") == numbers_after("BDAC")


def test_a_transpose_follows_its_letter():
    d, n = si.dims("d n")
    a = letter(si.matrix("Transposable", (d, n)), dimension(d), dimension(n))
    assert PARTNER[a] == a + 1 and PARTNER[a + 1] == a
    assert (ROWS[a], COLS[a]) == (COLS[a + 1], ROWS[a + 1])
    assert is_transposed(a + 1) and not is_transposed(a)


def test_letters_come_in_the_order_of_their_names():
    size = dimension(si.dims("d"))
    letters = [letter(si.vector(name, si.dims("d")), size, ONE) for name in ("alpha", "beta", "w", "x")]
    assert letters == sorted(letters)


def test_meanings_of_one_description_are_different_letters():
    a, b = (letter(si.scalar("twice", positive=positive), ONE, ONE) for positive in (True, False))
    assert a != b and PARTNER[a] == a and PARTNER[b] == b
