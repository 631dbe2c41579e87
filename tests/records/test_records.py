"""One row a run: what goes in comes out, and files that are not ours are left alone."""

import math
import sqlite3

import pytest

from symicl.errors import InputError
from symicl.records import Choice, Outcome, Plan, Records, database, fits, schema
from symicl.records.select import read_time


def plan(command="train", **changes):
    fields = {"theorem": "paper.result", "inputs": {"n": "20", "sigma2": "1/4"}, "seed": 3}
    return Plan(command, settings={"steps": 7}, versions={"symicl": "1"}, **{**fields, **changes})


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "runs.db"


@pytest.fixture
def records(file):
    with Records(file) as found:
        yield found


def test_a_run_from_beginning_to_end(records):
    run = records.begin(plan())
    records.add_points(run, [(0, 2.5)])
    records.add_points(run, [(10, math.nan)])
    (row,) = records.rows()
    assert (row["state"], row["verdict"], row["seed"]) == ("running", None, 3)
    records.finish(
        run, Outcome(verdict="reached", conclusion="confirmed", numbers={"x": 0.1, "y": math.inf}, steps=10)
    )
    (row,) = records.rows()
    assert (row["state"], row["verdict"], row["conclusion"]) == ("finished", "reached", "confirmed")
    assert row["inputs"] == {"n": "20", "sigma2": "1/4"}
    assert row["numbers"] == {"x": 0.1, "y": None}
    assert records.points(run)[0] == (0, 2.5)
    assert math.isnan(records.points(run)[1][1])


def test_what_was_cut_off_is_taken_up_again_in_its_row(records):
    first = records.begin(plan())
    assert records.begin(plan(), resume=True) == first
    assert records.begin(plan(seed=4), resume=True) != first
    assert records.begin(plan()) != first
    records.finish(first, Outcome())
    assert records.begin(plan(seed=3, inputs={"n": "21"}), resume=True) != first


def test_a_sweep_records_a_point_once(records):
    assert records.add(plan("sweep"), Outcome("failed", reason="no")) is not None
    assert records.finished(plan("sweep").key) is None
    assert records.add(plan("sweep"), Outcome(numbers={"x": 1})) is not None
    assert records.add(plan("sweep"), Outcome(numbers={"x": 2})) is None
    (row,) = records.rows()
    assert row["numbers"] == {"x": 1}
    assert records.finished(plan("sweep").key)["id"] == row["id"]
    assert records.finished(plan("sweep", seed=5).key) is None


def test_the_file_says_whose_it_is_and_which_format(records, file):
    records.begin(plan())
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA application_id").fetchone() == (0x53594D49,)
    assert connection.execute("PRAGMA user_version").fetchone() == (schema.SCHEMA_VERSION,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def other_program(file):
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE accounts (money)")
    connection.commit()
    connection.close()


def newer(file):
    Records(file).close()
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def damaged(file):
    with Records(file) as records:
        for seed in range(5):
            records.add(plan(seed=seed), Outcome(document={"w": "x" * 50_000}))
    content = bytearray(file.read_bytes())
    content[100:4096] = b"\xff" * 3996
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (other_program, "a database of another program"),
        (newer, "newer version"),
        (damaged, "damaged"),
        (lambda file: file.write_text("name,value\n" * 50), "not a records file"),
        (lambda file: file.mkdir(), "is a folder"),
    ],
    ids=["other program", "newer", "damaged", "text", "folder"],
)
def test_what_is_not_ours_is_refused_and_left_as_it_is(tmp_path, make, sentence):
    file = tmp_path / "file.db"
    make(file)
    before = file.read_bytes() if file.is_file() else None
    for read_only in (False, True):
        with pytest.raises(InputError, match=sentence):
            Records(file, read_only=read_only)
    assert before is None or file.read_bytes() == before


def test_an_older_format_is_brought_up_to_date(file, monkeypatch):
    with Records(file) as records:
        records.begin(plan())
    monkeypatch.setattr(database, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    with pytest.raises(InputError, match="cannot read; it is left alone"):
        Records(file)
    monkeypatch.setattr(
        database,
        "MIGRATIONS",
        {schema.SCHEMA_VERSION: ("ALTER TABLE runs ADD COLUMN place TEXT DEFAULT 'here'",)},
    )
    with pytest.raises(InputError, match="older format"):
        Records(file, read_only=True)
    with Records(file) as records:
        (row,) = records.rows()
        assert (row["place"], row["theorem"]) == ("here", "paper.result")
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA user_version").fetchone() == (schema.SCHEMA_VERSION + 1,)


def test_a_migration_that_fails_changes_nothing(file, monkeypatch):
    with Records(file) as records:
        records.begin(plan())
    before = file.read_bytes()
    monkeypatch.setattr(database, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    broken = ("ALTER TABLE runs ADD COLUMN place TEXT", "ALTER TABLE nothing ADD COLUMN x")
    monkeypatch.setattr(database, "MIGRATIONS", {schema.SCHEMA_VERSION: broken})
    with pytest.raises(InputError):
        Records(file)
    assert file.read_bytes() == before


def test_choosing_runs(records):
    a = records.add(plan(), Outcome(verdict="reached", conclusion="confirmed"))
    b = records.add(plan(theorem="paper.other", inputs={"n": "8"}), Outcome("failed", reason="no"))
    c = records.add(plan(theorem="papers.other", seed=9), Outcome(verdict="unfinished"))

    def chosen(**choice):
        choice = Choice(**choice)
        where, values = choice.where()
        return [row["id"] for row in records.rows(where, values) if fits(row, choice.wanted())]

    assert chosen() == [a, b, c]
    assert chosen(theorem="paper") == [a, b]
    assert chosen(theorem="paper.result") == [a]
    assert chosen(verdict="confirmed") == [a]
    assert chosen(verdict="failed") == [b]
    assert chosen(inputs=("sigma2=0.25",)) == [a, c]
    assert chosen(inputs=("n=20", "seed=9")) == [c]
    assert chosen(inputs=("n=21",)) == []
    assert chosen(since="1d") == [a, b, c]
    assert chosen(since="2999-01-01") == []
    assert chosen(runs=(b, c)) == [b, c]
    assert read_time("2026-03-01T12:00:00+02:00") == "2026-03-01T10:00:00.000Z"
    for bad in ("yesterday", "5 years", "99999999d"):
        with pytest.raises(InputError, match="cannot be read"):
            read_time(bad)
    with pytest.raises(InputError, match="name=value"):
        chosen(inputs=("n",))
