"""What a year comes to: how many were served, how long they waited, who carried what."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from matcher.languages import NAMES
from matcher.simulation.scenario import Scenario
from matcher.simulation.year import INVITED, LEFT, WAITING, Wait, Year

KINDS: Mapping[str, Callable[[Wait], str]] = {
    "language": lambda wait: NAMES.get(_first_language(wait), _first_language(wait)),
    "origin": lambda wait: wait.client.origin,
    "gender": lambda wait: wait.client.gender,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How waits ended and how long they were; weeks, rounded to a tenth.

    Parameters
    ----------
    served
        Clients who were invited and came.
    missed
        Invitations to which nobody came.
    left, waiting
        Waits that ended with giving up, and those that the end of the year found.
    nobody
        How many of these left and waiting could have met nobody in any round, however empty.
    mean, median, ninth_tenth
        Of the waits that ended with an invitation.
    longest
        Of all waits, also those that had not ended, of clients who could have met somebody.
    """

    served: int
    missed: int
    left: int
    waiting: int
    nobody: int
    mean: float
    median: float
    ninth_tenth: float
    longest: float


def waiting(waits: Iterable[Wait]) -> Waiting:
    """Sum up some waits."""
    all_ = list(waits)
    invited = [wait for wait in all_ if wait.end == INVITED]
    days = sorted(wait.days for wait in invited)
    return Waiting(
        served=sum(wait.came for wait in invited),
        missed=sum(not wait.came for wait in invited),
        left=sum(wait.end == LEFT for wait in all_),
        waiting=sum(wait.end == WAITING for wait in all_),
        nobody=sum(not wait.possible and wait.end != INVITED for wait in all_),
        mean=_weeks(sum(days) / len(days) if days else 0),
        median=_weeks(_quantile(days, 0.5)),
        ninth_tenth=_weeks(_quantile(days, 0.9)),
        longest=_weeks(max((wait.days for wait in all_ if wait.possible), default=0)),
    )  # fmt: skip


def groups(year: Year, kind: str) -> dict[str, Waiting]:
    """Sum up the waits of each language, origin or gender, by its name."""
    found: dict[str, list[Wait]] = {}
    for wait in year.waits:
        found.setdefault(KINDS[kind](wait), []).append(wait)
    return {name: waiting(found[name]) for name in sorted(found)}


def hours_a_week(scenario: Scenario, year: Year) -> dict[str, float]:
    """Return how many hours a week each assistant met clients who came."""
    return {name: round(minutes / 60 / scenario.weeks, 1) for name, minutes in sorted(year.minutes.items())}


def _first_language(wait: Wait) -> str:
    return max(wait.client.languages.items(), key=lambda spoken: spoken[1])[0]


def _quantile(days: list[int], share: float) -> float:
    """Return the least value that at least this share does not exceed."""
    return days[math.ceil(share * len(days)) - 1] if days else 0


def _weeks(days: float) -> float:
    return round(days / 7, 1)
