"""Trained linear self-attention on a nonlinear target still takes one step of gradient descent.

Setting     As in the isotropic experiment, but yᵢ = φ(uᵀxᵢ) + εᵢ with u ~ N(0, I_d) drawn anew for every prompt
            and φ = relu (or linear, cubic, abs, leaky_relu; ``target=…``).
Measured    The exact excess loss e = L(θ) − L*, and K(θ) beside K* = η I,
            η = E‖g‖²/((n−1) E‖g‖² + E‖x‖²f² + dσ²), g = E[x f(x)]; for relu 1/(n + 2d + 3 + 4σ²).
Why it      The step size of a linear target, 1/(n + d + 1 + σ²), and the one that takes ‖x‖² and f² for
could fail  uncorrelated are near misses; both must be told apart by the exact distances.
"""

from sympy import Identity

from symicl.proofs.mahankali2023.nonlinear import theorem
from symicl.studies import Experiment, Schedule
from symicl.tasks import MOMENTS, NEURONS, RotationInvariantRegression

n, d, sigma2 = theorem.task.n, theorem.task.d, theorem.task.noise
g2, xf2, f2 = (MOMENTS[name] for name in ("g2", "xf2", "f2"))  # E g_i², E x_i²f², E f²

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"n": 20, "d": 5, "sigma2": "1/4", "target": "relu"},
    options={"target": {name: RotationInvariantRegression(neuron) for name, neuron in NEURONS.items()}},
    nearest_wrong={
        "η of a linear target": 1 / (n + d + 1 + sigma2) * Identity(d),
        "E‖x‖²f² = d E f²": g2 / ((n - 1) * g2 + f2 + sigma2) * Identity(d),
    },
    # At a third of this rate one run in four is still near the saddle of rank one at the end.
    schedule=Schedule(lr=0.03),
    # A change of n by one moves the relu step size by 3 %, too little for a run of half a minute.
    also_wrong={"n in place of n − 1": g2 / (n * g2 + xf2 + sigma2) * Identity(d)},
)
