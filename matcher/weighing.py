"""What a client counts in `served`: urgency, and waiting, which grows (docs/fairness.md).

Whole numbers only, so that the same wait weighs the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.people_reading import LARGEST_WEIGHT

GROWTHS = ("none", "linear", "steps", "squared", "doubling")
# Waiting that doubles outgrows every round; beyond this many weeks nothing is added.
_LONGEST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """How urgency and weeks of waiting become a weight.

    Every growth but "none" adds nothing at first and exactly `points` after `every_weeks`; what they
    differ in is what comes later.

    Parameters
    ----------
    urgency
        Points for each step of a client's urgency.
    growth
        One of GROWTHS; "doubling" doubles (points added + `points`) every so many weeks.
    most_weeks
        Weeks beyond these add nothing; None where waiting counts without end.
    """

    urgency: int = 4
    growth: str = "none"
    points: int = 4
    every_weeks: int = 4
    most_weeks: int | None = None

    def weight(self, urgency: int, weeks: int) -> int:
        """Weigh a client of an urgency who has waited so many full weeks: 1 to LARGEST_WEIGHT."""
        waited = min(max(weeks, 0), _LONGEST if self.most_weeks is None else self.most_weeks)
        return min(max(1, self.urgency * urgency + self._added(waited)), LARGEST_WEIGHT)

    def _added(self, weeks: int) -> int:
        points, every = self.points, self.every_weeks
        whole, rest = divmod(weeks, every)
        if self.growth == "linear":
            return points * weeks // every
        if self.growth == "steps":
            return points * whole
        if self.growth == "squared":
            return points * weeks**2 // every**2
        if self.growth == "doubling":
            # From one doubling to the next in a straight line.
            return points * (((every + rest) << whole) - every) // every
        return 0
