"""Linear attention, trained on n tokens, has the stated risk on test prompts of M tokens, for one task.

Setting     The experiment on the optimum trains the weights; each model that has arrived is tested on fresh prompts of
            M tokens of one task, for several M.
Measured    The exact risk of the trained weights there, that of the derived optimum, and the mean on fresh prompts.
Why it      The risk for M = n, and that without the part of the bias that tr Λ makes, lie more than twice as far from
could fail  the trained weights as the stated one; many test tokens do not make the risk vanish.
"""

from sympy import Integer, Trace

from symicl.numeric_checks.zhang2023.optimum import experiment as trained
from symicl.proofs.zhang2023.setting import Gamma_inverse, Lambda, n
from symicl.proofs.zhang2023.test_risk import m, test, theorem, w
from symicl.studies import TestedElsewhere

risk = theorem.states["risk"]

experiment = TestedElsewhere(
    theorem=theorem,
    trained=trained,
    law=test,
    quantity="risk",
    cases=lambda values: {float(values[m]): values, **{float(k): values | {m: Integer(k)} for k in (5, 160)}},
    axis="tokens of a test prompt",
    wrong={
        "as on n tokens": risk.subs(m, n),
        "without a bias": Trace(w.T * Lambda * w)
        * Trace(Gamma_inverse * Lambda * Gamma_inverse * Lambda)
        / m,
    },
    further={"m": 40, "w": lambda d: [1, -2, *[1] * d][:d]},
)
