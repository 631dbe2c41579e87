"""Trained weights in time: a derived time that is slightly wrong is not confirmed."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from symicl.numeric_checks.saxe2025.dynamics import experiment, one_head
from symicl.numeric_checks.zhang2023.flow import experiment as ends
from symicl.studies import Mark


def alone(change):
    """The study of one head, with a changed mark."""

    def courses(values):
        course = one_head(values)
        marks = course.marks["effective step"]
        return (replace(course, marks={"effective step": tuple(map(change, marks))}),)

    return replace(experiment, courses=courses, steps=600, batch=512, tolerance=0.035)


def test_one_head_takes_the_derived_time():
    found = alone(lambda mark: mark).run({}, seeds=[0])
    assert found.verdict == "confirmed", found.reason


@pytest.mark.parametrize("name", ["half time", "limit"])
def test_a_number_that_is_one_percent_off_is_contradicted_by_the_derived_flow(name):
    found = alone(lambda mark: replace(mark, derived=1.01 * mark.derived) if mark.name == name else mark).run(
        {}, seeds=[0]
    )
    assert found.verdict == "contradicted" and name in found.reason


def test_a_wrong_number_nearby_cannot_be_told_apart():
    found = alone(lambda mark: replace(mark, wrong={"nearly": 1.01 * mark.derived})).run({}, seeds=[0])
    assert found.verdict == "inconclusive" and "nearly" in found.reason


def test_a_mark_between_two_times():
    times = np.linspace(0, 1, 11)
    values = {"u": times, "v": times**2}
    mark = Mark("time", 0.5, 0.81, after=("u", 0.4))
    assert mark.measured("v", times, values) == pytest.approx(0.5)
    assert Mark("time", 1.0, 2.0).measured("v", times, values) == np.inf


def test_the_flow_from_beyond_the_published_condition_ends_there_too():
    values = ends.values({})
    for course in ends.courses(values):
        path = course.path(np.array([0.0, course.lasts]))
        for quantity, marks in course.marks.items():
            end = course.quantities[quantity](path)[-1]
            assert all(end == pytest.approx(mark.derived, rel=1e-5) for mark in marks)
