"""Forgeries of what is said of losses of sequences: where they are not stationary; see `semantic_forgeries`."""

from checker.bound_forgeries import again, times
from checker.landscape_forgeries import FORGERIES, M
from checker.semantic_forgeries import REFUSED, SHOWN, O, argued, forgery

__all__ = ["FORGERIES"]
Y = "zheng2024.limit"


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


# --- minimisers of the active pair -----------------------------------------------------------------------------------

PAIR, SPARSE = 0, 1
NOT_MORE = "an equation does not follow|what it follows from is not known to vanish"
NOT_LEAST = "is not seen to vanish there|what it follows from is not known to vanish"
ADDS_UP = "the squares add up to something else"


def minimisers(file, which):
    return file.all("entry_minimisers")[which]


@forgery(REFUSED, NOT_MORE, Y)
def no_alternative_is_given(file):
    minimisers(file, PAIR)["either"] = []


@forgery(SHOWN, r"\+  if one of [eg] is not 0, for all real entries", Y, number=0)
@forgery(SHOWN, r"\+  if one of [eg] is not 0, for all real entries", Y, number=1)
def one_alternative_is_left_out(file, number):
    del minimisers(file, PAIR)["either"][number]


@forgery(REFUSED, NOT_MORE, Y)
def one_more_alternative(file):
    """ν > 0 is not enough."""
    entry = minimisers(file, PAIR)
    entry["either"].append(file.letter("nu'")["id"])


@forgery(REFUSED, "is not known what is not 0", Y)
def a_number_of_coordinates_is_not_zero(file):
    entry = minimisers(file, PAIR)
    entry["either"] = [file.letter("d")["id"]]


@forgery(REFUSED, NOT_MORE + "|at least 0|denominator", Y)
def the_moment_may_be_zero(file):
    del file.letter("mu'")["invertible"]


@forgery(REFUSED, NOT_LEAST, Y, which=PAIR, number=0)
@forgery(REFUSED, NOT_LEAST, Y, which=PAIR, number=1)
@forgery(REFUSED, NOT_LEAST, Y, which=PAIR, number=2)
@forgery(REFUSED, NOT_LEAST, Y, which=PAIR, number=3)
@forgery(REFUSED, NOT_LEAST, Y, which=SPARSE, number=0)
@forgery(REFUSED, NOT_LEAST, Y, which=SPARSE, number=1)
def an_equation_between_entries_is_left_out(file, which, number):
    del minimisers(file, which)["equations"][number]


@forgery(REFUSED, NOT_MORE, Y)
def a_sparse_law_with_a_diagonal_matrix(file):
    """A is free off its diagonal."""
    entry = minimisers(file, SPARSE)
    (zero,) = {two for one, two in minimisers(file, PAIR)["equations"][2:]}
    names = {tuple(at): x for x, *at in entry["named"]}
    entry["equations"].append([names["A", "i", "j"], zero])


@forgery(REFUSED, NOT_MORE, Y)
def all_signs_are_the_same(file):
    entry = minimisers(file, PAIR)
    names = {tuple(at): x for x, *at in entry["named"]}
    entry["equations"][1] = [names["A", "i", "i"], names["A", "j", "j"]]


@forgery(REFUSED, NOT_MORE, Y, which=PAIR)
@forgery(REFUSED, NOT_MORE, Y, which=SPARSE)
def the_product_is_twice_as_large(file, which):
    entry = minimisers(file, which)
    left, right = entry["equations"][0]
    entry["equations"][0] = [left, times(file, 2, right)]
    again(file, entry)


@forgery(REFUSED, ADDS_UP, Y, which=PAIR, by=2)
@forgery(REFUSED, ADDS_UP, Y, which=SPARSE, by="1/2")
def the_least_loss_of_a_pair_is_another_one(file, which, by):
    entry = minimisers(file, which)
    again(file, entry, value=times(file, by, entry["value"]))


@forgery(REFUSED, ADDS_UP, Y)
def the_lengths_begin_later(file):
    entry = minimisers(file, PAIR)
    T = file.letter("T")["id"]
    table = [[x, file.put("sum", parts=[v, file.number(1)]) if x == T else v] for x, v in entry["counted"]]
    again(file, entry, counted=table)


@forgery(REFUSED, ADDS_UP, Y)
def the_minimisers_for_the_other_moments(file):
    """What is said of sparse laws is said of all."""
    entry = minimisers(file, SPARSE)
    again(file, entry, counted=minimisers(file, PAIR)["counted"])


@forgery(REFUSED, ADDS_UP, Y, which=PAIR)
@forgery(REFUSED, ADDS_UP, Y, which=SPARSE)
def a_square_of_the_pair_is_left_out(file, which):
    del minimisers(file, which)["squares"][-1]


@forgery(REFUSED, "at least 0|" + ADDS_UP, Y)
def a_square_of_the_pair_is_negative(file):
    entry = minimisers(file, PAIR)
    w, *rest = entry["squares"][-1]
    entry["squares"][-1] = [times(file, -1, w), *rest]
    again(file, entry)


@forgery(REFUSED, NOT_MORE, Y, field="only")
@forgery(REFUSED, NOT_LEAST, Y, field="back")
def the_steps_between_entries_are_left_out(file, field):
    minimisers(file, PAIR)[field] = []


@forgery(SHOWN, "which this checker does not decide", Y)
def the_minimisers_of_the_pair_are_argued(file):
    argued(file, minimisers(file, SPARSE), "exact set of minimisers", facts=[])


# --- minimisers with partners, and a number that is the same for all coordinates --------------------------------------


@forgery(REFUSED, "an entry is there twice", O)
def there_are_no_partners(file):
    del file.one("entry_minimisers")["paired"]


@forgery(REFUSED, NOT_MORE, O)
def the_number_is_none(file):
    file.one("entry_minimisers")["some"] = []


@forgery(REFUSED, NOT_MORE, O)
def the_number_is_twice_as_large(file):
    entry = file.one("entry_minimisers")
    again(file, entry, some=[[r, times(file, 2, value)] for r, value in entry["some"]])


@forgery(REFUSED, NOT_LEAST, O, number=0)
@forgery(REFUSED, NOT_LEAST, O, number=1)
@forgery(REFUSED, NOT_LEAST, O, number=2)
@forgery(REFUSED, NOT_LEAST, O, number=3)
@forgery(REFUSED, NOT_LEAST, O, number=4)
def an_equation_of_a_zero_is_left_out(file, number):
    del file.one("entry_minimisers")["equations"][number]


@forgery(REFUSED, NOT_MORE, O, number=0)
@forgery(REFUSED, NOT_MORE, O, number=1)
@forgery(REFUSED, NOT_MORE, O, number=3)
def an_equation_of_a_zero_is_another_one(file, number):
    entry = file.one("entry_minimisers")
    left, right = entry["equations"][number]
    entry["equations"][number] = [left, times(file, 2, right)]
    again(file, entry)


@forgery(REFUSED, NOT_MORE, O)
def one_plane_alone(file):
    """r = 1."""
    entry = file.one("entry_minimisers")
    ((r, _),) = entry["some"]
    entry["equations"].append([r, file.number(1)])
    again(file, entry)


@forgery(REFUSED, ADDS_UP, O)
def a_square_of_the_pairs_is_left_out(file):
    del file.one("entry_minimisers")["squares"][-1]


@forgery(REFUSED, ADDS_UP + "|has two letters", O)
def a_partner_is_the_coordinate_itself(file):
    entry = file.one("entry_minimisers")
    entry["sums"] = [
        [x, [[f, *([i, 1] for i, _ in at)] for f, *at in factors]] for x, factors in entry["sums"]
    ]


@forgery(SHOWN, "which this checker does not decide", O)
def the_zeros_are_argued(file):
    argued(file, file.one("entry_minimisers"), "exact set of minimisers", facts=[])
