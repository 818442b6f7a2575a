"""What each pair must find times for, and whether some clients fit one assistant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from matcher.candidates import Candidates, candidates
from matcher.columns import UNLIMITED
from matcher.explanation.calendar import Limits, Placed, Task, fit
from matcher.parts import Assistant, Client
from matcher.plan_parts import Appointment, Pair
from matcher.round import Round
from matcher.times import weeks

Times = Mapping[tuple[str, str], Placed]


class Desks:
    """What each assistant could do in a round, as far as its pairs alone say.

    Parameters
    ----------
    hints
        The days of appointments in a plan that stands, by client, assistant and need.
    under, touched
        The desks that hold for everybody but one person who was changed.
    """

    def __init__(
        self, rnd: Round, hints: Mapping[tuple[str, str, str], int] | None = None,
        under: Desks | None = None, touched: str | None = None,
    ) -> None:
        self.round = rnd
        self.hints = hints or {}
        self.under, self.touched = under, touched
        self._tasks: dict[tuple[str, str], tuple[Task, ...]] = {}

    @cached_property
    def table(self) -> Candidates:
        """The possible pairs of the round."""
        return candidates(self.round)

    @cached_property
    def pins(self) -> dict[str, str]:
        """Who is pinned to whom."""
        return {pin.client: pin.assistant for pin in self.round.pins}

    @cached_property
    def _pinned_starts(self) -> dict[tuple[str, str | None], tuple[int, int]]:
        starts = ((pin.client, pin.need, pin.start) for pin in self.round.pins)
        return {
            (client, need): (self.round.day_index(start.date()), self.round.slot(start))
            for client, need, start in starts
            if start is not None
        }

    @cached_property
    def _week(self) -> tuple[int, ...]:
        return tuple(weeks(self.round).tolist())

    @cached_property
    def possible(self) -> dict[str, tuple[str, ...]]:
        """With whom each client could be, by the rules of pairs and the pins."""
        out: dict[str, list[str]] = {client.id: [] for client in self.round.clients}
        for client, assistant in self.table.index:
            if self.pins.get(client, assistant) == assistant:
                out[client].append(assistant)
        return {client: tuple(found) for client, found in out.items()}

    def with_client(self, client: Client, others: Collection[str]) -> Desks:
        """Return desks at which one client is another than here, with the assistants named."""
        rnd = self.round
        return Desks(only(rnd, [client], map(rnd.assistant, others)), self.hints, self, f"client {client.id}")

    def with_assistant(self, assistant: Assistant, others: Collection[str]) -> Desks:
        """Return desks at which one assistant is another than here, or new, with the clients named."""
        small = only(self.round, map(self.round.client, others), [assistant])
        return Desks(small, self.hints, self, f"assistant {assistant.id}")

    def _of(self, client: str, assistant: str) -> Desks:
        if self.under is None or self.touched in (f"client {client}", f"assistant {assistant}"):
            return self
        return self.under

    def may_meet(self, client: str, assistant: str) -> bool:
        """Tell whether the two are a possible pair."""
        return (client, assistant) in self._of(client, assistant).table.index

    def tasks(self, client: str, assistant: str) -> tuple[Task, ...]:
        """List what a possible pair must find times for; KeyError where it is not possible."""
        desks = self._of(client, assistant)
        if (client, assistant) not in desks._tasks:
            desks._tasks[client, assistant] = tuple(desks._read(client, assistant))
        return desks._tasks[client, assistant]

    def _read(self, client: str, assistant: str) -> Iterable[Task]:
        table, pair = self.table, self.table.index[client, assistant]
        for row in range(int(table.first_row[pair]), int(table.first_row[pair + 1])):
            n = int(table.row_need[row])
            need, held = table.needs[n], self._pinned_starts.get((client, table.needs[n].id))
            if need.optional and held is None:
                continue
            days = [int.from_bytes(day.tobytes(), "little") for day in table.masks[row].astype("<u8")]
            if held is not None:
                days = [bits & 1 << held[1] if day == held[0] else 0 for day, bits in enumerate(days)]
            hint = self.hints.get((client, assistant, need.id))
            yield Task(client, need.id, int(table.columns.need_slots[n]), tuple(days), hint)

    def limits(self, assistant: Assistant, clients: Mapping[str, int]) -> Limits:
        """Return what binds an assistant and clients, who have so many meetings a day at most."""
        grid = self.round.grid_minutes
        day, week = (
            UNLIMITED if most is None else most // grid
            for most in (assistant.max_minutes_per_day, assistant.max_minutes_per_week)
        )
        return Limits(-(-assistant.buffer_minutes // grid), day, week, self._week, clients)

    def client(self, name: str) -> Client:
        """Return a client, changed or not."""
        if self.under is None or self.touched == f"client {name}":
            return self.round.client(name)
        return self.under.client(name)

    def fit(self, assistant: Assistant, clients: Collection[str]) -> dict[tuple[str, str], Placed] | None:
        """Find times for all essential needs of some clients with one assistant, by client and need.

        The assistant's limits are those that are handed in; None where no times were found.
        """
        if assistant.max_clients is not None and len(clients) > assistant.max_clients:
            return None
        if not all(self.may_meet(client, assistant.id) for client in clients):
            return None
        tasks = [task for client in sorted(clients) for task in self.tasks(client, assistant.id)]
        per_day = {client: self.client(client).max_per_day for client in clients}
        found = fit(tasks, self.limits(assistant, per_day), self.round.slots_per_day)
        if found is None:
            return None
        return {(task.client, task.need): at for task, at in zip(tasks, found, strict=True)}

    def pairs(self, assistant: str, clients: Iterable[str], times: Times) -> list[Pair]:
        """Write down an assistant's pairs at the times that were found."""
        return [self._of(client, assistant)._pair(client, assistant, times) for client in sorted(clients)]

    def _pair(self, client: str, assistant: str, times: Times) -> Pair:
        table, pair = self.table, self.table.index[client, assistant]
        meetings = []
        for row in range(int(table.first_row[pair]), int(table.first_row[pair + 1])):
            n = int(table.row_need[row])
            if (client, table.needs[n].id) not in times:
                continue
            day, slot = times[client, table.needs[n].id]
            meetings.append(Appointment(
                need=table.needs[n].id,
                start=self.round.moment(day, slot),
                end=self.round.moment(day, slot + int(table.columns.need_slots[n])),
                place=table.place_of(row, day, slot),
            ))
        return Pair(client=client, assistant=assistant, appointments=tuple(meetings))


def only(rnd: Round, clients: Iterable[Client], assistants: Iterable[Assistant]) -> Round:
    """Return the round of some people alone; pins and bans of others are left out."""
    clients, assistants = tuple(clients), tuple(assistants)
    who, with_whom = {client.id for client in clients}, {assistant.id for assistant in assistants}
    return replace(
        rnd, clients=clients, assistants=assistants, keep=(),
        pins=tuple(pin for pin in rnd.pins if pin.client in who and pin.assistant in with_whom),
        bans=tuple(ban for ban in rnd.bans if ban.client in who and ban.assistant in with_whom),
    )
