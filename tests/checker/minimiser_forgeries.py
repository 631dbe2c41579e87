"""Forgeries of exact sets of minimisers and of equivalences; see `semantic_forgeries`."""

from checker.bound_forgeries import FORGERIES, C, Z, again, times
from checker.semantic_forgeries import REFUSED, SHOWN, A, G, I, O, U, forgery

__all__ = ["FORGERIES"]
RULE = "exact_minimisers"
NOT_MORE, NOT_LEAST = "an equation does not follow", "it is not seen to be least there"
NOT_POSITIVE = "a factor is not seen to be positive"


@forgery(REFUSED, NOT_LEAST + "|is not what the equations say", I, number=0)
@forgery(REFUSED, NOT_LEAST + "|is not what the equations say", I, number=1)
@forgery(REFUSED, NOT_LEAST + "|what it follows from", I, number=2)
@forgery(REFUSED, NOT_LEAST + "|is not what the equations say", G, number=0)
@forgery(REFUSED, NOT_LEAST + "|is not what the equations say", G, number=1)
def an_equation_is_left_out(file, number):
    entry = file.one(RULE)
    del entry["equations"][number]


@forgery(REFUSED, NOT_LEAST, I, number=0)
@forgery(REFUSED, NOT_LEAST, I, number=1)
@forgery(REFUSED, NOT_LEAST, G, number=0)
@forgery(REFUSED, NOT_LEAST, G, number=1)
def an_equation_and_its_solution_are_left_out(file, number):
    entry = file.one(RULE)
    del entry["equations"][number], entry["there"][number]


@forgery(REFUSED, NOT_MORE, I, of=0)
@forgery(REFUSED, NOT_MORE, G, of=0)
def one_more_equation(file, of):
    """What is 0, or β*, is also twice it plus one more."""
    entry = file.one(RULE)
    left, right = entry["equations"][-1]
    entry["equations"].append([left, times(file, 2, right)])
    again(file, entry)


@forgery(REFUSED, NOT_MORE, I, number=2)
@forgery(REFUSED, NOT_MORE, G, number=0)
@forgery(REFUSED, NOT_MORE, G, number=1)
def an_equation_has_another_right_side(file, number):
    entry = file.one(RULE)
    left, right = entry["equations"][number]
    entry["equations"][number] = [left, times(file, 2, right)]
    again(file, entry)


@forgery(REFUSED, NOT_POSITIVE, I, field="given")
@forgery(REFUSED, NOT_POSITIVE, G, field="given")
@forgery(REFUSED, "a covariance is not known to be positive definite", G, field="definite")
def a_hypothesis_is_left_out(file, field):
    """d = 1, τ = 0, and a singular H are no exceptions any more."""
    file.one(RULE)[field] = []


@forgery(REFUSED, NOT_POSITIVE + "|another factor in the sum|is another combination", I)
@forgery(REFUSED, NOT_POSITIVE + "|another factor in the sum|is another combination", G)
def a_hypothesis_is_another_one(file):
    """n > 0."""
    entry = file.one(RULE)
    entry["given"] = [file.letter("n")["id"]]


@forgery(SHOWN, r"\+  if d \+ -1 > 0 and n > 0", I)
def a_hypothesis_is_added(file):
    entry = file.one(RULE)
    entry["given"].append(file.letter("n")["id"])


@forgery(REFUSED, "what is at least 0 is something else", I, by=2)
@forgery(REFUSED, "what is at least 0 is something else", G, by="1/2")
def the_least_value_is_another_one(file, by):
    entry = file.one(RULE)
    again(file, entry, value=times(file, by, entry["value"]))


@forgery(REFUSED, NOT_MORE + "|what it follows from is not known to vanish", I, field="only")
@forgery(REFUSED, NOT_LEAST, I, field="back")
@forgery(REFUSED, NOT_MORE + "|what it follows from is not known to vanish", I, field="squares")
@forgery(REFUSED, NOT_MORE + "|what it follows from is not known to vanish", G, field="squares")
@forgery(REFUSED, NOT_LEAST, G, field="there")
@forgery(REFUSED, "the equations do not hold at these weights", I, field="weights")
@forgery(REFUSED, "the equations do not hold at these weights", G, field="weights")
def one_direction_has_no_evidence(file, field):
    file.one(RULE)[field] = []


@forgery(REFUSED, "what it follows from is not known to vanish", I)
def a_step_is_left_out(file):
    del file.one(RULE)["only"][0]


@forgery(REFUSED, "what follows is another combination|not seen to be positive", I, number=0)
@forgery(REFUSED, "what follows is another combination|not seen to be positive", I, number=1)
def a_step_has_another_factor(file, number):
    entry = file.one(RULE)
    entry["only"][number][2] = file.number(7)
    again(file, entry)


@forgery(REFUSED, "it is another square|to be positive|another factor", I)
@forgery(REFUSED, "it is another square|to be positive|another factor", G)
def the_squares_are_exchanged(file):
    squares = file.one(RULE)["squares"]
    squares[0][0], squares[1][0] = squares[1][0], squares[0][0]


@forgery(REFUSED, "the terms add up to something else", I)
@forgery(REFUSED, "the terms add up to something else", G)
def a_term_of_the_sum_is_left_out(file):
    shown = file.at(file.one(RULE)["shown"])
    del shown["products"][0]


@forgery(SHOWN, "which this checker does not decide", I, G)
def the_exact_set_is_argued(file):
    old = file.one(RULE)
    fields = {"claim": old["claim"], "kind": "exact set of minimisers", "names": [], "facts": []}
    again(file, {"id": old["id"], "rule": "proposition", **fields})


ELSEWHERE, NOT_EVERY = "it is zero elsewhere, too", "it is not zero for every law on these values"


@forgery(REFUSED, ELSEWHERE, C, values=(1,))
@forgery(REFUSED, ELSEWHERE, C, values=(0,))
@forgery(REFUSED, NOT_EVERY, C, values=(0, 1, 2))
@forgery(REFUSED, "it is not known how probable the values are", C, values=(0, 1, 2), more=False)
@forgery(SHOWN, r"\+.* if and only if x\^2 is 0 or 3\*c\^2", C, values=(0, 3))
def the_values_of_the_square_are_others(file, values, more=True):
    entry = file.one("equivalence")
    entry["values"] = list(values)
    if len(values) == 3 and more:
        share = file.put("letter", name="P", rows=1, cols=1, at_least=0, invertible=True)
        entry["shares"].append(share)
        again(file, entry)


@forgery(REFUSED, ELSEWHERE, C)
def the_square_has_one_value_for_all_laws(file):
    file.one("equivalence").pop("unit")


@forgery(REFUSED, "it is another mean square", C, by=2)
@forgery(REFUSED, "it is another mean square", C, by=0)
def something_else_vanishes(file, by):
    entry = file.one("equivalence")
    again(file, entry, of=times(file, by, entry["of"]))


@forgery(REFUSED, "it is another mean square", C)
def the_moments_are_exchanged(file):
    moments = file.one("equivalence")["moments"]
    moments[0][0], moments[1][0] = moments[1][0], moments[0][0]


@forgery(REFUSED, "has another meaning", C)
def a_moment_is_that_of_two_coordinates(file):
    file.one("equivalence")["moments"][2][0] = file.letter("kappa_3")["id"]


ENTRIES, POSITIONS = "entry_minimisers", "sander2024.positions"
NOT_THERE = "a square is not seen to vanish there|what it follows from is not known to vanish|divides by zero"
NOT_SO = "an equation does not follow|what it follows from is not known to vanish|is another combination"
SUM = "the squares add up to something else"


@forgery(REFUSED, NOT_THERE, A, number=0)
@forgery(REFUSED, NOT_THERE, A, number=1)
@forgery(REFUSED, NOT_THERE, U, number=0)
@forgery(REFUSED, NOT_THERE, U, number=1)
@forgery(REFUSED, NOT_THERE, U, number=2)
@forgery(REFUSED, NOT_THERE, U, number=3)
@forgery(REFUSED, NOT_THERE, POSITIONS, number=0)
@forgery(REFUSED, NOT_THERE, POSITIONS, number=1)
@forgery(REFUSED, NOT_THERE, POSITIONS, number=2)
def an_equation_between_entries_is_left_out(file, number):
    del file.one(ENTRIES)["equations"][number]


@forgery(REFUSED, NOT_SO, A, number=0)
@forgery(REFUSED, NOT_SO, U, number=0)
@forgery(REFUSED, NOT_SO, POSITIONS, number=0)
def an_equation_between_entries_is_another_one(file, number):
    entry = file.one(ENTRIES)
    left, right = entry["equations"][number]
    entry["equations"][number] = [left, times(file, 2, right)]
    again(file, entry)


@forgery(REFUSED, NOT_SO, A)
@forgery(REFUSED, NOT_SO, U)
@forgery(REFUSED, NOT_SO, POSITIONS)
def one_entry_is_1(file):
    entry = file.one(ENTRIES)
    named = entry["named"] or [[entry["positions"][0][2]]]
    entry["equations"].append([named[0][0], file.number(1)])
    again(file, entry)


@forgery(REFUSED, "it takes|coordinates there are|" + SUM + "|not seen to be positive", A)
def shorter_sequences_are_meant_as_well(file):
    """T_max = t + 1 from 2 on: there is no weight on the spread."""
    entry = file.one(ENTRIES)
    ((x, value),) = entry["counted"]
    again(file, entry, counted=[[x, file.put("sum", parts=[value, file.number(-1)])]])


@forgery(REFUSED, SUM, A, number=0)
@forgery(REFUSED, SUM, A, number=2)
@forgery(REFUSED, SUM, U, number=3)
@forgery(REFUSED, SUM, POSITIONS, number=1)
def a_square_is_left_out(file, number):
    del file.one(ENTRIES)["squares"][number]


@forgery(REFUSED, SUM, U)
def a_square_is_not_multiplied_by_early_weights(file):
    row = next(row for row in file.one(ENTRIES)["squares"] if row[1])
    row[1] = 0


@forgery(REFUSED, SUM + "|in no entry", U)
def all_pairs_of_coordinates_are_different_ones(file):
    for row in file.one(ENTRIES)["squares"]:
        row[3] = 1 - row[3]


@forgery(REFUSED, NOT_SO, A, field="only")
@forgery(REFUSED, NOT_THERE, A, field="back")
@forgery(REFUSED, NOT_SO, U, field="only")
@forgery(REFUSED, "it is no point", U, field="point")
@forgery(REFUSED, NOT_SO, POSITIONS, field="only")
@forgery(REFUSED, "it is no point", POSITIONS, field="point")
def one_direction_between_entries_has_no_evidence(file, field):
    file.one(ENTRIES)[field] = []


@forgery(REFUSED, "the squares add up to something else", A, by=2)
@forgery(REFUSED, "the squares add up to something else", POSITIONS, by=2)
def the_least_value_of_entries_is_another_one(file, by):
    entry = file.one(ENTRIES)
    again(file, entry, value=times(file, by, entry["value"]))


@forgery(REFUSED, "what it follows from is not known to vanish", U)
def weights_of_early_positions_are_said_to_be_fixed(file):
    """What is left is said for one sum of their squares, as if that was a number."""
    entry = file.one(ENTRIES)
    entry["positions"] = [row for row in entry["positions"] if row[:2] != ["sum", 2]]
    entry["point"] = [pair for pair in entry["point"] if pair[0] in dict_of(entry)]
    S = file.letter("S_{p^2}")["id"]
    entry["equations"] = [pair for pair in entry["equations"] if pair[0] != S]
    for row in entry["squares"]:
        if row[1]:
            row[0], row[1] = S, 0


def dict_of(entry):
    return {x for x, *_ in entry["named"]} | {row[2] for row in entry["positions"]}


@forgery(REFUSED, "the value is not the loss of this prediction", Z, field="value")
@forgery(REFUSED, "it is an average of something else", Z, field="best")
def something_of_the_heads_is_twice_as_large(file, field):
    entry = file.one("least_over_heads")
    again(file, entry, **{field: times(file, 2, entry[field])})


@forgery(REFUSED, "the heads have another sum", Z)
def one_head_less(file):
    file.one("least_over_heads")["single"].pop()


@forgery(REFUSED, "the heads have another sum", Z)
def one_head_more(file):
    single = file.one("least_over_heads")["single"]
    single.append(single[0])


@forgery(REFUSED, "it is an average of something else|not orthogonal", Z)
def the_averages_of_heads_are_exchanged(file):
    entry = file.one("least_over_heads")
    entry["missed"], entry["error"] = entry["error"], entry["missed"]


@forgery(REFUSED, "no quadratic forms in its vectors|average of something else", Z)
def the_heads_of_the_basis_are_the_other_one(file):
    entry = file.one("least_over_heads")
    entry["basis"] = entry["single"][0]


@forgery(REFUSED, "it names no loss", Z)
def the_heads_are_of_no_model(file):
    entry = file.one("least_over_heads")
    entry["predicted"] = entry["error"]


RANK = "least_by_rank"


@forgery(REFUSED, SUM, U, O, field="relations")
@forgery(REFUSED, SUM, U, O, field="squares")
@forgery(REFUSED, SUM, U, O, field="plain_squares")
@forgery(REFUSED, "it is no point", U, O, field="point")
def a_part_of_the_least_loss_by_rank_has_no_evidence(file, field):
    file.one(RANK)[field] = []


@forgery(REFUSED, SUM, U, O)
def the_rank_is_one_more(file):
    """max(0, d + 1 - H)."""
    entry = file.one(RANK)
    d, H = file.letter("d")["id"], file.letter("H")["id"]
    gap = file.put("data", rows=1, cols=1, terms=[[1, [[d]], []], [-1, [[H]], []], [1, [], []]])
    other = file.put("letter", name="cut", rows=1, cols=1, positive_part_of=gap)
    again(file, entry, value=other)


@forgery(REFUSED, "the scalar depends on the projector", U, O)
def the_rank_is_that_of_the_projector(file):
    entry = file.one(RANK)
    entry["matrix"], entry["projector"] = entry["projector"], entry["matrix"]


@forgery(REFUSED, "a sum has two letters, or is a product of sums", O)
def coordinates_have_no_partners(file):
    del file.one(RANK)["paired"]


@forgery(REFUSED, SUM, O, c=None)
@forgery(REFUSED, SUM, O, c=1)
@forgery(REFUSED, "a factor is not seen to be at least 0", O, c=-1)
def the_minors_of_pairs_have_another_factor(file, c):
    """½ is right, as each pair has two coordinates."""
    entry = file.one(RANK)
    if c is None:
        del entry["minors"]
        return
    again(file, entry, minors=file.number(c))


@forgery(REFUSED, "there are no pairs of coordinates", U)
def there_are_minors_of_no_pairs(file):
    again(file, file.one(RANK), minors=file.number(0))


@forgery(REFUSED, SUM, O)
def a_head_serves_one_coordinate_of_a_pair(file):
    """max(0, d - H)."""
    d, H = file.letter("d")["id"], file.letter("H")["id"]
    gap = file.put("data", rows=1, cols=1, terms=[[1, [[d]], []], [-1, [[H]], []]])
    again(file, file.one(RANK), value=file.put("letter", name="cut", rows=1, cols=1, positive_part_of=gap))


@forgery(REFUSED, "it is not attained there", O)
def the_trigonometric_identity_has_another_sign(file):
    """p_(T-1) = 1/2 instead of -1/2."""
    entry = file.one(RANK)
    half = file.number("1/2")
    point = [[x, half if file.at(v).get("terms") == [["-1/2", [], []]] else v] for x, v in entry["point"]]
    assert point != entry["point"]
    again(file, entry, point=point)


@forgery(REFUSED, SUM, O)
def a_relation_is_one_of_partners(file):
    """The entry (i, i) of P'C - C for (i, ~i)."""
    row = next(r for r in file.one(RANK)["relations"] if r[-2] != r[-1])
    row[-1] = row[-2]
