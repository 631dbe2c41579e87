"""Forgeries of inequalities, bounds of losses, convexity, decays, limits and thresholds; see `semantic_forgeries`."""

from checker.semantic_forgeries import ALSO_SAID, FORGERIES, REFUSED, SAID, SHOWN, WORDS, B, F, U, forgery

C, Z = "zheng2024.capability", "zhang2024.lsa_gap"
ELSE = "what is at least 0 is something else"

__all__ = ["FORGERIES"]


def again(file, entry, **fields):
    """A proposition in other words of the format, and those behind it once more."""
    behind = [e for e in file.entries if e["rule"] in SAID + ALSO_SAID and e["id"] > entry["id"]]
    moved = file.later(entry | fields)
    file.later(*behind)
    return moved


def times(file, c, of):
    return file.put("product", parts=[file.number(c), of])


@forgery(REFUSED, ELSE, F, rule="inequality", field="smaller", by=2)
@forgery(REFUSED, ELSE, F, rule="inequality", field="larger", by="1/2")
@forgery(REFUSED, ELSE, F, rule="decay", field="rate", by="11/10")
@forgery(REFUSED, ELSE, F, rule="decay", field="rate", by="1/2")
@forgery(REFUSED, ELSE, Z, rule="lower_bound", field="bound", by=2)
@forgery(REFUSED, "the limit is another one", B, rule="limit", field="value", by=2)
@forgery(REFUSED, "the limit is another one", C, rule="limit", field="of", by=2)
@forgery(REFUSED, "it is not seen to (vanish|be positive)", U, rule="threshold", field="least", by=2)
def a_number_is_multiplied(file, rule, field, by):
    entry = file.one(rule)
    again(file, entry, **{field: times(file, by, entry[field])})


@forgery(REFUSED, "the terms add up to something else", F, rule="inequality")
@forgery(REFUSED, "the terms add up to something else", F, rule="decay")
@forgery(REFUSED, "the terms add up to something else", F, rule="not_convex")
@forgery(REFUSED, "the terms add up to something else", Z, rule="lower_bound")
def a_term_is_left_out(file, rule):
    shown = file.at(file.one(rule)["shown"])
    shown["products"] = shown["products"][1:]


@forgery(REFUSED, "the terms add up to something else", F)
def a_term_has_another_weight(file):
    shown = file.at(file.one("inequality")["shown"])
    above, below = shown["products"][0]
    shown["products"][0] = [above, [*below, *below]]


@forgery(REFUSED, "is not known to be at least 0", F)
def a_term_is_the_difference_itself(file):
    shown = file.at(file.one("inequality")["shown"])
    shown["products"] = [[[shown["of"]], []]]


@forgery(REFUSED, "is not known to be at least 0|the terms add up to something else", F)
def nothing_is_said_of_the_least_eigenvalue(file):
    file.at(file.one("decay")["shown"]).pop("letters")


@forgery(REFUSED, ELSE + "|the terms add up|is known to be something else|is not known", F)
def the_least_eigenvalue_is_a_larger_one(file):
    """H = λ I + Y Y has become H = λ I − Y Y."""
    shown = file.at(file.one("decay")["shown"])
    H = file.letter("H")["id"]
    value = dict(shown["letters"])[H]
    rest = [pair for pair in shown["letters"] if pair[0] != H]
    twice = file.put("data", rows="d", cols="d", terms=[[2, [[rest[0][1]]], []]])
    turned = file.put("sum", parts=[twice, times(file, -1, value)])
    moved = file.put(**{k: v for k, v in shown.items() if k != "id"} | {"letters": [[H, turned], *rest]})
    again(file, file.one("decay"), shown=moved)


@forgery(REFUSED, "it is not shown to be positive", F)
def an_inequality_is_strict(file):
    file.one("inequality")["strict"] = True


@forgery(REFUSED, "the two sides differ there", F)
def both_sides_are_equal_elsewhere(file):
    entry = file.one("inequality")
    again(file, entry, equality=[[x, times(file, 2, value)] for x, value in entry["equality"]])


@forgery(REFUSED, "the two sides differ there", F)
def the_rate_is_reached_elsewhere(file):
    entry = file.one("decay")
    (x, value), *rest = entry["equality"]
    again(file, entry, equality=[[x, times(file, 2, value)], *rest])


@forgery(REFUSED, "what decays is zero there", F)
def the_rate_is_reached_where_nothing_moves(file):
    entry = file.one("decay")
    there = [[file.letter("beta")["id"], file.letter("beta_star")["id"]]]
    again(file, entry, equality=entry["equality"] + there)


@forgery(SHOWN, "; they are equal where", F, rule="inequality")
@forgery(SHOWN, "; at first it falls at just this rate", F, rule="decay")
def no_equality_is_claimed(file, rule):
    file.one(rule).pop("equality")


@forgery(REFUSED, ELSE, F)
def another_parameter_flows(file):
    entry = file.one("decay")
    entry["free"] = [file.letter("Gamma")["id"]]


@forgery(REFUSED, ELSE, F)
def another_error_decays(file):
    entry = file.one("decay")
    again(file, entry, of=file.letter("beta")["id"])


def over(file, predicted):
    """All propositions once more, over another loss."""
    said = [e for e in file.entries if e["rule"] in SAID[1:] + ALSO_SAID]
    file.later(*[e | {"predicted": predicted} if "predicted" in e else e for e in said])


@forgery(REFUSED, "it is another prediction than that of the loss", F)
@forgery(REFUSED, "it is another prediction than that of the loss", Z)
def the_loss_is_that_of_another_prediction(file):
    entry = file.one("predicted")
    moved = file.put(
        **{k: v for k, v in entry.items() if k != "id"} | {"computed": times(file, 2, entry["computed"])}
    )
    over(file, moved)


@forgery(REFUSED, "it is not the expectation of a square", F)
@forgery(REFUSED, "it is not the expectation of a square", Z)
def the_loss_is_twice_as_large(file):
    entry = file.one("predicted")
    moved = file.put(**{k: v for k, v in entry.items() if k != "id"} | {"of": times(file, 2, entry["of"])})
    over(file, moved)


@forgery(REFUSED, "what is squared is not affine in them", F)
def the_loss_is_convex_in_both(file):
    file.one("convex")["free"] = [file.letter("beta")["id"], file.letter("Gamma")["id"]]


@forgery(REFUSED, ELSE, F)
def the_loss_bends_at_the_optimum(file):
    entry = file.one("not_convex")
    there = file.letter("beta_star")["id"]
    beta = file.letter("beta")["id"]
    again(file, entry, place=[[x, there if x == beta else value] for x, value in entry["place"]])


@forgery(REFUSED, ELSE, F)
def the_loss_bends_along_one_parameter(file):
    entry = file.one("not_convex")
    entry["along"] = [pair for pair in entry["along"] if pair[0] == file.letter("Gamma")["id"]]


@forgery(REFUSED, ELSE, F)
def the_loss_bends_for_every_size_of_the_step(file):
    file.one("not_convex").pop("growing")


@forgery(REFUSED, "the limit is another one|the denominator vanishes", B)
def another_letter_grows(file):
    entry = file.one("limit")
    entry["steps"][0][0][0][0] = file.letter("tau")["id"]


@forgery(REFUSED, "a letter stays as it is in a limit, and depends on one that grows", C)
def a_sum_over_times_stays_as_it_is(file):
    for entry in file.all("limit"):
        for step in entry["steps"]:
            step[1] = []


@forgery(SHOWN, r"-.*with 'harmonic\(T - 2\)' / \(T \+ -2\) -> 0", C)
def a_sum_over_times_tends_to_zero_itself(file):
    entry = file.all("limit")[-1]
    (sizes, [[h, _, r]]) = entry["steps"][0]
    again(file, entry, steps=[[sizes, [[h, file.number(1), r]]]])


@forgery(SHOWN, "-.*together, in whatever way", C)
def a_limit_is_taken_one_after_the_other(file):
    entry = file.all("limit")[0]
    ((one, other), slower) = entry["steps"][0]
    entry["steps"] = [[[one], slower], [[other], []]]


@forgery(REFUSED, "it is not seen to (vanish|be positive)", U, more=1)
@forgery(REFUSED, "it is not seen to (vanish|be positive)", U, more=-1)
def a_threshold_is_one_off(file, more):
    entry = file.one("threshold")
    again(file, entry, least=file.put("sum", parts=[entry["least"], file.number(more)]))


@forgery(REFUSED, "it is not seen to vanish|the value is no positive part", U)
def a_positive_part_is_any_number(file):
    letter = next(e for e in file.all("letter") if "positive_part_of" in e)
    letter["at_least"] = 0
    del letter["positive_part_of"]


@forgery(REFUSED, "the two distances are no new letters of the right signs", U)
def a_distance_has_another_sign(file):
    file.letter("distance below").pop("invertible")


@forgery(WORDS, "larger", F, rule="decay")
@forgery(WORDS, "larger", F, rule="inequality")
@forgery(WORDS, "larger", U, rule="threshold")
def it_is_told_in_other_words(file, rule):
    entry = file.one(rule)
    file.header["propositions"][file.header["propositions"].index(entry["claim"])] = "the larger the better"
    entry["claim"] = "the larger the better"
