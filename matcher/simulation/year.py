"""One year under one rule: people come, wait, meet, miss, give up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from matcher.candidates import candidates
from matcher.parts import Client
from matcher.plan import Pair
from matcher.round import Round
from matcher.simulation.first_come import first_come
from matcher.simulation.people import WEEK, Newcomer, assistants, comes, intervals, newcomers, patience
from matcher.simulation.scenario import Contender, Scenario
from matcher.solver import solve
from matcher.stop import Stop

INVITED, LEFT, WAITING = "invited", "left", "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One wait of a client: since they came or missed their appointments, until they were invited or left.

    Parameters
    ----------
    days
        How long it was, or has been when the year ends.
    end
        INVITED, LEFT or WAITING.
    came
        Whether an invited client came.
    possible
        Whether in some round of this wait the client could have met somebody, had they been alone.
    """

    client: Client
    urgency: int
    days: int
    end: str
    came: bool
    possible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """What happened under one rule.

    Parameters
    ----------
    minutes
        How long each assistant met clients who came.
    unproven
        Rounds that the time limit ended before the proof.
    """

    contender: Contender
    round_weeks: int
    waits: tuple[Wait, ...]
    minutes: dict[str, int]
    rounds: int
    unproven: int


@dataclass
class _Waiting:
    """Somebody on the list: since when this wait counts, which it is, and when they give up."""

    person: Newcomer
    since: date
    wait: int
    leaves: date | None
    possible: bool = False


class _Office:
    """The list of those who wait, and what has become of the others."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.waiting: list[_Waiting] = []
        self.waits: list[Wait] = []
        self.minutes: Counter[str] = Counter({helper.id: 0 for helper in scenario.helpers})

    def enter(self, person: Newcomer, since: date, wait: int) -> None:
        """Put somebody on the list."""
        weeks = patience(self.scenario, person.client.id, wait)
        leaves = None if weeks is None or weeks > 10_000 else since + weeks * WEEK
        self.waiting.append(_Waiting(person, since, wait, leaves))

    def leave(self, today: date) -> None:
        """Take those off the list whose patience has ended."""
        patient = []
        for one in self.waiting:
            if one.leaves is not None and one.leaves <= today:
                self._ends(one, LEFT, one.leaves)
            else:
                patient.append(one)
        self.waiting = patient

    def meet(self, pairs: Sequence[Pair], today: date) -> None:
        """Let the invited meet their assistants; who does not come waits again, from that day on."""
        meetings = {pair.client: pair for pair in pairs}
        invited = [one for one in self.waiting if one.person.client.id in meetings]
        self.waiting = [one for one in self.waiting if one.person.client.id not in meetings]
        for one in invited:
            pair = meetings[one.person.client.id]
            came = comes(self.scenario, pair.client, one.wait)
            self._ends(one, INVITED, today, came=came)
            if came:
                length = sum((each.end - each.start for each in pair.appointments), timedelta())
                self.minutes[pair.assistant] += length // timedelta(minutes=1)
            else:
                last = max((each.start.date() for each in pair.appointments), default=today)
                self.enter(one.person, last, one.wait + 1)

    def close(self, today: date) -> None:
        """End the year: whoever is on the list is still waiting."""
        self.leave(today)
        for one in self.waiting:
            self._ends(one, WAITING, today)

    def _ends(self, one: _Waiting, end: str, today: date, *, came: bool = False) -> None:
        person = one.person
        self.waits.append(Wait(
            client=person.client, urgency=person.urgency, days=max(0, (today - one.since).days), end=end,
            came=came, possible=one.possible,
        ))  # fmt: skip


def simulate(scenario: Scenario, contender: Contender, round_weeks: int) -> Year:
    """Live through the year in rounds of some weeks; the same scenario gives the same year.

    A round is made on the day it begins, from those who wait by then. What the clock stopped may differ
    from one machine to another: `unproven` counts such rounds.
    """
    office = _Office(scenario)
    coming = newcomers(scenario)
    rounds = unproven = 0
    for week in range(0, scenario.weeks, round_weeks):
        first_day = scenario.first_day + week * WEEK
        last_day = first_day + min(round_weeks, scenario.weeks - week) * WEEK - timedelta(days=1)
        while coming and coming[0].arrived < first_day:
            person = coming.pop(0)
            office.enter(person, person.arrived, 0)
        office.leave(first_day)
        rnd = _round(scenario, contender, office.waiting, first_day, last_day)
        table = candidates(rnd)
        alone = {table.clients[n].id for n in table.client.tolist()}
        for one in office.waiting:
            one.possible = one.possible or one.person.client.id in alone
        if contender.weighing is None:
            by_age = sorted(office.waiting, key=lambda one: (one.since, one.person.client.id))
            pairs: Sequence[Pair] = first_come(table, [one.person.client.id for one in by_age])
        else:
            plan = solve(rnd, Stop(time_limit=scenario.seconds_per_round, seed=scenario.seed))
            pairs = plan.pairs
            unproven += plan.status != "optimal"
        rounds += 1
        office.meet(pairs, first_day)
    office.close(scenario.first_day + scenario.weeks * WEEK)
    return Year(
        contender=contender, round_weeks=round_weeks, waits=tuple(office.waits), minutes=dict(office.minutes),
        rounds=rounds, unproven=unproven,
    )  # fmt: skip


def _round(
    scenario: Scenario, contender: Contender, waiting: Sequence[_Waiting], first_day: date, last_day: date
) -> Round:
    days = [first_day + timedelta(n) for n in range((last_day - first_day).days + 1)]

    def weight(one: _Waiting) -> int:
        if contender.weighing is None:
            return 1
        return contender.weighing.weight(one.person.urgency, (first_day - one.since).days // 7)

    return Round(
        timezone=scenario.timezone, first_day=first_day, last_day=last_day,
        grid_minutes=scenario.grid_minutes, topics=scenario.topics, policy=scenario.policy,
        assistants=assistants(scenario, days),
        clients=tuple(
            replace(one.person.client, weight=weight(one), availability=intervals(one.person.hours, days))
            for one in waiting
        ),
    )  # fmt: skip
