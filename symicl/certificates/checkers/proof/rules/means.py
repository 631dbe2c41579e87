"""The rule for a mean that is no closed form, and what it is at least."""

from ...reading import need
from .bounds import factor_of
from .vanishing import difference


def rule_mean_at_least(log, claim, of, letter, square, less, average):
    """b - E u >= 0, where the letter b is the mean of t over all that is random.

    The line `square` is t - u, and known to be >= 0 for all values of what is random; see
    `factor_of`. From the line `less`, which is u, expectations lead to the `average`, in which
    nothing is random. And `of` is b less that.
    """
    need(letter in log.means, "its letter stands for no mean")
    gap, _ = factor_of(log, log.line_fields["square"], {}, {})
    need(log.same(gap, difference(log, log.means[letter], less)), "it is another difference")
    line = log.line_fields["average"]
    while log.lines[line]["rule"] == "expectation":
        log.spend(1)
        line = log.lines[line]["of"]
    averaged = line == log.line_fields["less"] and not log.is_random(average)
    need(averaged, "it is not the average over all that is random")
    said = log.same(of, difference(log, log.letter(letter), average))
    need(said, "what is at least 0 is something else")
    log.not_negative[log.line_fields["of"]] = {}
    log.fact(claim, f"{log.brief(of)} >= 0")
