"""The parts of a plan: pairs and appointments, levels, and reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

STATUSES = ("optimal", "feasible", "infeasible")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a pair was made, or why so many assistants cannot serve a client."""

    code: str
    text: str
    assistants: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One need at one time; `place` is None where neither side lists places."""

    need: str
    start: datetime
    end: datetime
    place: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A client, the assistant who helps, and when they meet."""

    client: str
    assistant: str
    appointments: tuple[Appointment, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A smallest change of the round (JSON Patch, RFC 6902) that would serve a client."""

    patch: tuple[Mapping[str, Any], ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A client without an assistant, and why."""

    client: str
    reasons: tuple[Reason, ...] = ()
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What the plan reaches on a level, and what no plan can beat there."""

    level: str
    value: int
    bound: int

    @property
    def gap(self) -> float:
        """How far the value may be from the best, as a share of the bound; 0 is proven."""
        return abs(self.bound - self.value) / max(1, abs(self.bound))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Pins, by their place in the round, that cannot all hold, and the rule they break."""

    pins: tuple[int, ...]
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """What made the plan; all but `seconds` is the same at every run."""

    version: str
    seconds: float
    seed: int
    workers: int
