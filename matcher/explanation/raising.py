"""More of an assistant: limits raised and hours added, no more than one more client asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from matcher.explanation.changes import Change
from matcher.explanation.desks import Desks
from matcher.explanation.patches import Operation, add, change
from matcher.explanation.standing import Standing
from matcher.explanation.stretches import minutes, missing, told
from matcher.parts import Assistant, Client
from matcher.round_writing import part_document


def of_client_time(
    standing: Standing, client: Client, assistant: Assistant, always: Desks
) -> Iterator[Change]:
    """Let the client come when the assistant has nobody; `always` are desks to which they always come."""
    at = f"/clients/{standing.position[f'client {client.id}']}"
    least = _least(standing, client, assistant)
    for interval in missing(standing, always, client, assistant, client):
        said = f"{client.id} comes also on {told(interval)}"
        yield Change(
            "come", least.minutes + minutes(interval),
            (add(f"{at}/availability/-", part_document(interval)), *least.operations),
            f"{said}, and {least.text}" if least.said else said, (assistant.id,),
            client=replace(client, availability=(*client.availability, interval)),
            assistant=least.after if least.said else None, always=always,
        )


def of_limits(standing: Standing, client: Client, assistant: Assistant) -> Iterator[Change]:
    """Raise those limits of an assistant that one more client exceeds, and what a day may hold."""
    least = _least(standing, client, assistant)
    yield from least.changes("minutes" if least.minutes else "clients")
    needs = [standing.round.minutes(n) for n in client.needs if not n.optional]
    grid, week = standing.round.grid_minutes, assistant.max_minutes_per_week
    # In a round of several weeks, the one in which there is time may be full.
    for more in sorted({*needs, sum(needs)}) if week is not None else ():
        if more > least.minutes:
            yield from _week(least, more).changes("minutes")
    day = assistant.max_minutes_per_day
    for more in range(grid, max(needs, default=0) + 1, grid) if day is not None else ():
        yield from least.also(
            replace(least.after, max_minutes_per_day=(day or 0) + more),
            change(f"{least.at}/max_minutes_per_day", (day or 0) + more),
            f"gives {more} minutes more a day", more,
        ).changes("minutes")


def of_hours(standing: Standing, client: Client, assistant: Assistant, ideal: Desks) -> Iterator[Change]:
    """Let an assistant be there when it suits the client; `ideal` are desks at which they always are."""
    least = _least(standing, client, assistant)
    for interval in missing(standing, ideal, client, assistant, assistant):
        yield from least.also(
            replace(least.after, availability=(*assistant.availability, interval)),
            add(f"{least.at}/availability/-", part_document(interval)),
            f"is there also on {told(interval)}", minutes(interval),
        ).changes("hours", ideal)


@dataclass(frozen=True)
class _Raised:
    """An assistant whose limits are raised step by step, and how that is written and told."""

    at: str
    after: Assistant
    operations: tuple[Operation, ...] = ()
    said: tuple[str, ...] = ()
    minutes: int = 0

    def also(self, after: Assistant, operation: Operation, said: str, minutes: int) -> _Raised:
        return _Raised(
            self.at, after, (*self.operations, operation), (*self.said, said), self.minutes + minutes
        )

    @property
    def text(self) -> str:
        return f"{self.after.id} {' and '.join(self.said)}"

    def changes(self, kind: str, always: Desks | None = None) -> Iterator[Change]:
        if self.said:
            yield Change(
                kind, self.minutes, self.operations, self.text, (self.after.id,), assistant=self.after,
                always=always,
            )


def _least(standing: Standing, client: Client, assistant: Assistant) -> _Raised:
    """Raise what must be raised if the assistant is to keep their clients and take one more."""
    mine = standing.clients_of[assistant.id]
    out = _Raised(f"/assistants/{standing.position[f'assistant {assistant.id}']}", assistant)
    if assistant.max_clients is not None and len(mine) >= assistant.max_clients:
        out = out.also(
            replace(assistant, max_clients=len(mine) + 1), change(f"{out.at}/max_clients", len(mine) + 1),
            f"takes {len(mine) + 1} clients instead of {assistant.max_clients}", 0,
        )
    short = _slots_short(standing, client, assistant) * standing.round.grid_minutes
    return _week(out, short) if short > 0 else out


def _week(raised: _Raised, more: int) -> _Raised:
    """Raise an assistant's minutes a week to so many more than they have in the round, in place of less."""
    before = raised.after.max_minutes_per_week or 0
    if raised.minutes:
        before -= raised.minutes
        raised = replace(raised, operations=raised.operations[:-1], said=raised.said[:-1], minutes=0)
    return raised.also(
        replace(raised.after, max_minutes_per_week=before + more),
        change(f"{raised.at}/max_minutes_per_week", before + more), f"gives {more} minutes more a week", more,
    )


def _slots_short(standing: Standing, client: Client, assistant: Assistant) -> int:
    """Count the slots that an assistant lacks, in all weeks, for one more client; 0 or less for none."""
    limits, grid = standing.desks.limits(assistant, {}), standing.round.grid_minutes
    own = sum(standing.round.minutes(n) for n in client.needs if not n.optional) // grid
    mine = standing.clients_of[assistant.id]
    given = sum(t.slots for other in mine for t in standing.desks.tasks(other, assistant.id))
    return given + own - limits.week * len(set(limits.week_of_day))
