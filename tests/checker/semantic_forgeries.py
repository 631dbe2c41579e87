"""Certificates that prove something else than they say: real ones, each changed in what it means.

The forger is careful: prints are right again, and lines that are added hold, so that none is refused for its form.
A forgery is *refused* by the first checker, or *shown*: its report has other formulas or other facts, whatever the
words of the file are; or *words*: these alone are others, which a comparison with the catalogue finds.
"""

import json
from typing import NamedTuple

I, P, N = "mahankali2023.isotropic", "mahankali2023.preconditioned", "mahankali2023.nonlinear"
G, L, B, F = "zhang2024.gd_beta", "zhang2024.ltb", "zhang2024.bayes", "zhang2024.gradient_flow"
A, U, O = "sander2024.augmented", "sander2024.unitary", "sander2024.orthogonal"
WORDS, SHOWN, REFUSED = "words", "shown", "refused"
SAID = ("attained", "least_value", "every_minimiser", "proposition", "exact_minimisers")
ALSO_SAID = (
    "inequality",
    "lower_bound",
    "convex",
    "not_convex",
    "decay",
    "limit",
    "threshold",
    "exact_minimisers",
    "equivalence",
    "entry_minimisers",
    "converges",
    "dominated",
    "critical",
    "least_over_heads",
    "least_by_rank",
    "settles",
    "not_stationary",
    "stability",
)


class Forgery(NamedTuple):
    """Of which certificate, what was done, what comes of it, and a part of the sentence or of the report."""

    theorem: str
    name: str
    outcome: str
    sign: str
    build: object

    def file(self, text):
        """The forged file."""
        file = File(text)
        self.build(file)
        file.entries[-1] |= {"id": len(file.entries) + 1, "entries": len(file.entries) + 1}
        return file


class File:
    """A certificate whose entries may be replaced; new ones go in front of the verdict."""

    def __init__(self, text):
        self.header, *self.entries = [json.loads(line) for line in text.splitlines()]

    @property
    def lines(self):
        return [
            json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in (self.header, *self.entries)
        ]

    def all(self, rule):
        return [e for e in self.entries if e["rule"] == rule]

    def one(self, rule, **fields):
        return next(e for e in self.all(rule) if all(e.get(k) == v for k, v in fields.items()))

    def at(self, id):
        return self.entries[id - 2]

    def letter(self, name):
        return self.one("letter", name=name)

    def gone(self, entry):
        """Turn an entry into a step in prose."""
        self.entries[entry["id"] - 2] = {
            "id": entry["id"],
            "rule": "step",
            "title": entry.get("claim", "hence"),
        }

    def put(self, rule, **fields):
        self.entries.insert(-1, {"id": len(self.entries) + 1, "rule": rule, **fields})
        return len(self.entries)

    def number(self, c, *words):
        return self.put("data", rows=1, cols=1, terms=[[c, list(words), []]])

    def later(self, *entries):
        """Move entries to the end, where they can refer to what was put there."""
        for entry in entries:
            self.gone(entry)
            self.put(**{k: v for k, v in entry.items() if k != "id"})
        return self.entries[-2]

    def said(self):
        """The propositions, in their order."""
        return [e for e in self.entries if e["rule"] in SAID[1:] + ALSO_SAID]

    def said_after(self, entry):
        """The propositions behind one, which follow it where it is moved."""
        return [e for e in self.said() if e["id"] > entry["id"]]

    def state(self, name, stated, derived):
        """State a quantity as something else, behind which its propositions follow."""
        entry = self.one("stated", name=name)
        self.later(entry | {"stated": stated, "derived": derived})
        self.later(*self.said())

    def drop(self, entry):
        """A proposition, in the header, too."""
        self.header["propositions"].remove(entry["claim"])
        self.gone(entry)


FORGERIES = []


def forgery(outcome, sign, *theorems, **options):
    """Register one for each theorem."""

    def add(build):
        for theorem in theorems:
            name = build.__name__ + "".join(f" {value}" for value in options.values())
            FORGERIES.append(Forgery(theorem, name, outcome, sign, lambda file: build(file, **options)))
        return build

    return add


def every(rule):
    def build(file):
        for entry in file.all(rule):
            file.gone(entry)

    build.__name__ = f"every {rule} is prose"
    return build


forgery(REFUSED, "it refers to another entry than a minimum", I, P, N, G, L)(every("minimum"))
forgery(SHOWN, "-.*[0-9a-z] >=? 0", I, G, A, O)(every("sign"))
forgery(SHOWN, "-.*line and line|-.*line are", A, I, P, N)(every("equal"))
forgery(SHOWN, "-.*line and line|-.*line are", U)(every("equal"))
forgery(REFUSED, "another entry than a minimum|states no fact", B)(every("minimum"))
forgery(REFUSED, "it names no minimum", F)(every("minimum"))
forgery(SHOWN, "-.*line and line|-.*line are", F)(every("equal"))
forgery(REFUSED, "it names no entry on what is at least 0", F)(every("nonnegative"))
forgery(REFUSED, "it names no (stated quantity|minimum)", I, L)(every("attained"))


@forgery(REFUSED, "it does not prove all that is stated", I, G)
def the_last_proposition_is_prose(file):
    file.gone(file.said()[-1])


@forgery(SHOWN, "-  where the loss of", I, G, N)
def a_proposition_is_left_out(file):
    file.drop(file.one("every_minimiser"))


@forgery(SHOWN, "-  '(loss|risk)' is the least", I, L)
def the_least_value_is_left_out(file):
    file.drop(file.one("least_value"))


def argued(file, old, kind, facts):
    """A proposition in the place of one that the checker decides."""
    new = {"rule": "proposition", "claim": old["claim"], "kind": kind, "names": [], "facts": facts}
    file.later({"id": old["id"], **new}, *file.said_after(old))


@forgery(SHOWN, "which this checker does not decide", I, L)
def a_proposition_is_argued(file):
    old = file.one("every_minimiser")
    argued(file, old, "every global minimiser", facts=[file.all("equal")[0]["id"]])


@forgery(REFUSED, "another proposition", I)
def the_first_proposition_is_argued_behind_the_second(file):
    old = file.one("least_value")
    file.later({"id": old["id"], "rule": "proposition", "claim": old["claim"], "kind": "global minimum",
                "names": ["loss"], "facts": []})  # fmt: skip


@forgery(REFUSED, "an entry that states no fact", I)
def a_proposition_from_a_heading(file):
    old = file.one("every_minimiser")
    argued(file, old, "every global minimiser", facts=[file.all("step")[0]["id"]])


# --- quantities ---------------------------------------------------------------------------------------------------


def swapped(one, other):
    def build(file):
        first, second = file.one("stated", name=one), file.one("stated", name=other)
        first["name"], second["name"] = other, one

    build.__name__ = f"the names {one} and {other} are exchanged"
    return build


forgery(REFUSED, "the stated quantity is another value", I)(swapped("eta", "loss"))
forgery(REFUSED, "the stated quantity is another value", I)(swapped("noiseless_loss", "loss"))
forgery(SHOWN, r"\+  'noiseless_eta' = ", I)(swapped("noiseless_eta", "one_dimensional_eta"))
forgery(SHOWN, r"\+  'heads_needed' = ", U)(swapped("loss", "heads_needed"))
forgery(SHOWN, r"\+  'u' = ", A)(swapped("loss", "u"))
forgery(SHOWN, r"\+  'M' = ", F)(swapped("Q", "M"))


@forgery(SHOWN, "-  'long_context_step'", I)
def a_quantity_is_left_out(file):
    file.header["quantities"].remove("long_context_step")
    file.gone(file.one("stated", name="long_context_step"))


def wrong_step(file):
    """1/(n + d + 2) as an entry."""
    n, d = file.letter("n")["id"], file.letter("d")["id"]
    below = file.put("data", rows=1, cols=1, terms=[[1, [[n]], []], [1, [[d]], []], [2, [], []]])
    return file.put("over", of=file.number(1), by=below)


@forgery(SHOWN, "entered by the derivation", I)
def the_step_size_is_entered(file):
    wrong = wrong_step(file)
    file.state("eta", wrong, wrong)


@forgery(SHOWN, "computed from averages by the derivation", I)
def the_step_size_is_multiplied_and_divided_by_an_average(file):
    wrong, mean = wrong_step(file), file.one("minimum")["value"]
    file.state("eta", wrong, file.put("over", of=file.put("product", parts=[wrong, mean]), by=mean))


@forgery(SHOWN, "plus ", I)
def the_step_size_has_a_part_that_is_entered(file):
    wrong, old = wrong_step(file), file.one("stated", name="eta")["derived"]
    minus = file.put("product", parts=[file.number(-1), file.one("stated", name="eta")["stated"]])
    rest = file.put("sum", parts=[wrong, minus])
    file.state("eta", wrong, file.put("sum", parts=[old, rest]))


@forgery(SHOWN, "where n = n \\+ 1", I)
def the_step_size_is_that_of_more_examples(file):
    n, old = file.letter("n")["id"], file.one("stated", name="eta")
    more = [[n, file.put("sum", parts=[n, file.number(1)])]]
    wrong = [file.put("substitute", of=old[key], letters=more) for key in ("stated", "derived")]
    file.state("eta", *wrong)


@forgery(SHOWN, "times 2", I)
def the_step_size_is_doubled(file):
    two, old = file.number(2), file.one("stated", name="eta")
    file.state("eta", *[file.put("product", parts=[two, old[key]]) for key in ("stated", "derived")])


@forgery(REFUSED, "the stated quantity is another value", I, name="loss")
@forgery(REFUSED, "the stated quantity is another value", G, name="risk")
@forgery(SHOWN, r"\+  'loss' = ", U, name="loss")
def one_more_is_stated(file, name):
    one, old = file.number(1), file.one("stated", name=name)
    file.state(name, *[file.put("sum", parts=[old[key], one]) for key in ("stated", "derived")])


@forgery(SHOWN, "where sigma2 = 1", I, name="noiseless_eta", letter="sigma2", value=1)
@forgery(SHOWN, "where n = 2", I, name="one_example_loss", letter="n", value=2)
@forgery(SHOWN, "where d = 3", I, name="one_dimensional_eta", letter="d", value=3)
def another_special_case(file, name, letter, value):
    base = file.one("stated", name="loss" if name.endswith("loss") else "eta")
    letters = [[file.letter(letter)["id"], file.number(value)]]
    file.state(name, *[file.put("substitute", of=base[k], letters=letters) for k in ("stated", "derived")])


@forgery(REFUSED, "the stated quantity is another value", I, name="noiseless_loss")
@forgery(REFUSED, "the stated quantity is another value", N, name="linear_loss")
def the_least_value_is_that_of_a_special_case(file, name):
    file.one("least_value")["name"] = name


@forgery(REFUSED, "the stated quantity is another value", I)
def the_least_value_is_taken_without_noise(file):
    least, zero = file.one("least_value"), file.number(0)
    letters = [[file.letter("sigma2")["id"], zero]]
    file.later(least | {"letters": letters}, *file.said_after(least))


@forgery(REFUSED, "the stated quantity is another value", N)
def a_moment_stands_for_something_else(file):
    least = file.one("least_value")
    two = file.number(2)
    letters = [[x, two] for x, _ in least["letters"]]
    file.later(least | {"letters": letters}, *file.said_after(least))


# --- all weights, and every minimiser -----------------------------------------------------------------------------


@forgery(REFUSED, "the minimisers predict something else", I, N)
def every_minimiser_takes_twice_the_step(file):
    old = file.one("every_minimiser")
    twice = file.put("product", parts=[file.number(2), old["prediction"]])
    file.later(old | {"prediction": twice}, *file.said_after(old))


@forgery(REFUSED, "the minimisers predict something else", G)
def every_minimiser_predicts_zero(file):
    old, zero = file.one("every_minimiser"), file.number(0)
    file.later(old | {"prediction": zero}, *file.said_after(old))


@forgery(REFUSED, "the minimisers predict something else", I)
def every_minimiser_predicts_from_other_data(file):
    old = file.one("every_minimiser")
    letters = [[file.letter("y")["id"], file.put("data", rows="n", cols=1, terms=[])]]
    other = file.put("substitute", of=old["prediction"], letters=letters)
    file.later(old | {"prediction": other}, *file.said_after(old))


def last_three(file):
    return [e for rule in SAID for e in file.all(rule)]


def attained_there(entries, moved):
    """What is said of a minimum, now that it is attained in another line."""
    return [e | {"attained": moved["id"]} if "attained" in e else e for e in entries]


@forgery(REFUSED, "these weights do not attain the minimum", I, G, L)
def the_weights_are_others(file):
    entry, *rest = last_three(file)
    x, value = entry["weights"][-1]
    other = file.put("product", parts=[file.number(3), value])
    last = [[y, other if y == x else v] for y, v in entry["weights"]]
    moved = file.later(entry | {"weights": last})
    file.later(*attained_there(rest, moved))


@forgery(REFUSED, "these weights do not attain the minimum", I, L)
def a_weight_is_not_free(file):
    """The minimum is over all other weights, for any value of this one; where that is 0, it would be attained."""
    entry = file.one("attained")
    name = "W_K_12" if any(e["name"] == "W_K_12" for e in file.all("letter")) else "W_P_22"
    entry["weights"] = [pair for pair in entry["weights"] if pair[0] != file.letter(name)["id"]]


@forgery(SHOWN, "-  line: for all ", I)
@forgery(REFUSED, "it is another prediction than that of the loss", G)
def the_forward_pass_is_that_of_a_smaller_class(file):
    """Its last weight is fixed at the value at which the minimum is attained."""
    entry, *rest = last_three(file)
    weight, value = entry["weights"][-1]
    letters = [[weight, value]]
    made = [[p, file.put("substitute", of=v, letters=letters)] for p, v in entry["parameters"] if p != weight]
    made += [[weight, value]] * (weight in dict(entry["parameters"]))
    computed = file.put("substitute", of=entry["computed"], letters=letters)
    moved = file.later(entry | {"weights": entry["weights"][:-1], "parameters": made, "computed": computed})
    file.later(*attained_there(rest, moved))


@forgery(REFUSED, "it is another prediction than that of the loss", I, N)
def the_forward_pass_is_another_one(file):
    entry, *rest = last_three(file)
    twice = file.put("product", parts=[file.number(2), entry["computed"]])
    moved = file.later(entry | {"computed": twice})
    file.later(*attained_there(rest, moved))


@forgery(REFUSED, "the stated quantity is another value", P)
def the_minimum_is_that_of_another_prior(file):
    entry = file.one("attained")
    entry["minimum"] = next(e["id"] for e in file.all("minimum") if e["id"] != entry["minimum"])


# --- laws, bounds and letters -------------------------------------------------------------------------------------


@forgery(SHOWN, r"\+  letter n: at least 5", I, G, name="n", least=5)
@forgery(SHOWN, r"\+  letter T_max: at least 50", A, U, name="T_max", least=50)
@forgery(SHOWN, r"\+  letter sigma2: at least 1", I, name="sigma2", least=1)
@forgery(SHOWN, r"\+  letter d: at least 7", O, name="d", least=7)
def a_letter_is_at_least_more(file, name, least):
    file.letter(name)["at_least"] = least


@forgery(SHOWN, r"\+  letter W_V_22: invertible", I, name="W_V_22")
@forgery(SHOWN, r"\+  letter Gamma: d x d, invertible", G, name="Gamma")
@forgery(SHOWN, r"\+  letter Psi: d x d, symmetric, invertible", F, name="Psi")
def a_letter_has_an_inverse(file, name):
    file.letter(name)["invertible"] = True


@forgery(SHOWN, "= 50 \\+ |\\+ 50", A, number=0)
@forgery(SHOWN, "= 50 \\+ |\\+ 50", A, number=1)
@forgery(SHOWN, "= 50 \\+ |\\+ 50", U, number=0)
def a_sign_holds_for_large_times_alone(file, number):
    """T_max = 2 + t has become 50 + t."""
    shifted = [e for e in file.all("sign") if file.at(e["of"])["rule"] == "substitute"]
    entry = shifted[number]
    put = file.at(entry["of"])
    x, value = put["letters"][0]
    low = next(y for y in put_letters(file, value) if "above bound" in file.at(y)["name"])
    more = file.put("data", rows=1, cols=1, terms=[[1, [[low]], []], [50, [], []]])
    of = file.put("substitute", of=put["of"], letters=[[x, more]])
    file.later(entry | {"of": of})


def put_letters(file, id):
    entry = file.at(id)
    words = [word for _, closed, _ in entry.get("terms", []) for word in closed]
    parts = [x for x in entry.get("parts", []) if file.at(x)["rule"] == "letter"]
    return [a for word in words for a in word if a] + parts


@forgery(SHOWN, "[0-9a-z] >= 0", I, A, U)
def a_sign_is_not_strict(file):
    next(e for e in file.all("sign") if e["strict"])["strict"] = False


@forgery(REFUSED, "the value that it gives is not the right one", I, G)
def the_noise_has_another_variance(file):
    epsilon = file.letter("epsilon")
    epsilon["law"] = epsilon["law"] | {"scale": file.at(file.letter("X")["law"]["scale"])["id"]}


@forgery(REFUSED, "the letter is not random", I, N)
def a_covariate_is_not_random(file):
    name = "x" if "law" in file.letter("x") else next(e["name"] for e in file.all("letter") if "law" in e)
    file.letter(name).pop("law")


@forgery(SHOWN, r"\+  letter tau", I, name="sigma2")
@forgery(SHOWN, r"\+  letter (X: tau|tau)", G, name="n")
def a_letter_has_another_name(file, name):
    free = "tau" if all(e["name"] != "tau" for e in file.all("letter")) else "tau (2)"
    file.letter(name)["name"] = free
    for entry in file.entries:
        for key in ("rows", "cols"):
            entry |= {key: free} if entry.get(key) == name else {}


@forgery(SHOWN, r"\+  where .*is not zero", I)
def something_is_divided_by(file):
    n, d = file.letter("n")["id"], file.letter("d")["id"]
    below = file.put("data", rows=1, cols=1, terms=[[1, [[n]], []], [-1, [[d]], []]])
    old = file.one("stated", name="long_context_loss")
    again = [
        file.put("over", of=file.put("product", parts=[old[k], below]), by=below)
        for k in ("stated", "derived")
    ]
    file.state("long_context_loss", *again)


# --- words --------------------------------------------------------------------------------------------------------


def other_words(what, field, value, outcome, sign, *theorems):
    def build(file):
        file.header[field] = value(file.header[field])

    build.__name__ = what
    forgery(outcome, sign, *theorems)(build)


other_words("no axiom is left", "axioms", lambda axioms: [], SHOWN, r"\+  no axiom is named", I, F, U)
other_words("an axiom is left out", "axioms", lambda axioms: axioms[1:], WORDS, "axiom", F, G)
other_words("no assumption is left", "assumptions", lambda texts: [], WORDS, "assumption", I, A)
other_words("another statement", "statement", lambda text: text.replace("Every", "Some"), WORDS, "Some", I, N)
other_words("another source", "source", lambda text: "another paper", WORDS, "", U)


def of_another(theorem, statement):
    def build(file):
        file.header |= {"theorem": theorem, "statement": statement}

    build.__name__ = f"the name and the statement are those of {theorem}"
    return build


for mine, other in ((I, P), (G, L), (U, O), (A, U)):
    forgery(WORDS, other, mine)(of_another(other, "something else"))


@forgery(WORDS, "Every", I, G)
def the_quantifier_is_another_one_in_words(file):
    old = file.one("every_minimiser")
    claim = old["claim"].replace("Every global minimiser predicts", "Some weights predict")
    said = file.header["propositions"]
    said[said.index(old["claim"])] = old["claim"] = claim


@forgery(WORDS, "le", I, B)
def an_inequality_is_turned_in_words(file):
    old = file.one("minimum")
    old["claim"] = old["claim"].replace(r"\ge", r"\le")
