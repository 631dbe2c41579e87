"""The tour runs what it prints."""

from symicl.cli.commands import tour


def test_each_stop_prints_its_command_and_runs_it(symicl, monkeypatch):
    monkeypatch.setattr(tour, "STOPS", tour.STOPS[1:3])
    code, out, _ = symicl("tour")
    assert code == 0
    assert "$ symicl eval zhang2023.optimum n=8 'Lambda=[[2,1],[1,3]]'" in out
    assert "$ cat lemma.claim" in out and "The tour took" in out


def test_what_is_not_installed_is_left_out_with_a_remedy(symicl, monkeypatch):
    monkeypatch.setattr(tour, "STOPS", tour.STOPS[4:])
    monkeypatch.setattr(tour, "find_spec", lambda name: None)
    _, out, _ = symicl("tour")
    assert "left out: torch is not installed; pip install 'symicl[train]'" in out


def test_five_commands():
    assert len(tour.STOPS) == 5
