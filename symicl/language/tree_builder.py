"""From the parser's trees to those of `symicl.language.tree`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from lark import Token, Tree

from symicl.language import tree as t
from symicl.language.assumption_builder import assume
from symicl.language.bounds import MAX_EXPONENT, MAX_POSTFIXES
from symicl.language.moments import ARGUMENTS, MEANT, moment
from symicl.language.names import ENTRYWISE, GREEK_NAMES
from symicl.language.scanner import BAR
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


def _is_bare_trace(item: Item) -> bool:
    """tr A, without brackets."""
    return isinstance(item, Tree) and item.data == "trace" and len(item.children) == 2


def _is_open(item: Item) -> bool:
    """tr A or E||x||^2, whose end is not marked by a bracket."""
    if not (isinstance(item, Tree) and item.data == "factor" and isinstance(item.children[0], Tree)):
        return False
    atom = item.children[0]
    return _is_bare_trace(atom) or (atom.data == "expectation" and _kind(atom.children[-1]) == "norm")


NORMS_ARE_SQUARED = "norms are squared here: ||v||^2"


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
        if kind == "joint":
            names = tuple(self.declared(p) for p in parts if _kind(p) == "declared")
            tilde = [_kind(p) for p in parts].index("TILDE")
            return t.JointLaw(
                names, self.name(parts[tilde + 1]), self.arguments(parts[tilde + 2 :]), span=span
            )
        if kind == "let":
            return t.Let(self.declared(parts[1]), self.formula(parts[3]), span=span)
        if kind == "assume":
            return assume(self, [p for p in parts[1:] if isinstance(p, Tree)], span)
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
        sizes = self.sizes(parts[3]) if len(parts) == 4 else ()
        return t.Relation(self.formula(parts[0]), str(parts[1]), self.formula(parts[2]), sizes, span=span)

    def sizes(self, item: Item) -> tuple[tuple[t.Name, int], ...]:
        """AT n = 3, d = 2"""
        assert isinstance(item, Tree)
        found = []
        for part in item.children:
            if isinstance(part, Tree):
                name, _, number = part.children
                if not str(number).isdigit():
                    raise self.source.error(_span([number]), "a size is a whole number")
                found.append((self.name(name), int(str(number))))
        return tuple(found)

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
        if kind == "relu":
            return t.Relu(self.formula(inner[1]), span=span)
        if kind == "expectation":
            over, drawn = self.over(inner[1])
            return t.Expectation(self.formula(inner[-1]), over, drawn, span=span)
        if kind == "moment":
            return self.moment(inner, span)
        if kind == "inner":
            return self.inner(parts, span)
        if kind == "norm":
            return self.norm(inner, span)
        if kind == "fraction":
            return t.Product((("", self.formula(inner[1])), ("/", self.formula(inner[2]))), span=span)
        if kind == "block":
            rows = [p.children for p in parts if isinstance(p, Tree)]
            return t.Block(tuple(tuple(self.formula(x) for x in _bare(row)) for row in rows), span=span)
        if kind == "column":
            return t.Block(tuple((self.formula(p),) for p in inner if _kind(p) != "SEMICOLON"), span=span)
        if kind == "library":
            return t.Library(str(inner[0]), self.name(inner[1]), self.name(inner[2]), span=span)
        if kind == "entrywise":
            return self.entrywise(inner, span)
        assert kind == "limit"
        return self.limit(parts, span)

    def entrywise(self, inner: Sequence[Item], span: Span) -> t.Expr:
        """NAME and its arguments; the last two of entry(A, 1, 2) are whole numbers."""
        name, arguments = str(inner[0]), [self.formula(p) for p in inner[1:]]
        if len(arguments) != ENTRYWISE[name]:
            wanted = {1: "one argument", 2: "two arguments", 3: "a matrix and two numbers"}[ENTRYWISE[name]]
            raise self.source.error(span, f"{name}(…) takes {wanted}")
        if name != "entry":
            return t.Entrywise(name, arguments[0], arguments[1] if len(arguments) > 1 else None, span=span)
        numbers = [x.value for x in arguments[1:] if isinstance(x, t.Number) and x.value.denominator == 1]
        if len(numbers) < 2:
            raise self.source.error(
                span, "entry(A, i, j) takes the numbers of a row and a column, counted from 1"
            )
        return t.Entrywise(name, arguments[0], None, tuple(int(k) for k in numbers), span=span)

    def limit(self, parts: Sequence[Item], span: Span) -> t.Expr:
        """LIMIT names ARROW point, the quotients of sizes that grow together, OF formula."""
        arrow = [_kind(p) for p in parts].index("ARROW")
        names = [self.name(p) for p in _bare(parts[1:arrow])]
        point, ratios = parts[arrow + 1], [p for p in parts if isinstance(p, Tree) and p.data == "ratio"]
        if _kind(point) == "NUMBER" and str(point) != "0":
            raise self.source.error(_span([point]), "limits are taken at infinity and at 0")
        where = "0" if _kind(point) == "NUMBER" else "infinity"
        variable, beside = names[0], []
        for i, ratio in enumerate(ratios):
            above, below = (self.name(p) for p in ratio.children if _kind(p) == "NAME")
            variable = below if i == 0 else variable
            if where == "0" or below != variable or above == variable:
                raise self.source.error(
                    _span([ratio]),
                    f"sizes grow together as in n, d -> infinity with d/n -> c, all over {variable.name}",
                )
            beside.append((above, self.formula(ratio.children[-1])))
        grown = {variable, *(name for name, _ in beside)}
        for name in names:
            if name not in grown:
                raise self.source.error(
                    name.span,
                    f"how {name.name} grows beside {variable.name} is not said; write with {name.name}/{variable.name} "
                    "-> c, or one limit of another",
                )
        return t.Limit(variable, where, self.formula(parts[-1]), tuple(beside), span=span)

    def leaf(self, token: Token) -> t.Expr:
        span = _span([token])
        if token.type == "NUMBER":
            return t.Number(Fraction(str(token)), span=span)
        if token.type == "IDENTITY":
            return t.Identity(str(token) or None, span=span)
        if token.type == "ONES":
            return t.Ones(str(token), span=span)
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
        signs = [part for part in parts if _kind(part) == "INFIX"]
        if signs:
            return self.infix(parts, signs, span)
        items: list[tuple[str, t.Expr]] = []
        operator, before = "", parts[0]
        for part in parts:
            if _kind(part) in ("STAR", "SLASH"):
                operator = "/" if part.type == "SLASH" else "*"  # type: ignore[union-attr]
                continue
            factor = self.formula(part)
            if items and not operator and _is_open(before):
                raise self.source.error(
                    _span([before]) | _span([part]),
                    "write brackets: without them, what stands behind can be read as inside or as outside",
                )
            before = part
            if items and not operator and _kind(_tokens_of(part)[0]) == "NUMBER":
                raise self.source.error(
                    _span([part]), "a number behind a factor; put it in front, or write * between them"
                )
            items.append((operator, factor))
            operator = ""
        return items[0][1] if len(items) == 1 else t.Product(tuple(items), span=span)

    def infix(self, parts: Sequence[Item], signs: Sequence[Item], span: Span) -> t.Expr:
        """A ∘ B or A ⊗ B, between which products stand; the reader refuses what could be read in another way."""
        if len({str(sign) for sign in signs}) > 1:
            raise self.source.error(span, "∘ and ⊗ in one product; write brackets")
        groups: list[list[Item]] = [[]]
        for part in parts:
            if _kind(part) == "INFIX":
                groups.append([])
            else:
                groups[-1].append(part)
        for group in groups:
            if any(_kind(part) == "SLASH" for part in group):
                raise self.source.error(span, "a quotient beside ∘ or ⊗; write brackets")
        factors = [self.product(group, _span(group)) for group in groups]
        beside = tuple(
            tuple(x for _, x in factor.items)
            if isinstance(factor, t.Product) and len(group) > 1
            else (factor,)
            for factor, group in zip(factors, groups, strict=True)
        )
        found = factors[0]
        for k, factor in enumerate(factors[1:], 2):
            found = t.Entrywise(str(signs[0]), found, factor, beside=beside[:k], span=span)
        return found

    def factor(self, parts: Sequence[Item]) -> t.Expr:
        atom, *postfixes = _bare(parts)
        if postfixes and _is_bare_trace(atom):
            raise self.source.error(_span(parts), "write tr(…), because tr A^2 can be read in two ways")
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
        if len(inner) == 2 and (_kind(inner[1]) == "PRIME" or str(inner[1]) == "T"):  # A^{-T}
            by_letter = _kind(inner[1]) == "NAME"
            return t.Transpose(t.Power(base, -1, span=span), by_letter=by_letter, span=span)
        text = "".join("-" if _kind(p) == "MINUS" else str(p) for p in inner)
        if not text.lstrip("-").replace(".", "").isdigit():
            raise self.source.error(
                _span(inner), f"the exponent {text} is a symbol; exponents are whole numbers"
            )
        if "." in text:
            raise self.source.error(_span(inner), f"the exponent {text} is not a whole number")
        if abs(int(text)) > MAX_EXPONENT:
            raise self.source.error(
                _span(inner), f"the exponent {text[:20]} is too large; at most {MAX_EXPONENT} is taken here"
            )
        exponent = int(text)
        if isinstance(base, t.Moment) and base.name == "Corr" and exponent and exponent % 2 == 0:
            base = moment("Corr²", base.parts, base.over, base.drawn, span)
            exponent //= 2
        return base if exponent == 1 and text != "1" else t.Power(base, exponent, span=span)

    def norm(self, inner: Sequence[Item], span: Span) -> t.Expr:
        """NORM_OPEN formula NORM_CLOSE, an even power, and at most one subscript on either side of it."""
        weights = [str(_bare(p.children)[0]) for p in inner if isinstance(p, Tree) and p.data == "weight"]
        (exponent,) = (str(p) for p in inner[3:] if _kind(p) in ("NUMBER", "SUPERSCRIPT"))
        half, odd = divmod(int(exponent), 2) if exponent.isdigit() else (0, 1)
        if odd or not 0 < half <= MAX_EXPONENT:
            what = "absolute values are squared here: |c|^2" if str(inner[0]) == BAR else NORMS_ARE_SQUARED
            raise self.source.error(span, what)
        if len(weights) > 1:
            raise self.source.error(span, "the norm has two subscripts")
        if weights and weights[0].isdigit() and weights[0] != "2":
            raise self.source.error(
                span, f"the {weights[0]}-norm is not in the language; there are 2, F and covariances"
            )
        square = t.Norm(self.formula(inner[1]), weights[0] if weights else None, span=span)
        return square if half == 1 else t.Power(square, half, span=span)

    def inner(self, parts: Sequence[Item], span: Span) -> t.Expr:
        """<x, v> is tr(x'v), and <x, v>_H is tr(x'H v)."""
        formulas = [p for p in parts if isinstance(p, Tree) and p.data != "weight"]
        first, second = map(self.formula, formulas)
        middle: list[tuple[str, t.Expr]] = [
            ("", self.name(_bare(p.children)[0])) for p in parts if isinstance(p, Tree) and p.data == "weight"
        ]
        factors = (("", t.Transpose(first, span=span)), *middle, ("", second))
        return t.Trace(t.Product(factors, span=span), span=span)

    def over(self, item: Item) -> tuple[tuple[str, ...], tuple[t.Drawn, ...]]:
        """The letters over which is averaged, and the laws that are written beside them."""
        if not (isinstance(item, Tree) and item.data == "over"):
            return (), ()
        names: list[str] = []
        drawn = []
        for part in _bare(item.children):
            if isinstance(part, Token):
                names.append(str(part))
                continue
            at = [_kind(p) for p in part.children].index("TILDE")
            letters = tuple(self.name(p) for p in _bare(part.children[:at]))
            law, *arguments = part.children[at + 1 :]
            given = self.arguments(arguments) if arguments else None
            names += [letter.name for letter in letters]
            drawn.append(t.Drawn(letters, self.name(law), given, span=_span(part.children)))
        return tuple(names), tuple(drawn)

    def moment(self, inner: Sequence[Item], span: Span) -> t.Expr:
        name = str(inner[0])
        over, drawn = self.over(inner[1])
        parts = tuple(self.formula(p) for p in inner[1:] if _kind(p) != "over")
        if len(parts) != ARGUMENTS[name]:
            wanted = "one formula" if ARGUMENTS[name] == 1 else "two formulas"
            raise self.source.error(span, f"{name}[…] takes {wanted}: {MEANT[name]}")
        return moment(name, parts, over, drawn, span)
