"""What a simulated year is made of: an office, those who come to it, and what is to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Generic, TypeVar

from matcher.parts import Assistant, Policy, Topic, Window
from matcher.weighing import Weighing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shares(Generic[T]):
    """What may be, and how often: whole numbers, of which only the proportions count."""

    values: tuple[T, ...]
    shares: tuple[int, ...]

    def draw(self, rng: Random) -> T:
        """Draw one value."""
        return rng.choices(self.values, self.shares)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How often things happen.

    Parameters
    ----------
    arrivals_per_week
        Mean number of new clients.
    leaves_per_week
        Probability that somebody who waits gives up within a week, 0 to 1.
    missed
        Probability that a client does not come to the appointments of a round, 0 to 1.
    assistant_away
        Probability that an assistant is away for a week, 0 to 1.
    """

    arrivals_per_week: float
    leaves_per_week: float
    missed: float
    assistant_away: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """People of one country: their cultures, and what each of them may speak."""

    origin: str
    cultures: tuple[str, ...]
    languages: tuple[Mapping[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """An assistant whose free hours are the same every week; `person` has no availability yet."""

    person: Assistant
    hours: tuple[Window, ...]

    @property
    def id(self) -> str:
        """The assistant's id."""
        return self.person.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One way to choose whom to serve; without a weighing, first come, first served."""

    name: str
    weighing: Weighing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One office and its year; `wished_gender` by the client's own gender."""

    seed: int
    first_day: date
    weeks: int
    timezone: str
    grid_minutes: int
    seconds_per_round: int
    policy: Policy
    rates: Rates
    topics: tuple[Topic, ...]
    helpers: tuple[Helper, ...]
    communities: Shares[Community]
    genders: Shares[str]
    urgencies: Shares[int]
    needs: Shares[int]
    asked: Shares[str]
    free: Shares[tuple[Window, ...]]
    wished_origin: Shares[str]
    wished_gender: Mapping[str, Shares[str]]
    round_weeks: tuple[int, ...]
    contenders: tuple[Contender, ...]
