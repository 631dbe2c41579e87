"""The heads behind C = BᵀA: what gradient flow conserves, and the scale that it therefore reaches."""

from symicl.algebra import (
    MEANING,
    ClosedForm,
    closed_form,
    dimension,
    gradient,
    inverse_letter,
    letter,
    limit_at_infinity,
    read_form,
    scalar,
    scalar_letter,
)
from symicl.expectation import EntrySum, sum_of_powers
from symicl.proofs.sander2024.parts.positional import WEIGHTS, H, T_max, d
from symicl.theory import positive
from symicl.typeset import Equation

COORDINATES, HEADS = dimension(d), dimension(H)
scale = scalar("c", positive=True)
UNIQUE_ROOT = "a positive semidefinite matrix has one positive semidefinite square root"


def conserved(step, loss: ClosedForm) -> None:
    """AAᵀ − BBᵀ and ‖A‖² − ‖P‖² do not change under gradient flow."""
    a, b = (letter(f"stacked heads {name}", HEADS, COORDINATES) for name in "AB")
    A, B = ClosedForm.of(a), ClosedForm.of(b)
    G = ClosedForm.of(letter("derivative of the loss in C", COORDINATES, COORDINATES))
    along = (G.T @ B.T @ A).trace()
    slope_A, slope_B = gradient(along, a), gradient(along, b)
    step(
        r"Gradient flow on $A$, $B$, $P$ conserves $AA^{\top}-BB^{\top}$ and $\lVert A\rVert_F^2-\lVert P\rVert_F^2$",
        r"\nabla_A\ell=BG,\qquad\nabla_B\ell=AG^{\top},\qquad  "
        r"\langle A,\nabla_A\ell\rangle=\langle C,G\rangle=\textstyle\sum_tp_t\,\partial\ell/\partial p_t",
        where={"G": r"$=\partial\ell/\partial C$"},
        note=r"By symmetry $\lVert B\rVert_F^2-\lVert "
        r"P\rVert_F^2$ is "
        r"conserved too. The same holds for the sum of the losses over $T$.",
    )
    step.check(r"$\nabla_A\ell=BG$ by the chain rule through $C=B^{\top}A$", slope_A, B @ G)
    step.check(r"$\nabla_B\ell=AG^{\top}$", slope_B, A @ G.T)
    change = slope_A @ A.T - slope_B @ B.T
    step.check(r"$\frac{d}{dt}(AA^{\top}-BB^{\top})=0$", change + change.T)
    step.check(r"$\langle A,\nabla_A\ell\rangle=\langle C,G\rangle$", (A.T @ slope_A).trace(), along)
    step.check(
        r"$\ell(\gamma C,p/\gamma)=\ell(C,p)$ for every $\gamma\ne0$; its derivative at $\gamma=1$ is "
        r"$\langle C,G\rangle-\sum_tp_t\,\partial\ell/\partial p_t=0$",
        scaled(loss),
        loss,
        rule="substitution into the closed form",
    )


def scaled(loss: ClosedForm) -> ClosedForm:
    """ℓ(γC, p/γ)."""
    factor = read_form(scalar("gamma"))
    powers = {
        WEIGHTS.last(0): -1,
        WEIGHTS.last(1): -1,
        WEIGHTS.earlier(1): -1,
        WEIGHTS.earlier(2): -2,
    }
    table = {}
    for x in loss.letters():
        meaning = MEANING[x]
        power = len(meaning.factors) if isinstance(meaning, EntrySum) else powers.get(meaning, 0)
        if power:
            table[x] = ClosedForm.of(x) * factor**power
    return loss.substitute(table)


def biorthogonal(step) -> None:
    """H = d and p_T BᵀA = I: A Bᵀ = I/p_T, and in the balanced case AAᵀ = BBᵀ = I/|p_T|."""
    a = letter("square heads A", COORDINATES, COORDINATES)
    A, inverse = ClosedForm.of(a), ClosedForm.of(inverse_letter(a))
    one, p = ClosedForm.identity(COORDINATES), read_form(WEIGHTS.last(0))
    scaled_B = inverse.T  # p_T B
    step(
        r"Heads for $H=d$: biorthogonal, and orthogonal if they started balanced",
        r"p_TB^{\top}A=I\;\Longrightarrow\;AB^{\top}=\tfrac1{p_T}I,\qquad "
        r"AA^{\top}=BB^{\top}\;\Longrightarrow\;AA^{\top}=BB^{\top}=\tfrac1{|p_T|}I",
        note=r"The heads have $\langle a_h,b_h\rangle=1/p_T$ and $\langle a_h,b_i\rangle=0$ for every other head $i$: "
        r"these are the entries of $AB^{\top}$, with $B=A^{-\top}/p_T$.",
    )
    step.axiom("a left inverse of a square matrix is its inverse")
    step.check(r"$p_TB^{\top}A=I$ for this $B$", scaled_B.T @ A, one)
    step.check(r"$p_TAB^{\top}=I$", A @ scaled_B.T, one)
    step.check(r"$p_T^2\,(AA^{\top})(BB^{\top})=I$", A @ A.T @ scaled_B @ scaled_B.T, one)
    step.axiom(UNIQUE_ROOT)
    K = A @ A.T * (p * p) - scaled_B @ scaled_B.T  # p²(AAᵀ − BBᵀ)
    step.check(
        r"in general $(AA^{\top})^2-(AA^{\top}-BB^{\top})AA^{\top}=p_T^{-2}I$, so every "
        r"eigenvalue $\alpha$ of $AA^{\top}$ solves $\alpha^2-\kappa\alpha=p_T^{-2}$ for some $\kappa$, a "
        r"conserved eigenvalue "
        r"of $AA^{\top}-BB^{\top}$",
        A @ A.T @ A @ A.T * (p * p) - K @ A @ A.T,
        one,
    )


def balanced_size(step) -> None:
    """AAᵀ = BBᵀ gives (AᵀA)² = CᵀC, so AᵀA = C and ‖A‖² = tr C for a symmetric C ⪰ 0."""
    A, B = (ClosedForm.of(letter(f"stacked heads {name}", HEADS, COORDINATES)) for name in "AB")
    C = B.T @ A
    step.check(
        r"$C^{\top}C-(A^{\top}A)^2=-A^{\top}(AA^{\top}-BB^{\top})A$: balanced heads have "
        r"$A^{\top}A=(C^{\top}C)^{1/2}$",
        C.T @ C - A.T @ A @ A.T @ A,
        -(A.T @ (A @ A.T - B @ B.T) @ A),
    )
    step.axiom(UNIQUE_ROOT)


def trained_scale(step, diagonal: ClosedForm, before: ClosedForm, block: str) -> ClosedForm:
    """‖A‖² − ‖P‖² of balanced heads at zero loss with C ⪰ 0, where the entries of C on the diagonal are c > 0.

    Parameters
    ----------
    diagonal : ClosedForm
        C_ii by p_T.
    before : ClosedForm
        p_{T−1}/p_T. All earlier weights vanish.
    block : str
        C in LaTeX.
    """
    c = read_form(scale)
    last = diagonal.substitute({scalar_letter(WEIGHTS.last(0)): c})  # p_T C_ii = 1 holds both ways
    row = positions_used().substitute(
        {
            scalar_letter(WEIGHTS.last(0)): last,
            scalar_letter(WEIGHTS.last(1)): before * last,
            scalar_letter(WEIGHTS.earlier(2)): closed_form(0),
        }
    )
    rows = closed_form(sum_of_powers(0, T_max - 1))  # T = 2, …, T_max
    trace = (ClosedForm.identity(COORDINATES) * read_form(scale)).trace()  # of the diagonal of C
    energy = trace - rows * row
    step(
        r"The scale that balanced heads are trained to: the conserved quantity at the end equals that at the start",
        Equation(r"\lVert A\rVert_F^2-\lVert P\rVert_F^2", energy),
        where={"A_0,P_0": "are the weights at the start"},
        note=rf"At ${block}$, $p_T=1/c$ in each of the $T_{{\max}}-1$ rows. One $c>0$ solves "
        r"$\lVert A_0\rVert_F^2-\lVert P_0\rVert_F^2=\lVert A\rVert_F^2-\lVert P\rVert_F^2$, whatever the left "
        "side is.",
    )
    step.check("$C_{ii}=c$ at $p_T=1/c$", diagonal.substitute({scalar_letter(WEIGHTS.last(0)): 1 / c}), c)
    balanced_size(step)
    rise = gradient(energy, scalar_letter(scale))
    step.require(
        r"its derivative in $c$ is positive",
        positive(rise, {T_max: 2}),
        rule="no negative coefficient and a positive constant above, powers of $c$ below",
    )
    at_zero = (energy * c**2).substitute({scalar_letter(scale): closed_form(0)})
    step.require(
        r"it grows from $-\infty$ to $\infty$: the limits of $c^{2}$ times it at $c\to0$ and of it over $c$ at "
        r"$c\to\infty$ are negative and positive",
        positive(-at_zero, {T_max: 2}),
        positive(limit_at_infinity(energy / c, scale), {d: 1}),
        rule="no coefficient of the wrong sign",
    )
    step.axiom("a continuous function takes every value between two of its values")
    return energy


def positions_used() -> ClosedForm:
    """Σ_t p_t² over the weights of one row."""
    last, before = (read_form(WEIGHTS.last(k)) for k in range(2))
    return last**2 + before**2 + read_form(WEIGHTS.earlier(2))
