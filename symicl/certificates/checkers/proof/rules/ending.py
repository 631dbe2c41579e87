"""The rules for what is believed, for what is stated, and for the end."""

from ...reading import need


def rule_asserted(
    log, claim, why, given=None, of=None, phases=None, samples=None, letter=None
):
    """A fact, or a value, that is believed, counted and printed.

    What stands in full in `phases` or `samples` is an average that another checker recomputes;
    one over another `letter` is believed.
    The letters of its moments are fixed like those of a law; some of its letters are related.
    """
    text = f"line {log.id}: {claim} ({why})"
    (log.asserted if phases is None and samples is None else log.averages).append(text)
    log.fixed |= {x for _, x in (samples or {}).get("moments", [])}
    related = related_in(phases or {})
    log.tied |= related
    log.made_of |= made_in(phases or {})
    log.entrywise |= entrywise_in(phases or {})
    used = log.bounded.union(*(log.mentioned(a) for a, _ in log.conditions))
    need(related.isdisjoint(used), "a letter of a condition is related to other letters")
    return given


def related_in(phases):
    """The letters of an average over phases between which there may be relations.

    They are reciprocals, and sums of squares; and, where the number of coordinates is fixed,
    sums over these: of two, a^3 + b^3 is made of a + b and a^2 + b^2, and one over three
    different ones is zero.
    """
    related = {x for key in ("reciprocals", "squares") for x, *_ in phases.get(key, [])}
    if not any(words for _, words, _ in phases.get("size", [])):
        related |= {x for key in ("sums", "free") for x, *_ in phases.get(key, [])}
    return related


def entrywise_in(phases):
    """The letters of an average over phases that depend on entries or on weights."""
    found = {x for key in ("sums", "squares") for x, *_ in phases.get(key, [])}
    return found | {x for _, _, x in phases.get("weights", [])}


def made_in(phases):
    """From the letters of sums and reciprocals to the letters that they are made of."""
    made = dict(phases.get("reciprocals", []))
    made |= {x: phases["last"] for x, _ in phases.get("harmonic", [])}
    return {
        x: {abs(a) for _, words, _ in terms for word in words for a in word}
        for x, terms in made.items()
    }


def rule_stated(log, name, text, stated, derived):
    """A quantity of the theorem, as it is stated, equals what was derived.

    What it was made from is printed, if plain steps lead there from a minimum or an average:
    traces, transposes, and sums, products and quotients with what no average is in. Otherwise
    it has a mark, and why it is the right quantity is the argument of the steps.
    """
    need(log.same(stated, derived), f"{name} is not what was derived")
    announced = name in log.header_fields["quantities"] and name not in log.stated
    need(announced, f"{name} is not announced once")
    origins, made = log.origins[log.id], log.made_from(log.line_fields["derived"])
    mark = "computed from averages" if origins else "entered"
    mark = "asserted in part" if "asserted" in origins else made or f"{mark} by the derivation"
    log.spend(8 * log.weight(stated))
    formula = f"{name!r} = {log.text(stated)}   [{mark}]"
    log.stated[name] = f"{formula}\n    in the words of the file: {text}"
    log.quantities[name] = stated


def rule_step(log, title):
    """A heading: nothing to check."""


def rule_verdict(log, verdict, entries):
    """The last line: all quantities and propositions that the header announces are proved.

    Letters that were found to be related after a condition was made are none of the condition;
    and what stays as it is in a limit is not made of what grows.
    """
    for a, text in log.conditions:
        log.free(a, f"it is not shown that {text}")
    made = log.made_of | {x: {n, *log.mentioned(b)} for x, (n, b) in log.powers.items()}
    still = all(grow.isdisjoint(made.get(x, ())) for grow, held in log.held for x in held)
    need(still, "a letter stays as it is in a limit, and depends on one that grows")
    need(log.undeclared.isdisjoint(log.entrywise), "a value depends on entries or weights")
    quantities, said = (log.header_fields[key] for key in ("quantities", "propositions"))
    complete = log.stated.keys() == set(quantities) and (quantities or said)
    complete = complete and len(log.propositions) == len(said)
    complete = complete and verdict == "proved" and entries == log.id
    need(complete, "it does not prove all that is stated, or lines are missing")
