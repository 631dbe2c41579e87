"""The mixed moments of degree 6 of exchangeable coordinates, compared by averages of squares."""

from symicl.algebra import closed_form, dims, scalar_letter
from symicl.expectation import InTime, TimeSum
from symicl.proofs.zheng2024.parts.letters import of
from symicl.proofs.zheng2024.parts.squares import law, mu, nu
from symicl.proofs.zheng2024.setting import H2, H, N, k2, task
from symicl.statements import Recorder
from symicl.theory import COORDINATES, mean_over_coordinates, nonnegative

n = dims("n")


def compared(step: Recorder):
    """κ₂ ≥ μ ≥ ν, and T − 2 ≥ H_{T−2} ≥ H^{(2)}_{T−2}, with the cases of equality."""
    (X, Y, Z), one = map(of, COORDINATES), closed_form(1)
    step(
        r"The moments of degree 6 and the harmonic numbers, compared",
        r"\kappa_2-\mu=\tfrac12\mathbb{E}\big[(x_1^{2}+x_2^{2})(x_1^{2}-x_2^{2})^{2}\big]\ge0",
        r"\mu-\nu=\tfrac12\mathbb{E}\big[x_1^{2}(x_2^{2}-x_3^{2})^{2}\big]\ge0",
        r"(T-2)-H_{T-2}=\sum_{n=1}^{T-2}\frac{n-1}n\ge0,\qquad "
        r"H_{T-2}-H_{T-2}^{(2)}=\sum_{n=1}^{T-2}\frac{n-1}{n^{2}}\ge0",
        where={
            "x_1,x_2,x_3": "are three different coordinates of the first vector",
            r"\mu": r"$=\mathbb{E}x_1^{2}x_2^{4}=\kappa_3/(d-1)$",
            r"\nu": r"$=\mathbb{E}x_1^{2}x_2^{2}x_3^{2}$",
        },
        note=r"If $\kappa_2=\mu$, $x_{1}^{2}=x_{2}^{2}$ almost surely, and likewise for any two coordinates.",
        name="moments",
    )
    step.check(
        r"$\kappa_2-\mu$ is this average",
        mean_over_coordinates((X**2 + Y**2) * (X**2 - Y**2) ** 2, law) / 2,
        of(k2) - of(mu),
    )
    step.check(
        r"$\mu-\nu$ is this average",
        mean_over_coordinates(X**2 * (Y**2 - Z**2) ** 2, law) / 2,
        of(mu) - of(nu),
    )
    step.axiom("what is not negative and zero in the mean is zero almost surely")
    step.check(
        r"where $x_2^{2}=x_3^{2}$ what is averaged for $\mu-\nu$ is zero: $\nu=\mu$ if $\kappa_2=\mu$",
        (X**2 * (Y**2 - Z**2) ** 2).substitute({scalar_letter(COORDINATES[1]): Z}),
        closed_form(0),
    )
    for powers_of_n, difference, claim in (
        ({0: one, -1: -one}, of(N) - of(H), r"$(T-2)-H_{T-2}$"),
        ({-1: one, -2: -one}, of(H) - of(H2), r"$H_{T-2}-H_{T-2}^{(2)}$"),
    ):
        total = TimeSum(InTime.of_powers(powers_of_n), task.last)
        step.check(f"{claim} is this sum", total.closed_form, difference)
    step.require(
        r"no term of these sums is negative: $n-1\ge0$",
        nonnegative(of(n) - 1, {n: 1}),
        rule="no negative coefficient as a polynomial in $n-1$",
    )
