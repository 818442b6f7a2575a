"""How much time is left, and whether anybody asked to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from matcher.highs import Limits
from matcher.stop import Stop

# What is kept for writing the plan down, and the longest time that is not infinite to HiGHS.
_RESERVE, _FOREVER = 0.15, 1e9


class Clock:
    """Counts from when it is made; a monotonic counter, not the time of day."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._began = time.perf_counter()

    def sooner(self, seconds: float) -> Clock:
        """Return this clock, but so much earlier over; the same where there is no limit."""
        limit = self._stop.time_limit
        other = Clock(self._stop if limit is None else replace(self._stop, time_limit=limit - seconds))
        other._began = self._began
        return other

    @property
    def workers(self) -> int:
        """How many threads may work."""
        return self._stop.workers

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.perf_counter() - self._began

    @property
    def left(self) -> float:
        """How many seconds may still be used."""
        limit = self._stop.time_limit
        return _FOREVER if limit is None else max(0.0, limit - _RESERVE - self.seconds)

    def is_over(self, grace: float = 0.0) -> bool:
        """Tell whether to stop now, or whether so many seconds more have passed since."""
        limit = self._stop.time_limit
        if limit is not None and self.seconds >= limit - _RESERVE + grace:
            return True
        return self._stop.cancelled is not None and self._stop.cancelled()

    def limits(self, watch: Callable[[float | None, float], bool] | None) -> Limits:
        """Return what one run of HiGHS may take now."""
        return Limits(self.left, self._stop.seed, self._stop.cancelled, watch)

    def unhurried(self) -> Limits:
        """Return the limits of a run without whose answer there is no plan at all."""
        return Limits(_FOREVER, self._stop.seed)
