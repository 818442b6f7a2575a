"""Who with whom, and when: the pure heart of the matching, without names, clock, network or web."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.errors import BadPlan, BadRound, Fault, MatcherError
from matcher.plan import Plan
from matcher.round import Round
from matcher.stop import Progress, Stop

if TYPE_CHECKING:
    from matcher.solver import solve

__all__ = ["BadPlan", "BadRound", "Fault", "MatcherError", "Plan", "Progress", "Round", "Stop", "solve"]


def __getattr__(name: str) -> Any:
    # The solvers behind it take half a second to import; reading and checking need none of them.
    if name == "solve":
        from matcher.solver import solve

        return solve
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
