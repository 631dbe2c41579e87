"""Forgeries of what is said of losses of sequences: where they are not stationary; see `semantic_forgeries`."""

from checker.bound_forgeries import again, times
from checker.landscape_forgeries import FORGERIES, M
from checker.semantic_forgeries import REFUSED, SHOWN, argued, forgery

__all__ = ["FORGERIES"]


@forgery(REFUSED, "is not seen to differ from 0|may be zero", M, name="a")
@forgery(REFUSED, "is not seen to differ from 0|may be zero", M, name="b")
def an_exception_is_dropped(file, name):
    entry = file.one("not_stationary")
    entry["nonzero"].remove(file.letter(name)["id"])


@forgery(SHOWN, r"\+  where A = \(a\) I, B = \(b\) I, and none of T, a, b is 0", M)
def one_more_exception(file):
    entry = file.one("not_stationary")
    entry["nonzero"].append(file.letter("T")["id"])


def sums(file):
    return [e for e in file.all("asserted") if "last" in e["phases"]]


@forgery(REFUSED, "may be zero", M)
def the_derivative_on_the_diagonal(file):
    entry = file.one("not_stationary")
    found = [e for e in sums(file) if file.at(e["phases"]["of"])["phases"].get("entry", [0, 0])[1] is True]
    again(file, entry, of=found[0]["id"])


@forgery(REFUSED, "no sum over t of the derivative", M)
def the_sum_of_the_loss(file):
    entry = file.one("not_stationary")
    found = [e for e in sums(file) if "entry" not in file.at(e["phases"]["of"])["phases"]]
    again(file, entry, of=found[0]["id"])


@forgery(REFUSED, "no sum over t of the derivative", M)
def another_multiple_of_the_derivative(file):
    entry = file.one("not_stationary")
    again(file, entry, of=times(file, 2, entry["of"]))


@forgery(SHOWN, r"\+.*in an entry of A on the diagonal is 2", M)
def the_derivative_in_another_entry(file):
    """The second checker rejects it."""
    entry = file.at(file.at(file.one("not_stationary")["of"])["phases"]["of"])["phases"]["entry"]
    entry[:2] = ["A", True]


@forgery(SHOWN, r"\+  where A = \(b\) I, B = \(a\) I", M)
def another_point(file):
    """The second checker rejects it."""
    entry = file.at(file.at(file.one("not_stationary")["of"])["phases"]["of"])["phases"]["entry"]
    (_, one), (_, other) = entry[2]
    entry[2] = [["A", other], ["B", one]]


@forgery(SHOWN, r"\+ *\(2\) x_0\^2", M)
def the_derivative_of_another_loss(file):
    """Of a loss with another constant, which no derivative tells."""
    full = file.at(file.at(file.one("not_stationary")["of"])["phases"]["of"])["phases"]
    full["summands"][-1][0] = [[2, [], []]]


@forgery(SHOWN, "which this checker does not decide", M)
def no_stationary_point_is_argued(file):
    argued(file, file.one("not_stationary"), "no stationary point", facts=[])
