"""The flow ȧ = −Kb(ab − u*), ḃ = −Ka(ab − u*) by its closed form, without any integrator."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from symicl.errors import InputError


@dataclass(frozen=True)
class ScalarFlow:
    """The flow of two scalars whose product tends to u*.

    Attributes
    ----------
    K, u_star : float
        Both positive.
    """

    K: float
    u_star: float

    def check(self, a0: float, b0: float) -> None:
        """Refuse the starts that do not reach u*.

        Raises
        ------
        InputError
            For a_0 = −b_0.
        """
        if a0 == -b0:
            raise InputError(
                f"a_0 = −b_0 = {a0:g} flows to the saddle at zero, not to ab = {self.u_star:.6g}; give a_0 ≠ −b_0"
            )

    def rate(self, a0: float, b0: float) -> float:
        """The rate K R* at which the product approaches u*."""
        return self.K * math.hypot(a0 * a0 - b0 * b0, 2 * self.u_star)

    def limits(self, a0: float, b0: float) -> tuple[float, float]:
        """The limits of a and b."""
        self.check(a0, b0)
        c = a0 * a0 - b0 * b0
        root = math.hypot(c, 2 * self.u_star)
        larger = math.sqrt((root + abs(c)) / 2)
        smaller = self.u_star / larger  # without cancellation
        sign = math.copysign(1.0, a0 + b0)
        return (sign * larger, sign * smaller) if c >= 0 else (sign * smaller, sign * larger)

    def product(self, a0: float, b0: float, times: np.ndarray) -> np.ndarray:
        """u(τ) = ab at the given times.

        Notes
        -----
        F(u) = ln|(4u*u + c² + R*R(u))/(u − u*)| grows at the constant rate R*K, so that
        R*R(u) = e (u − u*) − 4u*u − c² with a known e: a quadratic equation for u. It is solved for w = u − u*,
        whose other root is w = 0.
        """
        self.check(a0, b0)
        best, c = self.u_star, a0 * a0 - b0 * b0
        root = math.hypot(c, 2 * best)
        start = a0 * b0
        if start == best:
            return np.full_like(times, best, dtype=float)
        if c == 0:
            return best / (1 + (best / start - 1) * np.exp(-2 * self.K * best * times))
        inside = 4 * best * start + c * c + root * math.hypot(c, 2 * start)
        # With w = u − u*: (e w − 4u* w − R*²)² = R*²(R*² + 8u* w + 4w²), where e = inside/(u_0 − u*) · exp(R*Kτ).
        decay = np.exp(-root * self.K * times)
        e = inside / (start - best)
        # w ((e − 4u*)² − 4R*²) = 2R*² (e − 4u*) + 8u*R*² = 2R*² e, in terms of 1/e = decay/e.
        inverse = decay / e
        w = 2 * root**2 * inverse / ((1 - 4 * best * inverse) ** 2 - 4 * root**2 * inverse**2)
        return best + w
