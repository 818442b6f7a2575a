"""Who comes to the office, and when: the same people whatever the rules are that they are served by.

Each person, each wait and each absence has a source of chance of its own, named by whose it is: no
decision of a plan can shift anybody else's luck, so that rules are compared on the same year.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from matcher.parts import WEEKDAYS, Assistant, Client, Interval, Need, Window, Wishes
from matcher.simulation.scenario import Scenario

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody who comes on a day; `client` has no weight and no dated availability yet."""

    client: Client
    arrived: date
    urgency: int
    hours: tuple[Window, ...]


def chance(scenario: Scenario, *whose: object) -> Random:
    """Return the source of chance that belongs to something, the same at every call."""
    return Random(" ".join(map(str, (scenario.seed, *whose))))  # noqa: S311 - chance, not secrets


def newcomers(scenario: Scenario) -> list[Newcomer]:
    """Draw everybody who comes in the year, in the order in which they come."""
    found: list[Newcomer] = []
    for week in range(scenario.weeks):
        rng = chance(scenario, "week", week)
        monday = scenario.first_day + week * WEEK
        days = sorted(rng.randrange(7) for _ in range(_poisson(rng, scenario.rates.arrivals_per_week)))
        found += [_newcomer(scenario, len(found) + n, monday + timedelta(day)) for n, day in enumerate(days)]
    return found


def _poisson(rng: Random, mean: float) -> int:
    """Count arrivals whose gaps are exponential (Knuth, TAOCP 2, 3.4.1), in parts so that exp() is not 0."""
    count = 0
    while mean > 0:
        part = min(mean, 100.0)
        mean -= part
        product, limit = rng.random(), math.exp(-part)
        while product > limit:
            count += 1
            product *= rng.random()
    return count


def _newcomer(scenario: Scenario, number: int, arrived: date) -> Newcomer:
    rng = chance(scenario, "client", number)
    community = scenario.communities.draw(rng)
    gender = scenario.genders.draw(rng)
    wanted = scenario.needs.draw(rng)
    topics: list[str] = []
    while len(topics) < wanted:
        topic = scenario.asked.draw(rng)
        if topic not in topics:
            topics.append(topic)
    client = Client(
        id=f"c{number:05}", gender=gender, origin=community.origin, cultures=community.cultures,
        languages=rng.choice(community.languages),
        wishes=Wishes(
            origin=scenario.wished_origin.draw(rng), gender=scenario.wished_gender[gender].draw(rng)
        ),
        needs=tuple(Need(id=f"n{n}", topic=topic) for n, topic in enumerate(topics)),
        availability=(),
    )  # fmt: skip
    return Newcomer(
        client=client, arrived=arrived, urgency=scenario.urgencies.draw(rng), hours=scenario.free.draw(rng)
    )


def patience(scenario: Scenario, client: str, wait: int) -> int | None:
    """Draw how many whole weeks somebody waits before giving up (their n-th wait); None: for ever."""
    share = scenario.rates.leaves_per_week
    if share <= 0:
        return None
    if share >= 1:
        return 1
    luck = chance(scenario, "patience", client, wait).random()
    return 1 + int(math.log(1 - luck) / math.log(1 - share))


def comes(scenario: Scenario, client: str, wait: int) -> bool:
    """Draw whether somebody comes to the appointments that end their n-th wait."""
    return chance(scenario, "comes", client, wait).random() >= scenario.rates.missed


def assistants(scenario: Scenario, days: Sequence[date]) -> tuple[Assistant, ...]:
    """Return the assistants with their times on these days, less the weeks in which they are away."""
    return tuple(_at_work(scenario, helper.person, helper.hours, days) for helper in scenario.helpers)


def _at_work(
    scenario: Scenario, person: Assistant, hours: tuple[Window, ...], days: Sequence[date]
) -> Assistant:
    def there(day: date) -> bool:
        week = (day - scenario.first_day).days // 7
        return chance(scenario, "away", person.id, week).random() >= scenario.rates.assistant_away

    return replace(person, availability=intervals(hours, [day for day in days if there(day)]))


def intervals(hours: Iterable[Window], days: Sequence[date]) -> tuple[Interval, ...]:
    """Turn weekly hours into dated ones."""
    return tuple(
        Interval(start=_moment(day, window.from_), end=_moment(day, window.to))
        for day in days
        for window in hours
        if WEEKDAYS[day.weekday()] in window.days
    )


def _moment(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)
