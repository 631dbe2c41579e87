"""How sums over t of averages over phases are written into a certificate."""

from __future__ import annotations

from typing import Any

from symicl.certificates.minimum_entries import MinimumLog
from symicl.expectation import WHY_SUM, PhaseLog, TimeSum


class TimeSumLog(MinimumLog):
    """Writes sums over t."""

    def write_sums(self) -> None:
        """State every sum over t that was entered as a closed form and is a part of what is written."""
        for fact in self.facts:
            if fact.rule != "sum over t" or not self.knows(fact.result):
                continue
            (times,) = fact.arguments
            sum_ = self.sum_over_time(times, fact.result)
            if sum_:
                self.emit("equal", claim="the sum over t", left=self.node(fact.result), right=sum_)

    def sum_over_time(self, times: TimeSum, value: Any) -> int:
        """The entry of a sum over t that the second checker recomputes, or 0 if it cannot be stated in full."""
        phases = self.helper(PhaseLog)
        average = phases.average(times.summand)
        full = phases.sum_over_time(average, times) if average else None
        return 0 if full is None else self.asserted(value, "a sum over t", WHY_SUM, phases=full)
