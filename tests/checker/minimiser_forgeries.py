"""Forgeries of exact sets of minimisers and of equivalences; see `semantic_forgeries`."""

from checker.bound_forgeries import FORGERIES, C, again, times
from checker.semantic_forgeries import REFUSED, SHOWN, G, I, forgery

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
