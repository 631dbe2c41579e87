"""Where the unmasked flow ends: it is bounded, and its limit is the only stationary point below zero weights.

At given T ≥ 4 and d the direction (α : α') of the limit is the only real root of a form f of degree 5. That it has one
root is a matter of signs: of f beyond two directions, and of its derivative between them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import sympy

from symicl.algebra import ClosedForm, closed_form, harmonic, scalar, unheard
from symicl.numeric import real_roots
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_, beta, beta_
from symicl.proofs.zheng2024.parts.letters import of, put, slope
from symicl.proofs.zheng2024.parts.profile import (
    DIRECTION,
    Profile,
    in_letters,
    profile_of,
    quadratic,
    slope_of_profile,
)
from symicl.proofs.zheng2024.parts.signs_on_arcs import along_arc, directions_between, positive_between
from symicl.proofs.zheng2024.parts.stationary import line_at
from symicl.proofs.zheng2024.setting import H2, H, N, d
from symicl.statements import StationaryCase
from symicl.tasks import T
from symicl.theory import nonnegative, positive
from symicl.typeset import Equation

EXAMPLES = ((2, 4), (3, 5), (5, 100))
"""(d, T) at which the derivation records that the limit is the only one; `limit_of_flow` checks it at any others."""
FROM_2 = {d: 2}
CLOSENESS = 200
"""The size of the integer α' in a direction beside the limit."""
SIGNS = "no negative coefficient, between directions that cover the line"
x, y, kappa, excess = (scalar(name, nonnegative=True) for name in ("x", "y", "kappa", "x_excess"))


def where_it_is_stationary(step, loss):
    """The equation of the stationary points below the loss of zero weights.

    Returns
    -------
    Profile
    tuple of identities
        On the gradient there.
    """
    profile = profile_of(loss.closed_form)
    definite(step, loss)
    return profile, one_equation(step, profile, loss.closed_form)


def the_only_limit(step, loss):
    """Boundedness, the equation of the stationary points, and that it has one root, at some d and T."""
    profile, _ = where_it_is_stationary(step, loss)
    bounded(step)
    step(
        r"At given $d$ and $T$ the direction of the limit is the only one with $f=0$",
        note=r"$f$ is positive from one direction to $(0,1)$ and negative from $(0,-1)$ to another, and its "
        r"derivative in $\alpha'$ is positive between the two: then $f$ has exactly one root, and $\alpha=0$ is none. "
        r"Each sign is that of all coefficients at $v+sw$, $s\ge0$.",
        where={"v,w": "are two directions, $v+sw$ are those between them", "s": r"$\ge0$ is a number"},
    )
    for size, length in EXAMPLES:
        bracket_at(profile, size, length).record(step, f"$d={size}$, $T={length}$")


def definite(step, loss):
    """The mean square of the prediction at t = 3 is positive for every T ≥ 4 and d ≥ 2."""
    parts = [loss.by_power[-k] * Fraction(1, 2**k) for k in range(3)]
    at_3 = profile_of(sum(parts, closed_form(0)))
    factors = factors_of(at_3.determinant)
    step(
        r"The prediction at $t=3$ is zero for $A=0$ or $B=0$ alone",
        r"\mathbb{E}\lVert\hat y_3\rVert^{2}=d\,(h_0\beta^{2}+2(d-1)h_1\beta\beta'+(d-1)h_2\beta'^{2})",
        *[Equation(f"h_{k}", part) for k, part in enumerate((at_3.h0, at_3.h1, at_3.h2))],
        Equation(r"h_0h_2-(d-1)h_1^{2}", at_3.determinant),
        where={"h_0,h_1,h_2": r"are forms in $\alpha$, $\alpha'$; here those of the time $t=3$"},
        name="definite",
        note=r"It is $P_0+\frac12P_{-1}+\frac14P_{-2}$ that counts. A form in $\beta$, $\beta'$ is positive if "
        r"$h_2>0$ and $h_0h_2>(d-1)h_1^{2}$, and likewise one in $\alpha$, $\alpha'$.",
    )
    step.check(
        r"$h_0h_2-(d-1)h_1^{2}$ is a product of two forms of degree 2",
        at_3.determinant,
        factors[0] * factors[1],
    )
    for name, form in (("h_2", at_3.h2), ("the first of the two", factors[0]), ("the second", factors[1])):
        first, mixed, last = (slope(slope(form, v), w) for v, w in PAIRS)
        shown = name if name != "h_2" else "$h_2$"
        step.require(
            rf"{shown} is positive for every $(\alpha,\alpha')\neq0$ and $d\ge2$",
            positive(last, FROM_2),
            positive(first * last - mixed**2, FROM_2),
            rule=r"a form of degree 2 whose determinant and last coefficient have no negative coefficient in $d-2$",
        )


PAIRS = ((alpha, alpha), (alpha, alpha_), (alpha_, alpha_))


@unheard
def factors_of(form):
    """Two factors that contain α' of a form; what is left goes into the first."""
    number, parts = sympy.factor_list(form.expr)
    one, other = [of(part) for part, _ in parts if part.has(alpha_)]
    rest = sympy.Mul(number, *[part**k for part, k in parts if not part.has(alpha_)])
    return one * of(rest), other


def bounded(step):
    """‖A‖‖B‖ is bounded along the flow, and so are both norms."""
    X, Y, K, E = (of(letter) for letter in (x, y, kappa, excess))
    step(
        r"For $T\ge4$ the flow is bounded, and it converges",
        r"c\,\lVert A\rVert_F^{2}\lVert B\rVert_F^{2}\le\mathbb{E}\lVert\hat y_3\rVert^{2}"
        r"\le\sum_t\mathbb{E}\lVert\hat y_t\rVert^{2}\le4L+2(T-2)d\le4L_0+2(T-2)d",
        where={
            "c": "$>0$ is a number",
            r"\varkappa": r"$\ge0$ is a number",
            "L_0": "is the loss at the start",
        },
        note=r"The first inequality is that of a positive function on pairs of unit vectors. With $\lVert A\rVert_F^{2}"
        r"\lVert B\rVert_F^{2}\le\varkappa^{2}$ and the conserved difference of the two, none exceeds its absolute "
        r"value plus $\varkappa$.",
        name="bounded",
    )
    step.axiom("a continuous positive function on a compact set has a positive minimum (Weierstrass)")
    step.axiom("a bounded gradient flow of a polynomial converges to a stationary point (Łojasiewicz)")
    step.check(
        r"$\lVert\hat y\rVert^{2}\le2\lVert\hat y-x\rVert^{2}+2\lVert x\rVert^{2}$: the difference is a square",
        (X - Y) ** 2 * 2 + Y**2 * 2 - X**2,
        (X - Y * 2) ** 2,
    )
    step.require(
        r"if $\lVert A\rVert_F^{2}-\lVert B\rVert_F^{2}\ge0$, then $\lVert A\rVert_F^{2}$ above it plus $\varkappa$ "
        r"contradicts $\lVert A\rVert_F^{2}\lVert B\rVert_F^{2}\le\varkappa^{2}$",
        nonnegative((K + X + E) * (K + E) - K**2),
        rule="no negative coefficient",
    )


def one_equation(step, profile, whole):
    """Below the loss of zero weights a stationary point is a root of f, and the rest of it is determined."""
    (h0, h1, h2, g), (h0_, h1_, h2_, g_) = in_letters()
    size = of(d)
    D = h0 * h2 - h1**2 * (size - 1)
    D_ = h0_ * h2 + h0 * h2_ - h1 * h1_ * (size - 1) * 2
    best = {beta: h2 * g / D, beta_: -h1 * g / D}
    step(
        r"Below the loss $(T-2)d/2$ of zero weights a stationary point is a root of $f$",
        r"L=\tfrac d2\big(h_0\beta^{2}+2(d-1)h_1\beta\beta'+(d-1)h_2\beta'^{2}\big)-d\,g\,\beta+\tfrac{(T-2)d}2,"
        r"\qquad\Delta=h_0h_2-(d-1)h_1^{2}",
        r"\beta=\frac{h_2g}{\Delta},\quad\beta'=-\frac{h_1g}{\Delta},\qquad "
        r"L=\frac{(T-2)d}2-\frac d2\,\frac{h_2g^{2}}{\Delta},"
        r"\qquad\frac{\partial L}{\partial\alpha'}=-\frac d2\,\frac{g\,\alpha f}{\Delta^{2}},\quad"
        r"\frac{\partial L}{\partial\alpha}=\frac d2\,\frac{g\,\alpha'f}{\Delta^{2}}",
        r"\alpha f=\Big(\frac{\partial h_2}{\partial\alpha'}g+2h_2\frac{\partial g}{\partial\alpha'}\Big)\Delta"
        r"-h_2g\,\frac{\partial\Delta}{\partial\alpha'}",
        where={
            "h_0,h_1,h_2,g": r"are forms in $\alpha$, $\alpha'$ from here on for all times together",
            "f": r"is a form of degree 5 in $\alpha$, $\alpha'$: all terms on the right contain $\alpha$",
        },
        name="one equation",
        note=r"The mean square of the predictions is positive where the loss is not that of zero weights "
        r"({step:definite}): there $g\beta>0$ and $\Delta>0$, and as $(\alpha,\alpha')\neq0$ one of the two other "
        r"derivatives is a multiple of $f$ by a number that is not zero.",
    )
    form = quadratic(h0, h1, h2, g)
    square = quadratic(h0, h1, h2, closed_form(0))
    step.check(
        r"$\beta\,\partial_\beta L+\beta'\,\partial_{\beta'}L$ is twice the quadratic part less $dg\beta$: where both "
        r"derivatives vanish, $dg\beta$ is the mean square of the predictions",
        of(beta) * slope(form, beta) + of(beta_) * slope(form, beta_),
        square * 2 - size * g * of(beta),
    )
    step.check("the loss is $(T-2)d/2$ without weights", profile.constant, of(N * d / 2))
    step.check("the loss has this form", whole, profile.loss)
    step.check(
        r"$L$ is constant along $(cA,B/c)$ for every number $c\neq0$",
        of(alpha) * slope(whole, alpha) + of(alpha_) * slope(whole, alpha_),
        of(beta) * slope(whole, beta) + of(beta_) * slope(whole, beta_),
    )
    gradient = [
        ("the derivatives in $\\beta$ and $\\beta'$ vanish there", put(slope(form, z), best), closed_form(0))
        for z in (beta, beta_)
    ]
    gradient.append(
        (
            r"$\partial L/\partial\alpha'$ is as given there",
            put(quadratic(h0_, h1_, h2_, g_), best),
            -size * g * slope_of_profile(h2, g, D, h2_, g_, D_) / (D**2 * 2),
        )
    )
    step.check(r"$L$ has this value there", put(form, best), -size * h2 * g**2 / (D * 2))
    for fact in gradient:
        step.check(*fact)
    return tuple(gradient)


@dataclass(frozen=True)
class Bracket:
    """Two directions with the only root of f between them, at a given T and one d or all from some d on.

    Attributes
    ----------
    profile : Profile
    f, equation : ClosedForm
        f and αf, both with the sign for which f(0, 1) > 0.
    low, high : pairs of numbers
        The directions, in the two letters.
    letters : two SymPy symbols
        α and α', or what stands for them in `moved`.
    moved : dict
        From α and α' to closed forms in the letters; both grow with them.
    scale : int or ClosedForm
        (0, ±scale) are directions of about the size of these.
    at_least : dict
        The least d, unless d is a number.
    sign : int
        What both were multiplied by.
    """

    profile: Profile
    f: ClosedForm
    equation: ClosedForm
    low: tuple
    high: tuple
    letters: tuple = DIRECTION
    moved: Mapping = field(default_factory=dict)
    scale: object = 1
    at_least: Mapping = field(default_factory=dict)
    sign: int = 1

    @property
    def bends_upwards(self):
        """A form with the sign of the second derivative in α' of the least loss for a direction, where f vanishes.

        The first one is −(d/2)gαf/Δ², and f rises if it is taken with the sign.
        """
        return -self.profile.g * of(alpha) * self.sign

    def case(self, values, profile, shown, form=None):
        """For certificates: where the stationary points are at some values, and what is shown there.

        Parameters
        ----------
        values : mapping
            Of T, the harmonic numbers and d.
        profile : Profile
            At any T and d.
        shown : sequence of Falling or Definite
        form : ClosedForm, optional
            As for `directions`.
        """
        forms = (profile.h0, profile.h1, profile.h2, -profile.g)
        return StationaryCase(values, forms, self.directions(form), shown)

    def signs(self):
        """Of f above and below, and of its derivative between."""
        f, around = put(self.f, self.moved), (self.letters, self.at_least)
        return [
            *_positive(f, self.high, (0, self.scale), *around),
            *_positive(-f, (0, -self.scale), self.low, *around),
            *_positive(slope(f, self.letters[1]), self.low, self.high, *around),
        ]

    @unheard
    def directions(self, form=None):
        """Directions (α, α') from (0, −1) to the first of some, these, and from the last of them to (0, 1).

        All roots of f are between those in the middle, where the form is positive from each to the next; by default the
        derivative of f.
        """
        f = put(self.f, self.moved)
        middle = slope(f, self.letters[1]) if form is None else put(form, self.moved)
        ways = (
            directions_between(-f, self.letters, (0, -self.scale), self.low, self.at_least),
            directions_between(middle, self.letters, self.low, self.high, self.at_least),
            directions_between(f, self.letters, self.high, (0, self.scale), self.at_least),
        )
        return tuple([[self._turned(direction) for direction in way] for way in ways])

    def _turned(self, direction):
        """A direction in the letters as one in α, α'."""
        values = dict(zip(self.letters, direction, strict=True))
        return tuple([put(self.moved[x] if x in self.moved else of(x), values) for x in DIRECTION])

    def between(self, form):
        """A form of α, α' from one direction to the other, as a polynomial in one letter that is not negative."""
        return along_arc(put(form, self.moved), self.letters, self.low, self.high)

    def positive(self, form):
        """That a form of α, α' is > 0 between the two directions."""
        return _positive(put(form, self.moved), self.low, self.high, self.letters, self.at_least)

    def record(self, step, where):
        """That f has one root, between the two directions, as checks of the latest step."""
        step.check(rf"{where}: $f$ is a form", self.equation, of(alpha) * self.f)
        step.require(rf"{where}: $f$ has exactly one root", *self.signs(), rule=SIGNS)


def _positive(form, v, w, letters, at_least):
    return positive_between(form, letters, v, w, at_least)


@unheard
def divided_by_alpha(equation):
    """f; that α times it is the equation is checked by whoever uses it."""
    return equation / of(alpha)


def bracket(profile, low, high, **others):
    """The equation at a given T with two directions around its root; the rest as in `Bracket`."""
    equation = profile.equation
    sign = leading_sign(equation, others.get("at_least", {}))
    signed = equation if sign > 0 else -equation
    return Bracket(profile, divided_by_alpha(signed), signed, low, high, sign=sign, **others)


@unheard
def leading_sign(equation, at_least):
    """The sign of f at (0, 1) for the least d."""
    lowest = {symbol: closed_form(low) for symbol, low in at_least.items()}
    leading = put(put(slope(equation, alpha), {alpha: closed_form(0), alpha_: closed_form(1)}), lowest)
    return 1 if positive(leading).holds else -1


def numbers(length):
    """The values of letters at T = length."""
    return {T: of(sympy.Integer(length)), H: of(harmonic(length - 2)), H2: of(harmonic(length - 2, 2))}


def bracket_at(profile, size, length):
    """Around the root at numbers d and T, closely."""
    middle = close_to_root(size, length)
    there = profile.at(numbers(length)).at({d: of(sympy.Integer(size))})
    return bracket(there, *[(middle[0], middle[1] + change) for change in (-1, 1)], scale=middle[0])


def close_to_root(size, length):
    """A direction of integers near that of the limit."""
    (root,) = real_roots(line_at(size, length).slope)
    width = round(CLOSENESS / abs(float(root.mid())))
    return width, round(float(root.mid()) * width)
