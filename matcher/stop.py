"""When a solver should end, and what it tells on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

# Of more possible pairs, not every level can be proven while somebody waits.
PROVEN_PAIRS = 4_000


@dataclass(frozen=True, slots=True)
class Stop:
    """When to end, and with what to work.

    Parameters
    ----------
    time_limit
        Seconds, or None for as long as it takes.
    workers
        How many threads may work; part of what makes a plan repeatable.
    seed
        Where randomness starts; part of what makes a plan repeatable.
    cancelled
        Asked now and then: True ends the search with the best plan so far.
    """

    time_limit: float | None = None
    workers: int = 1
    seed: int = 0
    cancelled: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a level has come: its best value and bound after some seconds."""

    level: str
    value: int | None
    bound: int | None
    seconds: float
