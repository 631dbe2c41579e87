"""From the parser's trees to those of `symicl.language.tree`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from lark import Token, Tree

from symicl.language import tree as t
from symicl.language.bounds import MAX_EXPONENT, MAX_POSTFIXES
from symicl.language.names import GREEK_NAMES
from symicl.language.source import Source, Span
from symicl.language.text import read_name

Item = Token | Tree


def _kind(item: Item) -> str:
    return item.type if isinstance(item, Token) else str(item.data)


def _tokens_of(item: Item) -> list[Token]:
    if isinstance(item, Token):
        return [item]
    return [token for child in item.children for token in _tokens_of(child)]


def _span(items: Sequence[Item]) -> Span:
    found = [token for item in items for token in _tokens_of(item)]
    first, last = found[0], found[-1]
    assert first.start_pos is not None and last.end_pos is not None
    return Span(first.start_pos, last.end_pos)


def _bare(items: Sequence[Item]) -> list[Item]:
    """Without brackets and commas."""
    punctuation = {"LPAR", "RPAR", "LBRACKET", "RBRACKET", "LBRACE", "RBRACE", "COMMA", "UNDERSCORE"}
    return [item for item in items if _kind(item) not in punctuation]


class Builder:
    """Builds the statements of one file."""

    def __init__(self, source: Source):
        self.source = source

    # --- statements --------------------------------------------------------------------------------------

    def statements(self, parsed: Tree) -> list[t.Statement]:
        """All statements."""
        trees = [child for child in parsed.children if isinstance(child, Tree)]
        return [found for child in trees for found in self._laws(child) or [self.statement(child)]]

    def _laws(self, item: Tree) -> list[t.Statement]:
        """The declarations of a law, one for each of its names; nothing for other statements."""
        if item.data != "law":
            return []
        names = [part for part in item.children if _kind(part) == "declared"]
        _, law, *arguments = item.children[-len(item.children) + 2 * len(names) - 1 :]
        span = _span(item.children)
        return [
            t.Law(self.declared(name), self.name(law), self.arguments(arguments), span=span) for name in names
        ]

    def statement(self, item: Tree) -> t.Statement:
        parts, span = item.children, _span(item.children)
        kind = str(item.data)
        if kind == "dims":
            return t.Dims(tuple(self.name(p) for p in _bare(parts[1:])), span=span)
        if kind == "declaration":
            names = tuple(self.declared(p) for p in parts if _kind(p) == "declared")
            colon = [_kind(p) for p in parts].index("COLON")
            return t.Declaration(
                names, self.name(parts[colon + 1]), self.arguments(parts[colon + 2 :]), span=span
            )
        if kind == "let":
            return t.Let(self.declared(parts[1]), self.formula(parts[3]), span=span)
        if kind == "construction":
            return t.Construction(
                str(parts[0]), self.name(parts[1]), self.name(parts[3]), self.arguments(parts[4:]), span=span
            )
        title = ""
        if _kind(parts[1]) == "title":
            title = str(parts[1].children[0]).strip()
        return t.Claim(title, self.body(parts[-1]), span=span)

    def body(self, item: Item) -> t.Relation | t.Minimiser:
        assert isinstance(item, Tree)
        parts, span = item.children, _span(item.children)
        if item.data == "minimiser":
            return t.Minimiser(
                self.formula(parts[0]), self.formula(parts[2]), self.formula(parts[4]), span=span
            )
        return t.Relation(self.formula(parts[0]), str(parts[1]), self.formula(parts[2]), span=span)

    def name(self, item: Item) -> t.Name:
        span = _span([item])
        spelled = self.source.piece(span)
        return t.Name(str(item), spelled if read_name(spelled) == str(item) else "", span=span)

    def declared(self, item: Item) -> t.Name:
        """A name that may carry a square: σ² is the variance sigma2."""
        assert isinstance(item, Tree)
        parts, span = _bare(item.children), _span(item.children)
        exponent = "".join(str(p) for p in parts[1:] if _kind(p) != "CARET")
        if exponent not in ("", "2"):
            raise self.source.error(
                span, f"{parts[0]}^{exponent} cannot be declared; only a square can, as σ²"
            )
        if exponent and str(parts[0]) not in GREEK_NAMES.values():
            raise self.source.error(
                span, f"{parts[0]}^2 cannot be declared; only the square of a Greek letter can, as σ²"
            )
        return t.Name(str(parts[0]) + exponent, span=span)

    def arguments(self, items: Sequence[Item]) -> tuple[t.Argument, ...]:
        found = [argument for item in items if isinstance(item, Tree) for argument in _bare(item.children)]
        result = []
        for argument in found:
            assert isinstance(argument, Tree)
            parts = argument.children
            name = str(parts[0]) if len(parts) == 3 else None
            result.append(t.Argument(name, self.formula(parts[-1]), span=_span(parts)))
        return tuple(result)

    # --- formulas ----------------------------------------------------------------------------------------

    def formula(self, item: Item) -> t.Expr:
        if isinstance(item, Token):
            return self.leaf(item)
        parts, span = item.children, _span(item.children)
        kind = str(item.data)
        if kind == "expression":
            return self.sum(parts, span)
        if kind == "product":
            return self.product(parts, span)
        if kind == "factor":
            return self.factor(parts)
        inner = _bare(parts)
        if kind == "trace":
            return t.Trace(self.formula(inner[1]), span=span)
        if kind == "inverse":
            return t.Inverse(self.formula(inner[1]), span=span)
        if kind == "expectation":
            over = _bare(inner[1].children) if isinstance(inner[1], Tree) and inner[1].data == "over" else []
            return t.Expectation(self.formula(inner[-1]), tuple(map(str, over)), span=span)
        if kind == "norm":
            return self.norm(inner, span)
        if kind == "fraction":
            return t.Product((("", self.formula(inner[1])), ("/", self.formula(inner[2]))), span=span)
        if kind == "library":
            return t.Library(str(inner[0]), self.name(inner[1]), self.name(inner[2]), span=span)
        assert kind == "limit"
        if _kind(parts[3]) == "NUMBER" and str(parts[3]) != "0":
            raise self.source.error(_span([parts[3]]), "limits are taken at infinity and at 0")
        point = "0" if _kind(parts[3]) == "NUMBER" else "infinity"
        return t.Limit(self.name(parts[1]), point, self.formula(parts[5]), span=span)

    def leaf(self, token: Token) -> t.Expr:
        span = _span([token])
        if token.type == "NUMBER":
            return t.Number(Fraction(str(token)), span=span)
        if token.type == "IDENTITY":
            return t.Identity(str(token) or None, span=span)
        return self.name(token)

    def sum(self, parts: Sequence[Item], span: Span) -> t.Expr:
        signs, items, sign = [], [], "+"
        for part in parts:
            if _kind(part) in ("PLUS", "MINUS"):
                sign = "-" if part.type == "MINUS" else "+"  # type: ignore[union-attr]
            else:
                signs.append(sign)
                items.append(self.formula(part))
        if len(items) == 1 and signs[0] == "+":
            return items[0]
        return t.Sum(tuple(zip(signs, items, strict=True)), span=span)

    def product(self, parts: Sequence[Item], span: Span) -> t.Expr:
        items: list[tuple[str, t.Expr]] = []
        operator = ""
        for part in parts:
            if _kind(part) in ("STAR", "SLASH"):
                operator = "/" if part.type == "SLASH" else "*"  # type: ignore[union-attr]
                continue
            factor = self.formula(part)
            if items and not operator and _kind(_tokens_of(part)[0]) == "NUMBER":
                raise self.source.error(
                    _span([part]), "a number behind a factor; put it in front, or write * between them"
                )
            items.append((operator, factor))
            operator = ""
        return items[0][1] if len(items) == 1 else t.Product(tuple(items), span=span)

    def factor(self, parts: Sequence[Item]) -> t.Expr:
        atom, *postfixes = _bare(parts)
        node = self.formula(atom)
        if len(postfixes) > MAX_POSTFIXES:
            raise self.source.error(
                _span(postfixes), f"more than {MAX_POSTFIXES} powers and transposes in a row"
            )
        start = _span(parts).start
        for i, postfix in enumerate(postfixes):
            span = Span(start, _span([postfix]).end)
            if _kind(postfix) == "PRIME":
                node = t.Transpose(node, span=span)
                continue
            if i and isinstance(node, t.Power):
                raise self.source.error(span, "a power of a power without brackets; write (A^2)^3")
            node = self.power(node, postfix, span)
        return node

    def power(self, base: t.Expr, postfix: Item, span: Span) -> t.Expr:
        inner = [
            p
            for p in _bare(postfix.children if isinstance(postfix, Tree) else [postfix])
            if _kind(p) != "CARET"
        ]
        if _kind(inner[0]) == "PRIME":
            return t.Transpose(base, span=span)
        if _kind(inner[0]) == "NAME":
            if str(inner[0]) != "T":
                raise self.source.error(
                    _span(inner), f"the exponent {inner[0]} is a symbol; exponents are whole numbers"
                )
            return t.Transpose(base, by_letter=True, span=span)
        text = "".join("-" if _kind(p) == "MINUS" else str(p) for p in inner)
        if "." in text:
            raise self.source.error(_span(inner), f"the exponent {text} is not a whole number")
        if abs(int(text)) > MAX_EXPONENT:
            raise self.source.error(
                _span(inner), f"the exponent {text[:20]} is too large; at most {MAX_EXPONENT} is taken here"
            )
        return t.Power(base, int(text), span=span)

    def norm(self, inner: Sequence[Item], span: Span) -> t.Expr:
        """NORM_OPEN formula NORM_CLOSE, a square, and at most one subscript on either side of it."""
        weights = [str(_bare(p.children)[0]) for p in inner if isinstance(p, Tree) and p.data == "weight"]
        exponent = [str(p) for p in inner[3:] if _kind(p) in ("NUMBER", "SUPERSCRIPT")]
        if exponent != ["2"]:
            raise self.source.error(span, "norms are squared here: ||v||^2")
        if len(weights) > 1:
            raise self.source.error(span, "the norm has two subscripts")
        return t.Norm(self.formula(inner[1]), weights[0] if weights else None, span=span)
