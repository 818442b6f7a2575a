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
    standing: Standing, client: Client, assistant: Assistant, always: Desks, *, less: bool
) -> Iterator[Change]:
    """Let the client come when the assistant has nobody; `always` are desks to which they always come."""
    at = f"/clients/{standing.position[f'client {client.id}']}"
    ways = _ways(standing, client, assistant, less=less)
    for interval in missing(standing, always, client, assistant, client):
        said = f"{client.id} comes also on {told(interval)}"
        for way in ways:
            yield Change(
                "come", way.minutes + minutes(interval),
                (add(f"{at}/availability/-", part_document(interval)), *way.operations),
                f"{said}, and {way.text}" if way.said else said, (assistant.id,),
                client=replace(client, availability=(*client.availability, interval)),
                assistant=way.after if way.said else None, always=always,
            )


def of_limits(standing: Standing, client: Client, assistant: Assistant, *, less: bool) -> Iterator[Change]:
    """Raise those limits of an assistant that one more client exceeds, and what a day may hold."""
    needs = [standing.round.minutes(n) for n in client.needs if not n.optional]
    grid, week, day = (
        standing.round.grid_minutes, assistant.max_minutes_per_week, assistant.max_minutes_per_day
    )
    for way in _ways(standing, client, assistant, less=less):
        yield from way.changes("minutes" if way.minutes else "clients")
        # In a round of several weeks, the one in which there is time may be full.
        for more in sorted({*needs, sum(needs)}) if week is not None else ():
            if more > way.minutes:
                yield from _week(way, more).changes("minutes")
        for more in range(grid, max(needs, default=0) + 1, grid) if day is not None else ():
            yield from way.also(
                replace(way.after, max_minutes_per_day=(day or 0) + more),
                change(f"{way.at}/max_minutes_per_day", (day or 0) + more),
                f"gives {more} minutes more a day", more,
            ).changes("minutes")


def of_hours(
    standing: Standing, client: Client, assistant: Assistant, ideal: Desks, *, less: bool
) -> Iterator[Change]:
    """Let an assistant be there when it suits the client; `ideal` are desks at which they always are."""
    ways = _ways(standing, client, assistant, less=less)
    for interval in missing(standing, ideal, client, assistant, assistant):
        for way in ways:
            yield from way.also(
                replace(way.after, availability=(*assistant.availability, interval)),
                add(f"{way.at}/availability/-", part_document(interval)),
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


def _ways(standing: Standing, client: Client, assistant: Assistant, *, less: bool) -> list[_Raised]:
    """List what is to be raised: what an assistant who keeps their clients needs to take one more.

    If `less` is wanted, also only one of the limits, or none: others may take over a client, or this one.
    """
    at = f"/assistants/{standing.position[f'assistant {assistant.id}']}"
    mine = standing.clients_of[assistant.id]
    as_is, full = _Raised(at, assistant), _Raised(at, assistant)
    if assistant.max_clients is not None and len(mine) >= assistant.max_clients:
        more = len(mine) + 1
        full = full.also(
            replace(assistant, max_clients=more), change(f"{at}/max_clients", more),
            f"takes {more} {'client' if more == 1 else 'clients'} instead of {assistant.max_clients}", 0,
        )
    short = _slots_short(standing, client, assistant) * standing.round.grid_minutes
    out = [_week(full, short)] if short > 0 else [full]
    if less and out[0].said:
        out += [as_is] + ([full, _week(as_is, short)] if full.said and short > 0 else [])
    return out


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
