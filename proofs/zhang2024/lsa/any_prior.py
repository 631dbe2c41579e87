"""One head at any Ψ: in each eigenspace of Φ = H^½ΨH^½ a direction along β* is best.

In coordinates with H = I and at c = 1 the risk is a quadratic in Z = nK and g in which all rows of (Z, g) share one
matrix Q(a). With Q(ζ; η) = (a; w) a shift of (Z, g) by β*(ζᵀ, η) takes β* out of all but three terms; what is left is
moved by rotations that commute with Φ together with a. So the least risk at given lengths of the parts of a is affine
in the products of these parts with those of β*.
"""

from dataclasses import dataclass

from symicl.algebra import (
    ONE,
    ClosedForm,
    by_words,
    closed_form,
    gradient,
    homogeneous,
    inverse_of,
    letter,
    letter_of,
    matrix,
    monomials_of,
    powers,
    read_form,
    scalar,
    scalar_letter,
    symbol_letter,
    vector,
    with_letters,
)
from symicl.errors import DerivationError
from symicl.proofs.zhang2024.lsa.parity import X, only, per_token, r
from symicl.proofs.zhang2024.setting import H, Psi, beta_star, sigma2, task
from symicl.typeset import Equation

Hm, Phi, b = read_form(H), read_form(Psi), read_form(beta_star)
IDENTITY = {symbol_letter(H): ClosedForm.identity(Hm.rows)}
Z, y, e = (
    read_form(symbol)
    for symbol in (matrix("Z", (task.d, task.d)), vector("zeta", task.d), vector("e_row", task.d))
)
eta = read_form(scalar("eta"))


@dataclass(frozen=True)
class Rows:
    """The risk at c = 1, H = I: q(row) of each row of (Z, g) and what is linear in it.

    Attributes
    ----------
    risk : ClosedForm
        In Z, g, a, Ψ = Φ and β*.
    q : ClosedForm
        (ζ; η)ᵀQ(a)(ζ; η).
    weight : ClosedForm
        w, the mean of what g is multiplied by.
    a, g : ClosedForm
        Letters.
    """

    risk: ClosedForm
    q: ClosedForm
    weight: ClosedForm
    a: ClosedForm
    g: ClosedForm

    def at(self, matrix, column):
        """The risk with a matrix and a column for Z and g."""
        return self.risk.substitute({letter_of(Z): matrix, letter_of(self.g): column})


def any_prior(step, risk, split) -> Rows:
    """The rows of the quadratic, and why a may be taken along β* in each eigenspace."""
    whitened(step, risk, split)
    rows = rows_of(risk, split)
    prior_mean_taken_out(step, rows)
    along_the_prior_mean(step, rows)
    return rows


def whitened(step, risk, split):
    """H = I loses nothing."""
    S = ClosedForm.of(letter("symmetric square root of H", Hm.rows, Hm.rows, symmetric=True))
    root = inverse_of(S)
    moved = {
        symbol_letter(H): S @ S,
        symbol_letter(Psi): root @ Phi @ root,
        symbol_letter(beta_star): root @ b,
        only(split.a): root @ split.a,
        only(split.B): root @ split.B @ root,
        only(split.g): root @ split.g,
    }
    step(
        r"One head, any $\Psi$: the covariates may be taken to be standard",
        r"\Phi=H^{1/2}\Psi H^{1/2},\qquad b=H^{1/2}\beta^{*}",
    )
    step.check(
        r"in these coordinates the risk is that at $H=I$, $\Psi=\Phi$, $\beta^{*}=b$, for all parameters",
        risk.substitute(moved),
        risk.substitute(IDENTITY),
    )


def rows_of(risk, split) -> Rows:
    """Put Bᵀ = Z − gaᵀ and c = 1, and read off what a single row contributes."""
    a, g = split.a, split.g
    at_one = risk.substitute(IDENTITY | {letter_of(split.c): closed_form(1), only(split.B): Z.T - a @ g.T})
    unknowns = (letter_of(Z), only(g))
    row = {letter_of(Z): e @ y.T, only(g): e * eta}
    q = homogeneous(at_one, unknowns, 2).substitute(row) / (e.T @ e).trace()
    slope = gradient(homogeneous(at_one, unknowns, 1), only(g))
    weight = -(b.T @ slope).trace() / ((b.T @ b).trace() * 2)
    return Rows(at_one, q, weight, a, g)


def prior_mean_taken_out(step, rows):
    """A shift by b(ζᵀ, η) leaves three terms with b, wherever Q(ζ; η) = (a; w)."""
    a, g = rows.a, rows.g
    first, second = gradient(rows.q, letter_of(y)) / 2 - a, gradient(rows.q, letter_of(eta)) / 2 - rows.weight
    step(
        r"All rows of $(Z,g)$ meet the same matrix $Q(a)$; a shift by $b(\zeta^{\top},\eta)$ takes the prior mean out",
        Equation(r"(\zeta;\eta)^{\top}Q(a)(\zeta;\eta)", rows.q),
        Equation("w", rows.weight),
        r"\mathcal{R}(Z+b\zeta^{\top},g+\eta b)=\mathcal{R}_{b=0}(Z,g)+\lVert b\rVert^{2}(1-a^{\top}\zeta-w\eta)-2\,"
        r"b^{\top}\Phi\zeta\quad\text{where}\quad Q(a)\,(\zeta;\eta)=(a;w)",
        where={
            "Z": r"$=B^{\top}+ga^{\top}$, here at $c=1$",
            "Q(a)": "is the symmetric matrix of the form that is shown",
            r"\zeta\in\mathbb{R}^{d}": "is a vector, in place of a row of $Z$",
            r"\eta": r"$\in\mathbb{R}$ stands for an entry of $g$",
            "w": "is the mean of what $g$ is multiplied by",
        },
        note=r"$Q(a)$ is the Gram matrix of what the entries of a row multiply, and $(a;w)$ are their means.",
    )
    gram_matrix(step, rows)
    step.check(
        r"$\mathcal{R}_{b=0}(Z,g)$ is $\operatorname{tr}\Phi+\sigma^{2}-2\operatorname{tr}(\Phi Z)$ and the sum of "
        r"this form over all rows of $(Z,g)$",
        free_of_mean(rows),
        sum_over_rows(rows) + Phi.trace() + read_form(sigma2) - (Phi @ Z).trace() * 2,
    )
    step.check(
        r"for all $\zeta$ and $\eta$ the two sides differ by $2b^{\top}(Zq_1+gq_2)+\lVert b\rVert^{2}(\zeta^{\top}q_1"
        r"+\eta q_2)$ with $(q_1;q_2)=Q(a)(\zeta;\eta)-(a;w)$",
        rows.at(Z + b @ y.T, g + b * eta),
        free_of_mean(rows)
        + (b.T @ b).trace() * (1 - (a.T @ y).trace() - rows.weight * eta)
        - (b.T @ Phi @ y).trace() * 2
        + (b.T @ (Z @ first + g * second)).trace() * 2
        + (b.T @ b).trace() * ((y.T @ first).trace() + eta * second),
    )


def gram_matrix(step, rows):
    """Q(a) is a mean of squares, and (a; w) the means of the same functions: the normal equations of the constant 1."""
    a = rows.a
    gram = a.T @ X.T @ X
    factor = (
        (y.T @ X.T @ r).trace() + (gram @ y).trace() + eta * ((r.T @ r).trace() - (gram @ a).trace())
    ) * per_token
    step.check(
        r"$(\zeta;\eta)^{\top}Q(a)(\zeta;\eta)$ is the mean square of "
        r"$\frac1n(\zeta^{\top}X^{\top}r+a^{\top}X^{\top}X\zeta+\eta\,(r^{\top}r-a^{\top}X^{\top}Xa))$ at $H=I$, "
        r"$\Psi=\Phi$: $Q(a)\succeq0$",
        task.expectation(factor * factor).substitute(IDENTITY),
        rows.q,
    )
    step.check(
        r"its mean is $a^{\top}\zeta+w\eta$",
        task.expectation(factor).substitute(IDENTITY),
        (a.T @ y).trace() + rows.weight * eta,
    )
    step.axiom(
        r"the normal equations $\mathbb{E}[\phi\phi^{\top}]v=\mathbb{E}[\phi]$ of a least-squares problem have a "
        "solution: the projection on a space of finite dimension exists"
    )


def free_of_mean(rows):
    """The risk at b = 0."""
    return rows.risk.substitute({symbol_letter(beta_star): ClosedForm.zero(b.rows, ONE)})


def sum_over_rows(rows):
    """Σ q over the rows of (Z, g)."""
    a, g, found = rows.a, rows.g, in_words(rows)
    shapes = {
        "d0": (Z @ Z.T).trace(),
        "d1": (Z @ Phi @ Z.T).trace(),
        "v": (a.T @ Z.T @ Z @ a).trace(),
        "z0": (g.T @ Z @ a).trace() * 2,
        "z1": (g.T @ Z @ Phi @ a).trace() * 2,
        "w2": (g.T @ g).trace(),
    }
    return sum((found[name] * shape for name, shape in shapes.items()), closed_form(0))


def along_the_prior_mean(step, rows):
    """Rotations that commute with Φ move what is left with a; so b is met in the products of parts alone."""
    step(
        r"In each eigenspace of $\Phi$ the part of $a$ may be taken along that of $b$",
        r"\min_{Z,g}\mathcal{R}=m_0+m_1\lVert b\rVert^{2}-2\sum_k\varphi_k\,m_{2,k}\,a_k^{\top}b_k,\qquad "
        r"|a_k^{\top}b_k|\le\lVert a_k\rVert\,\lVert b_k\rVert",
        where={
            r"a_k,b_k": r"are the parts of $a$ and $b$ in the eigenspace of the eigenvalue $\varphi_k$ of $\Phi$",
            r"m_0,m_1,m_{2,k}": r"are functions of the lengths $\lVert a_1\rVert,\lVert a_2\rVert,\dots$ alone",
            "S_v": r"$=I-2vv^{\top}/v^{\top}v$ is the reflection of any vector $v\neq0$",
            "e": r"is any vector, and $\varphi$ any number",
            r"d_0,d_1,d_2,z_0,z_1": r"are the coefficients of $\zeta^{\top}\zeta$, $\zeta^{\top}\Phi\zeta$, "
            r"$(a^{\top}\zeta)^{2}$, $2\eta a^{\top}\zeta$ and $2\eta a^{\top}\Phi\zeta$ in the form of $Q(a)$",
        },
        name="along",
    )
    unchanged_by_reflections(step, rows)
    parts_are_multiples(step, rows)
    step.axiom(
        "reflections make all rotations (Cartan and Dieudonné); of two vectors whose parts in the eigenspaces of a "
        "symmetric matrix have the same lengths, one is moved to the other by a rotation that commutes with the matrix"
    )
    step.axiom("an affine function of several numbers, each in an interval, is least where each is at an end")


def unchanged_by_reflections(step, rows):
    """m₀ and m₁: what is minimised and what is solved do not change if all is reflected together."""
    v, a, g = read_form(vector("v", task.d)), rows.a, rows.g
    S = ClosedForm.identity(v.rows) - v @ v.T * (closed_form(2) / (v.T @ v).trace())
    together = {symbol_letter(Psi): S @ Phi @ S, letter_of(a): S @ a}
    step.check(r"$S_vS_v=I$", S @ S, ClosedForm.identity(v.rows))
    alone = free_of_mean(rows)
    step.check(
        r"$\mathcal{R}_{b=0}$ is the same at $S_vZS_v$, $S_vg$, $S_va$ and $S_v\Phi S_v$, for every $v$",
        alone.substitute(together | {letter_of(Z): S @ Z @ S, letter_of(g): S @ g}),
        alone,
    )
    step.check(
        r"so is $(\zeta;\eta)^{\top}Q(a)(\zeta;\eta)$, with $S_v\zeta$",
        rows.q.substitute(together | {letter_of(y): S @ y}),
        rows.q,
    )
    step.check("and $w$", rows.weight.substitute(together), rows.weight)


def parts_are_multiples(step, rows):
    """(d₀ + d₁φ) ζ_k = (1 − d₂ aᵀζ − η(z₀ + z₁φ)) a_k: row e of the equation for ζ, where Φe = φe."""
    a, found, number = rows.a, in_words(rows), read_form(phi)
    equation = gradient(rows.q, letter_of(y)) / 2 - a
    off = Phi @ e - e * number
    level = found["d0"] + found["d1"] * number
    rest = 1 - found["v"] * (a.T @ y).trace() - eta * (found["z0"] + found["z1"] * number)
    step.check(
        r"$e^{\top}q_1=(d_0+d_1\varphi)\,e^{\top}\zeta-(1-d_2\,a^{\top}\zeta-\eta(z_0+z_1\varphi))\,e^{\top}a"
        r"+(\Phi e-\varphi e)^{\top}(d_1\zeta+\eta z_1a)$: where $\Phi e=\varphi e$, $\zeta$ is a multiple of $a$ "
        "along $e$",
        (e.T @ equation).trace(),
        level * (e.T @ y).trace()
        - rest * (e.T @ a).trace()
        + found["d1"] * (off.T @ y).trace()
        + eta * found["z1"] * (off.T @ a).trace(),
    )


@dataclass(frozen=True)
class Coefficients:
    """The parts of Q(a) and w: q(ζ, η) = d₀ζᵀζ + d₁ζᵀΦζ + v(aᵀζ)² + 2η(z₀aᵀζ + z₁aᵀΦζ) + w₂η².

    All are closed forms in A = aᵀa, P = aᵀΦa, τ, φ₂ = tr Φ² and n.
    """

    d0: ClosedForm
    d1: ClosedForm
    v: ClosedForm
    z0: ClosedForm
    z1: ClosedForm
    w2: ClosedForm
    w: ClosedForm


phi = scalar("varphi", nonnegative=True)
A, P, total, fourth = (scalar(name, nonnegative=True) for name in ("A", "P", "tau", "varphi_2"))


def coefficients(rows) -> Coefficients:
    """Read them off the derived forms.

    Raises
    ------
    DerivationError
        If q has other terms than these.
    """
    a = rows.a
    names = {
        word((a.T @ a).trace()): scalar_letter(A),
        word((a.T @ Phi @ a).trace()): scalar_letter(P),
        word((Phi @ Phi).trace()): scalar_letter(fourth),
    }
    trace = Phi.trace()

    def renamed(form):
        """In the letters, with τ − σ² for tr Φ."""
        level = read_form(total - sigma2)
        parts = powers(form, word(trace))
        return with_letters(sum((c * level**k for k, c in parts.items()), closed_form(0)), names)

    found = {name: renamed(c) for name, c in in_words(rows).items()}
    return Coefficients(**found, w=renamed(rows.weight))


def in_words(rows):
    """The coefficients of q in the order of `Coefficients`, without w.

    Raises
    ------
    DerivationError
        If q has other terms.
    """
    a = rows.a
    along, through = (a.T @ y).trace(), (a.T @ Phi @ y).trace()
    shapes = {
        "d0": (y.T @ y).trace(),
        "d1": (y.T @ Phi @ y).trace(),
        "v": along**2,
        "z0": along * eta * 2,
        "z1": through * eta * 2,
        "w2": eta**2,
    }
    keys = {name: next(iter(monomials_of(shape).items())) for name, shape in shapes.items()}
    words = {w for monomial, _ in keys.values() for w in monomial}
    parts = by_words(rows.q, words.__contains__)
    if parts.keys() != {monomial for monomial, _ in keys.values()}:
        raise DerivationError("a row of the quadratic has other terms than those that are known")
    return {name: parts[monomial] / number for name, (monomial, number) in keys.items()}


def word(form):
    """The one closed word of a form."""
    ((only_word,),) = monomials_of(form)
    return only_word
