"""Variances and covariances, spelled out as expectations."""

from __future__ import annotations

from symicl.language import tree as t
from symicl.language.source import Span

ARGUMENTS = {"Var": 1, "Cov": 2, "Corr": 2, "Kurt": 1}
"""How many formulas each takes."""

MEANT = {
    "Var": "E[f f'] - E[f] E[f]'",
    "Cov": "E[f g'] - E[f] E[g]'",
    "Corr": "Cov[f, g] divided by the root of Var[f] Var[g]",
    "Kurt": "E[(f - E[f])^4]/Var[f]^2",
}


def moment(
    name: str, parts: tuple[t.Expr, ...], over: tuple[str, ...], drawn: tuple[t.Drawn, ...], span: Span
) -> t.Moment:
    """A moment of scalars or columns, with what it means.

    Parameters
    ----------
    name : "Var", "Cov", "Corr", "Corr²" or "Kurt"
    parts : tuple of Expr
        As many as `ARGUMENTS` says.
    over : tuple of str
    drawn : tuple of Drawn
    span : Span
    """
    f, g = parts[0], parts[-1]

    def mean(node: t.Expr) -> t.Expr:
        return t.Expectation(node, over, span=span)

    def covariance(a: t.Expr, b: t.Expr) -> t.Expr:
        """E[a b'] - E[a] E[b]'"""
        product = t.Product((("", a), ("", t.Transpose(b, span=span))), span=span)
        means = t.Product((("", mean(a)), ("", t.Transpose(mean(b), span=span))), span=span)
        return t.Sum((("+", mean(product)), ("-", means)), span=span)

    def squared(node: t.Expr) -> t.Expr:
        return t.Power(node, 2, span=span)

    if name in ("Var", "Cov"):
        spelled = covariance(f, g)
    elif name == "Kurt":
        centred = t.Sum((("+", f), ("-", mean(f))), span=span)
        spelled = t.Product(
            (("", mean(t.Power(centred, 4, span=span))), ("/", squared(covariance(f, f)))), span=span
        )
    elif name == "Corr²":
        spelled = t.Product(
            (("", squared(covariance(f, g))), ("/", covariance(f, f)), ("/", covariance(g, g))), span=span
        )
    else:  # where the two variances are the same, which the reader demands
        spelled = t.Product((("", covariance(f, g)), ("/", covariance(f, f))), span=span)
    return t.Moment(name, parts, over, spelled, drawn, span=span)
