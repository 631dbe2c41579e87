"""Forgeries of what a gradient dominates, critical points, and convergence along a flow; see `semantic_forgeries`."""

from checker.bound_forgeries import ELSE, again, times
from checker.minimiser_forgeries import FORGERIES
from checker.semantic_forgeries import REFUSED, SHOWN, F, forgery

__all__ = ["FORGERIES"]
M = "zheng2024.not_gd"
UNKNOWN = "is not known to be at least 0"


def changed(rows, number, value):
    """A list of pairs with another value in one of them."""
    return [[x, value if k == number else old] for k, (x, old) in enumerate(rows)]


# --- convergence ---------------------------------------------------------------------------------------------------


@forgery(REFUSED, ELSE, F, field="rate", by="11/10")
@forgery(REFUSED, ELSE, F, field="rate", by="9/10")
@forgery(REFUSED, ELSE, F, field="by_rate", by="11/10")
@forgery(REFUSED, ELSE, F, field="of", by=2)
@forgery(REFUSED, ELSE, F, field="by", by="1/2")
@forgery(REFUSED, UNKNOWN, F, field="constant", by=-1)
def a_part_of_the_convergence_is_multiplied(file, field, by):
    entry = file.one("converges")
    again(file, entry, **{field: times(file, by, entry[field])})


@forgery(REFUSED, ELSE, F)
def the_constant_is_half_as_large(file):
    entry = file.one("converges")
    two, half = file.number(2), times(file, "1/2", entry["constant"])
    file.put("nonnegative", claim="c", of=half, products=[[[entry["constant"]], [two]]])
    again(file, entry, constant=half)


@forgery(REFUSED, ELSE, F)
def something_else_converges(file):
    again(file, file.one("converges"), of=file.letter("Gamma")["id"])


@forgery(REFUSED, ELSE, F)
def something_else_drives(file):
    again(file, file.one("converges"), by=file.letter("beta")["id"])


@forgery(REFUSED, "displaced twice|" + ELSE, F, name="beta")
@forgery(REFUSED, "displaced twice|" + ELSE, F, name="Gamma")
def one_parameter_rests(file, name):
    entry = file.one("converges")
    entry["free"] = [x for x in entry["free"] if x != file.letter(name)["id"]]


@forgery(REFUSED, "more is known of a weight", F)
def both_weights_are_one(file):
    entry = file.one("converges")
    entry["balance"] = entry["share"]


@forgery(REFUSED, "more is known of a weight|the terms add up", F)
def a_weight_is_at_least_one(file):
    file.at(file.one("converges")["balance"])["at_least"] = 1


@forgery(REFUSED, "bound to others|is random|known to be", F)
def a_distance_is_random(file):
    (_, _, D), *_ = file.one("converges")["origins"]
    one = file.one("data", terms=[[1, [], []]])["id"]
    file.at(D)["law"] = {"row_cov": 0, "col_cov": 0, "scale": one}


@forgery(REFUSED, "displaced twice, or by what moves", F)
def a_distance_is_the_other_parameter(file):
    entry = file.one("converges")
    entry["origins"] = [[p, o, file.letter("Gamma")["id"]] for p, o, _ in entry["origins"]]


@forgery(REFUSED, "displaced twice, or by what moves", F)
def an_origin_moves(file):
    entry = file.one("converges")
    again(file, entry, origins=[[p, file.letter("beta")["id"], D] for p, _, D in entry["origins"]])


@forgery(REFUSED, ELSE, F)
def an_origin_is_another_one(file):
    entry = file.one("converges")
    again(file, entry, origins=[[p, times(file, 2, o), D] for p, o, D in entry["origins"]])


@forgery(SHOWN, "; at first it falls at just this rate", F)
def the_rate_is_not_said_to_be_reached(file):
    file.one("converges").pop("equality")


@forgery(
    REFUSED, "it falls at another rate there|what is assumed is not so there|another letter, or an inverse", F
)
def the_driven_rate_is_reached_elsewhere(file):
    entry = file.one("converges")
    sigma2 = file.letter("sigma2")["id"]
    again(file, entry, equality=[[x, file.number(2) if x == sigma2 else v] for x, v in entry["equality"]])


@forgery(REFUSED, "what converges is zero there", F)
def the_driven_rate_is_reached_at_the_limit(file):
    entry = file.one("converges")
    zero = file.put("data", rows="d", cols="d", terms=[])
    again(file, entry, equality=[*entry["equality"], [file.letter("Gamma")["id"], zero]])


@forgery(REFUSED, "what is assumed is not so there", F)
def the_least_eigenvalue_is_larger_where_the_rate_is_reached(file):
    entry = file.one("converges")
    least = file.letter("least eigenvalue of H")["id"]
    again(file, entry, equality=[[x, file.number(2) if x == least else v] for x, v in entry["equality"]])


# --- what is shown where a letter stays as it is ----------------------------------------------------------------------


@forgery(REFUSED, UNKNOWN, F, rule="converges")
@forgery(REFUSED, UNKNOWN, F, rule="dominated")
@forgery(REFUSED, UNKNOWN, F, rule="critical")
def nothing_is_said_of_the_metric(file, rule):
    file.at(file.one(rule)["shown"]).pop("where")


@forgery(REFUSED, UNKNOWN + "|the terms add up", F, rule="converges")
@forgery(REFUSED, UNKNOWN + "|the terms add up", F, rule="dominated")
@forgery(REFUSED, UNKNOWN + "|the terms add up", F, rule="critical")
def nothing_is_said_of_the_least_eigenvalue(file, rule):
    file.at(file.one(rule)["shown"]).pop("letters")


def with_metric(file, rule, terms, **fields):
    """The terms of an inequality where H is something else."""
    shown = file.at(file.one(rule)["shown"])
    H = file.letter("H")["id"]
    value = file.put("data", rows="d", cols="d", terms=terms)
    moved = file.put(**{k: v for k, v in shown.items() if k != "id"} | {"where": [[H, value]]} | fields)
    again(file, file.one(rule), shown=moved)


@forgery(REFUSED, "it is not seen that H can be this", F)
def the_metric_is_its_own_square(file):
    H = file.letter("H")["id"]
    with_metric(file, "converges", [[1, [], [H, H]]])


@forgery(REFUSED, "is known to be something else", F)
def the_metric_is_negative(file):
    with_metric(file, "converges", [[-1, [], []]])


@forgery(REFUSED, "may never have an inverse", F)
def the_metric_is_zero(file):
    with_metric(file, "converges", [])


@forgery(REFUSED, UNKNOWN, F)
def the_metric_is_another_one_than_where_it_was_shown(file):
    with_metric(file, "converges", [[1, [], []]])


@forgery(REFUSED, "a letter is replaced, and stays as it is", F)
def the_metric_stays_and_is_replaced(file):
    shown = file.at(file.one("dominated")["shown"])
    shown["letters"] = [*shown["letters"], *shown["where"]]


@forgery(REFUSED, "it is not seen that sigma2 can be this", F)
def a_scalar_stays_as_it_is(file):
    shown = file.at(file.one("converges")["shown"])
    more = [[file.letter("sigma2")["id"], file.number(3)], *shown["where"]]
    moved = file.put(**{k: v for k, v in shown.items() if k != "id"} | {"where": more})
    again(file, file.one("converges"), shown=moved)


# --- the landscape -------------------------------------------------------------------------------------------------


@forgery(REFUSED, ELSE, F, number=0, by="11/10")
@forgery(REFUSED, ELSE, F, number=1, by="11/10")
@forgery(REFUSED, ELSE, F, number=0, by="1/2")
def a_gradient_is_larger(file, number, by):
    entry = file.one("dominated")
    value = times(file, by, entry["constants"][number][1])
    again(file, entry, constants=changed(entry["constants"], number, value))


@forgery(REFUSED, ELSE, F)
def both_constants_are_exchanged(file):
    entry = file.one("dominated")
    (x, c), (y, e) = entry["constants"]
    entry["constants"] = [[x, e], [y, c]]


@forgery(REFUSED, "displaced twice|" + ELSE, F, number=0)
@forgery(REFUSED, "displaced twice|" + ELSE, F, number=1)
def one_gradient_dominates(file, number):
    file.one("dominated")["constants"].pop(number)


@forgery(REFUSED, "it depends on what moves", F)
def a_constant_moves(file):
    entry = file.one("dominated")
    beta = file.letter("beta")["id"]
    moving = file.put("data", rows=1, cols=1, terms=[[1, [[-beta, beta]], []]])
    value = file.put("product", parts=[moving, entry["constants"][0][1]])
    again(file, entry, constants=changed(entry["constants"], 0, value))


@forgery(REFUSED, "the minimum is one of another loss", F)
def the_least_value_is_that_of_another_minimum(file):
    entry = file.one("dominated")
    entry["minimum"] = next(e["id"] for e in file.all("minimum") if e["id"] != entry["minimum"])


@forgery(REFUSED, "it names no minimum", F)
def the_least_value_is_no_minimum(file):
    entry = file.one("dominated")
    entry["minimum"] = entry["shown"]


@forgery(REFUSED, "the loss is another one at this place", F)
def the_least_value_is_attained_elsewhere(file):
    entry = file.one("dominated")
    again(file, entry, place=[[x, times(file, 2, value)] for x, value in entry["place"]])


@forgery(REFUSED, "it depends on what moves", F)
def the_place_moves(file):
    entry = file.one("dominated")
    again(file, entry, place=[[x, x] for x, _ in entry["place"]])


@forgery(REFUSED, "the gradient is not zero at this place", F, number=0)
@forgery(REFUSED, "the gradient is not zero at this place", F, number=1)
def the_gradient_vanishes_elsewhere(file, number):
    entry = file.one("critical")
    value = times(file, 2, entry["place"][number][1])
    again(file, entry, place=changed(entry["place"], number, value))


@forgery(REFUSED, ELSE, F, number=0, by=2)
@forgery(REFUSED, ELSE, F, number=1, by=2)
@forgery(REFUSED, "no positive factor", F, number=0, by=-1)
@forgery(REFUSED, "no positive factor", F, number=1, by=0)
def a_distance_counts_otherwise(file, number, by):
    entry = file.one("critical")
    value = times(file, by, entry["room"][number][1])
    again(file, entry, room=changed(entry["room"], number, value))


@forgery(REFUSED, ELSE, F, number=0)
@forgery(REFUSED, ELSE, F, number=1)
def a_direction_is_turned_around(file, number):
    entry = file.one("critical")
    value = times(file, -1, entry["factors"][number][1])
    again(file, entry, factors=changed(entry["factors"], number, value))


@forgery(REFUSED, ELSE + "|that is not square|do not fit", F)
def both_directions_are_exchanged(file):
    entry = file.one("critical")
    (x, M), (y, N) = entry["factors"]
    entry["factors"] = [[x, N], [y, M]]


@forgery(REFUSED, "other parameters", F)
def one_parameter_has_no_room(file):
    file.one("critical")["room"].pop()


@forgery(REFUSED, "it depends on what moves", F)
def the_room_moves(file):
    entry = file.one("critical")
    beta = file.letter("beta")["id"]
    moving = file.put("data", rows=1, cols=1, terms=[[1, [[-beta, beta]], []]])
    again(file, entry, room=changed(entry["room"], 0, moving))


@forgery(REFUSED, "a parameter is in a denominator", F)
def a_direction_is_divided_by_what_moves(file):
    entry = file.one("critical")
    beta = file.letter("beta")["id"]
    moving = file.put("data", rows=1, cols=1, terms=[[1, [[-beta, beta]], []]])
    value = file.put("over", of=entry["factors"][1][1], by=moving)
    again(file, entry, factors=changed(entry["factors"], 1, value))


@forgery(REFUSED, "it names no loss", F, rule="dominated")
@forgery(REFUSED, "it names no loss", F, rule="critical")
@forgery(REFUSED, "it names no loss", F, rule="converges")
def there_is_no_loss(file, rule):
    entry = file.one(rule)
    entry["predicted"] = entry["shown"]


# --- a number that settles, unless something vanishes -----------------------------------------------------------------


@forgery(REFUSED, ELSE, M, field="rate", by="11/10")
@forgery(REFUSED, ELSE, M, field="slope", by="11/10")
@forgery(REFUSED, ELSE, M, field="of", by=2)
@forgery(REFUSED, ELSE, M, field="unless", by=2)
@forgery(REFUSED, UNKNOWN, M, field="high", by=-1)
@forgery(REFUSED, "the slope is not seen", M, field="slope", by=-1)
@forgery(REFUSED, "moves otherwise", M, field="loss", by="1/2")
@forgery(REFUSED, "moves otherwise", M, field="pace", by=2)
def a_part_of_what_settles_is_multiplied(file, field, by):
    entry = file.one("settles")
    again(file, entry, **{field: times(file, by, entry[field])})


@forgery(REFUSED, "moves otherwise", M)
def what_is_given_is_twice_as_large(file):
    entry = file.one("settles")
    again(file, entry, given=[[x, times(file, 2, value)] for x, value in entry["given"]])


@forgery(REFUSED, ELSE, M)
def the_exception_is_another_one(file):
    again(file, file.one("settles"), unless=file.letter("a")["id"])


@forgery(REFUSED, "something moves there", M)
def the_flow_stays_elsewhere(file):
    entry = file.one("settles")
    there = [file.number(c) for c in (1, -1)]
    again(file, entry, place=[[x, c] for (x, _), c in zip(entry["place"], there, strict=True)])


@forgery(SHOWN, "-.*; not so if g = 0", M)
def the_flow_stays_nowhere(file):
    file.one("settles").pop("place")


@forgery(REFUSED, "the terms add up", M)
def an_inequality_of_three_is_left_out(file):
    shown = file.at(file.one("settles")["shown"])
    shown["products"] = shown["products"][1:]
