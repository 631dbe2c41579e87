"""Tests in another order are the same tests, with those of a file together."""

from itertools import groupby

from ordering import shuffled

TESTS = [f"{file}{number}" for file in "abcdefgh" for number in range(6)]


def file_of(test):
    return test[0]


def test_nothing_is_lost_and_files_stay_together():
    found = shuffled(TESTS, 1, file_of)
    assert sorted(found) == TESTS
    assert len(list(groupby(found, file_of))) == 8


def test_files_and_what_is_in_them_are_shuffled_and_a_number_says_how():
    found = shuffled(TESTS, 1, file_of)
    assert [f for f, _ in groupby(found, file_of)] != sorted("abcdefgh")
    assert any(
        [t for t in found if file_of(t) == f] != [t for t in TESTS if file_of(t) == f] for f in "abcdefgh"
    )
    assert found == shuffled(TESTS, 1, file_of) != shuffled(TESTS, 2, file_of)
