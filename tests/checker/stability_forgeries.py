"""Forgeries of strict saddles and local minima; see `semantic_forgeries`."""

from checker.bound_forgeries import again
from checker.semantic_forgeries import REFUSED, SHOWN, argued, forgery
from checker.sequence_forgeries import FORGERIES

__all__ = ["FORGERIES"]
V = "zheng2024.stability"
SIGN = "a sign is not seen between two directions"
SHORT, LARGE, SMALL, FIVE = range(4)
"""The propositions at T = 3, d ≥ 3; at T = 4, d ≥ 8; at T = 4, d ≤ 7; and at T = 5, by their cases."""


def entry_of(file, number):
    """One of the entries, those with several or with directions in the order of the theorem."""
    shown = file.all("stability")
    return [shown[0], shown[2], shown[3], shown[4]][number]


def first_case(file, number):
    return entry_of(file, number)["cases"][0]


@forgery(REFUSED, "a saddle has one move, and a minimum all of them", V, number=SHORT)
@forgery(REFUSED, "a saddle has one move, and a minimum all of them", V, number=LARGE)
def a_saddle_is_a_minimum(file, number):
    entry_of(file, number)["saddle"] = False


@forgery(REFUSED, "a saddle has one move", V, number=SMALL)
@forgery(REFUSED, "a saddle has one move", V, number=FIVE)
def a_minimum_is_a_saddle(file, number):
    entry_of(file, number)["saddle"] = True


@forgery(REFUSED, SIGN, V, number=LARGE, least=7)
@forgery(REFUSED, SIGN, V, number=LARGE, least=2)
@forgery(REFUSED, SIGN + "|is not seen", V, number=SHORT, least=2)
@forgery(REFUSED, "there is nothing off the diagonal", V, number=SHORT, least=1)
def the_sizes_begin_earlier(file, number, least):
    """d = x + 7 instead of x + 8."""
    entry, d = entry_of(file, number), file.letter("d")["id"]
    x = next(e["id"] for e in file.all("letter") if e["name"] == "x" and e.get("at_least") == 0)
    other = file.put("data", rows=1, cols=1, terms=[[1, [[x]], []], [least, [], []]])
    counted = [[a, other if a == d else v] for a, v in entry["cases"][0][0]]
    again(file, entry, cases=[[counted, *entry["cases"][0][1:]]])


@forgery(SHOWN, r"\+.*d = x \+ 20", V, number=LARGE)
def the_sizes_begin_later(file, number):
    entry, d = entry_of(file, number), file.letter("d")["id"]
    x = next(e["id"] for e in file.all("letter") if e["name"] == "x" and e.get("at_least") == 0)
    other = file.put("data", rows=1, cols=1, terms=[[1, [[x]], []], [20, [], []]])
    counted = [[a, other if a == d else v] for a, v in entry["cases"][0][0]]
    again(file, entry, cases=[[counted, *entry["cases"][0][1:]]])


@forgery(REFUSED, "a harmonic number is another", V, number=SHORT)
@forgery(REFUSED, "a harmonic number is another", V, number=LARGE)
def the_length_is_another_one(file, number):
    """T = 6 with the harmonic numbers of T = 4."""
    entry, T = entry_of(file, number), file.letter("T")["id"]
    six = file.number(6)
    counted = [[a, six if a == T else v] for a, v in entry["cases"][0][0]]
    again(file, entry, cases=[[counted, *entry["cases"][0][1:]]])


@forgery(REFUSED, "a harmonic number is another", V, number=LARGE)
def a_harmonic_number_stays(file, number):
    del first_case(file, number)[0][1]


@forgery(SHOWN, r"-.*d = 5 or", V)
def a_size_is_left_out(file):
    del entry_of(file, SMALL)["cases"][3]


@forgery(REFUSED, "there is no case", V)
def there_are_no_sizes(file):
    entry_of(file, SMALL)["cases"] = []


@forgery(REFUSED, "there are other moves", V, kind=0)
@forgery(REFUSED, "there are other moves", V, kind=1)
@forgery(REFUSED, "there are other moves", V, kind=2)
def a_kind_of_moves_is_left_out(file, kind):
    """At T = 4, d = 4 all three exist."""
    del entry_of(file, SMALL)["cases"][2][3][kind]


@forgery(REFUSED, "there are other moves", V)
def the_skew_moves_stand_for_the_symmetric_ones(file):
    blocks = entry_of(file, SMALL)["cases"][2][3]
    same = [k for k, block in enumerate(blocks) if len(block[1][0]) == 2]
    blocks[same[0]] = blocks[same[1]]


@forgery(REFUSED, "the moves are not all of their kind", V, side=1)
@forgery(REFUSED, "the moves are not all of their kind", V, side=2)
def a_move_is_there_twice(file, side):
    rows = entry_of(file, SMALL)["cases"][2][3][0][side]
    rows[1] = rows[0]


@forgery(REFUSED, "the moves are not all of their kind", V)
def a_move_is_left_out(file):
    del entry_of(file, SMALL)["cases"][2][3][0][2][0]


@forgery(REFUSED, "the best moves are other ones", V)
def the_best_moves_are_exchanged(file):
    best = entry_of(file, SMALL)["cases"][2][3][0][3]
    best[0], best[1] = best[1], best[0]


@forgery(REFUSED, "the best moves are other ones", V)
def the_weight_is_one(file):
    entry = entry_of(file, SMALL)
    one = file.number(1)
    entry["cases"][2][3][0][4] = one
    again(file, entry)


@forgery(REFUSED, "it is another form in b and b'", V, at=0)
@forgery(REFUSED, "it is another form in b and b'", V, at=2)
def two_forms_are_exchanged(file, at):
    forms = first_case(file, LARGE)[1]
    forms[at], forms[1] = forms[1], forms[at]


@forgery(REFUSED, "the directions are not all that there are", V, way=0)
@forgery(REFUSED, "the directions are not all that there are", V, way=1)
@forgery(REFUSED, "the directions are not all that there are", V, way=2)
def a_way_is_cut_short(file, way):
    """So that a root may be where nothing is said."""
    del first_case(file, LARGE)[2][way][0 if way < 2 else -1]


@forgery(REFUSED, "the directions are not all that there are", V)
def the_ways_are_exchanged(file):
    ways = first_case(file, LARGE)[2]
    ways[0], ways[2] = ways[2], ways[0]


@forgery(REFUSED, SIGN, V)
def the_limit_is_elsewhere(file):
    """All that is inside is put outside of the inner directions."""
    entry = entry_of(file, LARGE)
    low, inner, high = entry["cases"][0][2]
    double = [file.put("product", parts=[file.number(c), inner[-1][k]]) for k, c in enumerate((1, "1/2"))]
    again(
        file,
        entry,
        cases=[
            [
                *entry["cases"][0][:2],
                [[*low, inner[-1]], [inner[-1], double], [double, *high[1:]]],
                *entry["cases"][0][3:],
            ]
        ],
    )


@forgery(REFUSED, "it depends on more than sums of columns", V)
def sums_of_columns_decide_at_four(file):
    first_case(file, LARGE)[2] = []


@forgery(REFUSED, SIGN, V, number=SHORT)
@forgery(REFUSED, SIGN, V, number=LARGE)
def the_move_of_A_is_left_out(file, number):
    """Moves of B alone raise the loss."""
    entry = entry_of(file, number)
    zero = file.number(0)
    (line, move), *_ = entry["cases"][0][3]
    case = [*entry["cases"][0][:3], [[line, [zero] * 3 + move[3:]]]]
    again(file, entry, cases=[case])


@forgery(REFUSED, "it is another move|it is no derivative", V)
def the_second_derivative_is_that_along_other_moves(file):
    """The line of the skew ones."""
    entry = entry_of(file, LARGE)
    lines = [
        e["id"] for e in file.all("asserted") if "moves" in e["phases"] and len(e["phases"]["moves"]) == 2
    ]
    (_, move), *_ = entry["cases"][0][3]
    again(file, entry, cases=[[*entry["cases"][0][:3], [[lines[0], move]]]])


@forgery(REFUSED, "it is no derivative", V)
def the_second_derivative_is_the_value(file):
    entry = entry_of(file, LARGE)
    (_, move), *_ = entry["cases"][0][3]
    again(file, entry, cases=[[*entry["cases"][0][:3], [[entry["reduced"], move]]]])


@forgery(REFUSED, "it is no value at A and B", V)
def the_value_is_a_second_derivative(file):
    entry = entry_of(file, LARGE)
    entry["reduced"] = entry["cases"][0][3][0][0]


@forgery(REFUSED, "it depends on the entries by themselves", V)
def the_loss_is_that_of_four_parameters(file):
    entry = entry_of(file, LARGE)
    first = next(e["id"] for e in file.all("asserted") if "last" in e["phases"])
    entry["total"] = entry["reduced"] if first == entry["total"] else first


@forgery(REFUSED, "a direction depends on s", V)
def the_place_on_an_arc_is_a_size(file):
    entry_of(file, LARGE)["s"] = next(
        e["id"] for e in file.all("letter") if e["name"] == "x" and e.get("at_least") == 0
    )


@forgery(REFUSED, "it is no sum over t", V)
def the_total_is_no_sum(file):
    entry = entry_of(file, LARGE)
    entry["total"] = entry["reduced"]


@forgery(REFUSED, "it is not known how large d is", V)
def the_size_is_open(file):
    del first_case(file, LARGE)[0][-1]


def with_another(file, name, value):
    """The first case for large d, with another value of a letter."""
    entry, x = entry_of(file, LARGE), file.letter(name)["id"]
    counted = [pair for pair in entry["cases"][0][0] if pair[0] != x]
    again(file, entry, cases=[[[[x, value], *counted], *entry["cases"][0][1:]]])


@forgery(REFUSED, "a size is not seen to be positive", V)
def there_are_no_tokens(file):
    with_another(file, "T", file.number(0))


@forgery(REFUSED, "it is not known how long the sum over t is", V)
def the_length_is_open(file):
    with_another(file, "T", file.letter("d")["id"])


@forgery(REFUSED, "something is known of the entries", V)
def an_entry_is_one(file):
    with_another(file, "alpha", file.number(1))


@forgery(REFUSED, "it is of another number of coordinates", V)
def the_size_is_the_length(file):
    entry_of(file, LARGE)["size"] = file.letter("T")["id"]


@forgery(REFUSED, "it is of another function", V)
def the_second_derivative_is_the_total(file):
    entry = entry_of(file, LARGE)
    entry["cases"][0][3][0][0] = entry["total"]


@forgery(REFUSED, "a direction is turned round", V)
def a_direction_is_negative(file):
    entry = entry_of(file, LARGE)
    counted, forms, (low, *ways), blocks = entry["cases"][0]
    turned = [low[0], [file.number(-1), low[1][1]], *low[2:]]
    again(file, entry, cases=[[counted, forms, [turned, *ways], blocks]])


@forgery(REFUSED, "a move is of both matrices", V)
def a_move_of_B_is_one_of_A(file):
    row = entry_of(file, SMALL)["cases"][2][3][0][1][0]
    row[0] = row[3]


@forgery(REFUSED, "there are no such moves for some d", V)
def skew_moves_at_two_coordinates(file):
    entry, d, zero = entry_of(file, SHORT), file.letter("d")["id"], file.number(0)
    x = next(e["id"] for e in file.all("letter") if e["name"] == "x" and e.get("at_least") == 0)
    other = file.put("data", rows=1, cols=1, terms=[[1, [[x]], []], [2, [], []]])
    counted, *rest, _ = entry["cases"][0]
    counted = [[a, other if a == d else v] for a, v in counted]
    skew = next(e["id"] for e in file.all("asserted") if copies(e) == {"K"})
    again(file, entry, cases=[[counted, *rest, [[skew, [zero, zero]]]]])


def copies(entry):
    return {copy for *_, copy in entry["phases"].get("moves", [])}


@forgery(SHOWN, "which this checker does not decide", V)
def a_saddle_is_argued(file):
    argued(file, file.all("stability")[0], "stability", facts=[])


@forgery(REFUSED, "another proposition", V)
def two_statements_are_exchanged(file):
    one, other = file.all("stability")[:2]
    one["claim"], other["claim"] = other["claim"], one["claim"]
