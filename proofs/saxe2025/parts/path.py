"""The path of training: what each head conserves, the logistic law of the effective step, and where heads rest."""

from sympy import Inverse, Rational

from symicl.algebra import ClosedForm, closed_form, gradient, read_form, scalar, scalar_letter, symbol_letter
from symicl.models import MultiHeadLinearAttention
from symicl.proofs.saxe2025.setting import D, E, Gamma, Lambda, S, d, e, gamma, n, of_heads, u0
from symicl.statements import Inequality
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss, flow, trace_square
from symicl.typeset import Equation

general = LinearRegression(covariate_cov=Lambda, noise=0)


def what_is_conserved(step):
    """c² − tr BBᵀ + aᵀa − gᵀg of each of two heads, for any covariance."""
    motion = flow(expected_loss(MultiHeadLinearAttention(2), general), rate=Rational(1, 2))
    step(
        "Each head conserves a quantity, whatever the covariance and the other heads",
        r"C=c^{2}-\operatorname{tr}BB^{\top}+a^{\top}a-g^{\top}g",
        where={
            "a,c": "are the last row of the value matrix of a head",
            "B,g": "are blocks of its key-query matrix",
        },
    )
    for h in (1, 2):
        a, b, g, c = (ClosedForm.of(motion.letters[f"{name}_{h}"]) for name in "aBgc")
        kept = c * c - (b @ b.T).trace() + (a.T @ a).trace() - (g.T @ g).trace()
        step.check(rf"$\dot C=0$ for head {h} of two", motion.derivative(kept), closed_form(0))


def on_the_line(loss):
    """The velocities of B and c at a = g = 0, B = pI, c = v."""
    motion = flow(loss, rate=Rational(1, 2))
    p, v = (read_form(scalar(name)) for name in ("p", "v"))
    one = ClosedForm.identity(ClosedForm.of(motion.letters["B"]).rows)
    column = ClosedForm.zero(one.rows, v.rows)
    at = {
        motion.letters[name]: form for name, form in {"a": column, "g": column, "B": one * p, "c": v}.items()
    }
    return one, *(motion.velocities[name].substitute(at) for name in "Bcag")


def logistic(step, loss):
    """The equation of u = pv, its solution, and where u is half of its limit."""
    one, B_dot, c_dot, *others = on_the_line(loss)
    p, v, r, first, factor = (read_form(z) for z in (*map(scalar, "pvr"), u0, e))
    size, dim = read_form(gamma), read_form(d)
    left = 1 - size * p * v
    step(
        r"For $\Lambda=I$, from $B=pI$ and $c=v$, the flow keeps to these, and $u=pv$ is the effective step",
        r"\dot p=v(1-\gamma u),\qquad\dot v=d\,p(1-\gamma u),\qquad\dot u=(v^{2}+d\,p^{2})(1-\gamma u)",
        where={"p,v": "are numbers", r"\dot p,\dot v,\dot u": "are derivatives in time, as every dot is"},
    )
    step.check(r"$\dot B=v(1-\gamma u)I$ there", B_dot, one * (v * left))
    step.check(r"$\dot c=d\,p(1-\gamma u)$ there", c_dot, dim * p * left)
    for name, speed in zip("ag", others, strict=True):
        step.check(rf"$\dot {name}=0$ there", speed)
    speed = v * left * v + p * c_dot
    step.check(r"$\dot u=(v^{2}+d\,p^{2})(1-\gamma u)$", speed, (v * v + dim * p * p) * left)
    balanced = {scalar_letter(scalar("v")): r * p, scalar_letter(d): r * r}
    step(
        r"From a balanced start, $v=\sqrt d\,p$, this is a logistic equation",
        r"\dot u=2\sqrt d\,u(1-\gamma u)",
        where={"r": r"$=\sqrt d$, so that $d=r^{2}$"},
    )
    step.check(
        r"the balance is kept: $\dot v=r\dot p$", *(f.substitute(balanced) for f in (c_dot, v * left * r))
    )
    u = r * p * p
    law = r * 2 * u * (1 - size * u)
    step.check(r"$\dot u=2r\,u(1-\gamma u)$", speed.substitute(balanced), law.substitute(balanced))
    course = 1 / (size + (1 / first - size) * factor)
    half = size / (1 / first - size)
    step(
        "Its solution, and the factor at which $u$ is half of its limit",
        Equation("u", course),
        r"e=e^{-2\sqrt d\,t},\qquad\dot e=-2\sqrt d\,e",
        Equation(r"u=\tfrac1{2\gamma}:\quad e", half),
    )
    at = scalar_letter(e)
    step.check(r"$u$ solves it", gradient(course, at) * factor * r * -2, r * 2 * course * (1 - size * course))
    step.check("$u=u_0$ at $e=1$", course.substitute({at: closed_form(1)}), first)
    step.check(r"$u=1/\gamma$ at $e=0$", course.substitute({at: closed_form(0)}), 1 / size)
    step.check(r"$u=1/(2\gamma)$ at this $e$", course.substitute({at: half}), 1 / (size * 2))
    return course, half


def plateaus(step):
    """Heads of rank one on eigenvectors: what moves them, where they rest, and the loss there."""
    loss = expected_loss(MultiHeadLinearAttention(), general)
    a, c, g, M = (loss.letter_to_differentiate(name) for name in "acgB")
    values, strengths, chosen, big = (read_form(z) for z in (D, S, E, Gamma))
    one, column = ClosedForm.identity(values.rows), ClosedForm.zero(values.rows, closed_form(1).rows)
    whole = loss.closed_form.substitute({a: column, g: column, c: closed_form(1)})
    at = {symbol_letter(Lambda): values, M: strengths}
    pull = values @ values @ (one - big @ strengths)
    step(
        "Heads of rank one on eigenvectors of the covariance keep to these, in the basis of which $\\Lambda=D$",
        r"\textstyle M=\sum_h v_hk_hq_h^{\top}=S:\qquad-\tfrac12\nabla_ML=D^{2}(I-\Gamma S)",
        r"\dot k_h=-\tfrac12v_h\nabla_ML\,q_h,\quad\dot q_h=-\tfrac12v_h\nabla_ML^{\top}k_h,\quad"
        r"\dot v_h=-\tfrac12k_h^{\top}\nabla_ML\,q_h",
        r"k_h=q_h=s_he_h,\ v_h=s_h:\qquad\dot s_h=\lambda_h^{2}s_h^{2}(1-\gamma_hs_h^{3})",
        where={
            "M": "is the sum of the heads",
            "v_h,k_h,q_h": "are value, key and query of head $h$",
            "e_h,s_h": "are a unit vector of the basis and the size of the three weights of a head",
            r"\Gamma": r"$=\frac{n+1}nD+\frac{\operatorname{tr}D}nI$",
            r"\lambda_h,\gamma_h": r"are entries of $D$ and of $\Gamma$",
        },
    )
    step.check(r"$-\tfrac12\nabla_ML$ is diagonal there", gradient(whole, M).substitute(at) / -2, pull)
    step.check("the loss of such heads", whole.substitute(at), read_form(of_heads))
    learned = read_form(Inverse(Gamma))
    part = at | {M: learned @ chosen}
    rested = whole.substitute(part)
    step(
        "Where some heads have learned and the others are $0$, nothing moves",
        Equation("L_E", rested),
        r"(1-\gamma_hs_h^{3})\,s_h^{2}=0",
    )
    step.check(
        "the heads that are not learned are all that pulls",
        gradient(whole, M).substitute(part) / -2,
        values @ values @ (one - chosen),
    )
    least, off = whole.substitute(at | {M: learned}), values @ (strengths - learned)
    N = read_form(n)
    step.conclude(
        Inequality(least, read_form(of_heads)),
        trace_square(off, None, values) * ((N + 1) / N),
        trace_square(off) * values.trace() * (1 / N),
        claim="no strengths of these heads have a smaller loss than where all have learned",
    )
    return rested, least
