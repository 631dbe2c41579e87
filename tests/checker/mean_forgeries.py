"""Forgeries of the Bayes risk, which is no closed form, and of sums over eigenvalues; see `semantic_forgeries`."""

from checker.bound_forgeries import ELSE, again, times
from checker.semantic_forgeries import REFUSED, SHOWN, B, argued, forgery
from checker.stability_forgeries import FORGERIES

__all__ = ["FORGERIES"]
NO_MEAN, UNKNOWN = "its letter stands for no mean", "is not known to be at least 0"


def risk(file):
    return next(e for e in file.all("letter") if "mean_of" in e)


def top(file):
    return next(e for e in file.all("letter") if "largest_of" in e)


def early(file, before, **fields):
    """An entry of the rule `data` in the place of the last heading before another one."""
    number = max(e["id"] for e in file.all("step") if e["id"] < before["id"])
    file.entries[number - 2] = {"id": number, "rule": "data", **fields}
    return number


@forgery(REFUSED, NO_MEAN, B)
def the_bayes_risk_is_any_number(file):
    del risk(file)["mean_of"]


@forgery(REFUSED, "it is another difference", B, term=0, by=2)
@forgery(REFUSED, "it is another difference", B, term=1, by="1/2")
def the_bayes_risk_is_another_mean(file, term, by):
    number = risk(file)["mean_of"]
    file.entries[number - 2] = old = dict(file.at(number))
    old["rule"], old["rows"], old["cols"] = "data", 1, 1
    (inverse,) = [e["id"] for e in file.all("letter") if "covariates" in e["name"] and "inverse_of" in e]
    H, Psi, s = (file.letter(name)["id"] for name in ("H", "Psi", "sigma2"))
    terms = [[1, [[s]], []], [1, [[H, Psi, inverse], [s]], []]]
    terms[term][0] = by
    file.entries[number - 2] = {"id": number, "rule": "data", "rows": 1, "cols": 1, "terms": terms}


@forgery(REFUSED, "not the right one", B)
def the_covariates_have_a_smaller_scale(file):
    letter = file.letter("covariates")
    letter["law"]["scale"] = early(file, letter, rows=1, cols=1, terms=[["1/2", [], []]])


@forgery(REFUSED, "is no mean of a number", B)
def the_covariates_are_not_random(file):
    del file.letter("covariates")["law"]


@forgery(REFUSED, ELSE, B, field="smaller", by="11/10")
@forgery(REFUSED, ELSE, B, field="larger", by="1/2")
def a_side_of_the_lower_bound_is_multiplied(file, field, by):
    entry = file.all("inequality")[0]
    again(file, entry, **{field: times(file, by, entry[field])})


@forgery(REFUSED, ELSE, B, number=0)
@forgery(REFUSED, ELSE, B, number=1)
def the_inequality_the_other_way_round(file, number):
    entry = file.all("inequality")[number]
    again(file, entry, smaller=entry["larger"], larger=entry["smaller"])


@forgery(REFUSED, "not shown to be positive", B, number=0)
@forgery(REFUSED, "not shown to be positive", B, number=1)
def the_inequality_is_strict(file, number):
    again(file, file.all("inequality")[number], strict=True)


@forgery(REFUSED, ELSE, B, by="9/10")
def the_constant_of_the_ratio_is_smaller(file, by):
    entry = file.all("inequality")[1]
    again(file, entry, larger=times(file, by, entry["larger"]))


@forgery(REFUSED, UNKNOWN, B, rule="mean_at_least")
@forgery(REFUSED, UNKNOWN, B, rule="over_eigenvalues")
def what_decides_it_is_prose(file, rule):
    file.gone(file.one(rule))


@forgery(REFUSED, "a summand is another one", B)
def the_largest_eigenvalue_is_any_number(file):
    letter = top(file)
    del letter["largest_of"]
    letter["at_least"] = 0


@forgery(REFUSED, "a summand is another one", B)
def the_largest_eigenvalue_of_another_matrix(file):
    H = file.letter("H")["id"]
    top(file)["largest_of"] = early(file, top(file), rows="d", cols="d", terms=[[1, [], [H, H]]])


@forgery(REFUSED, "is not known to be a covariance", B)
def the_eigenvalues_of_another_product(file):
    entry = file.one("over_eigenvalues")
    entry["pair"] = [entry["pair"][0], file.letter("Gamma")["id"]]


@forgery(REFUSED, "a summand is another one", B)
def the_other_eigenvalues_are_the_distance(file):
    entry = file.one("over_eigenvalues")
    x, y, z = entry["marks"]
    entry["marks"] = [x, z, y]


@forgery(REFUSED, "more is known of an eigenvalue", B)
def an_eigenvalue_is_a_number_of_examples(file):
    file.one("over_eigenvalues")["marks"][1] = file.letter("n")["id"]


@forgery(REFUSED, "it is another difference", B)
def the_tangent_is_its_average(file):
    entry = file.one("mean_at_least")
    entry["less"] = entry["average"]


@forgery(REFUSED, "not the average over all that is random", B)
def the_tangent_is_not_averaged(file):
    entry = file.one("mean_at_least")
    entry["average"] = entry["less"]


@forgery(SHOWN, "which this checker does not decide", B)
def the_ratio_is_argued(file):
    argued(file, file.all("inequality")[1], "inequality", facts=[])
