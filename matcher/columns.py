"""People, needs and limits as numpy columns, in the order of their ids.

The order of a document never matters: everything below is sorted by id first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matcher.parts import Assistant, Client, Need
from matcher.round import Round

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# Stands for "no limit": larger than anything that a round of a year can add up to.
UNLIMITED = 10**9


@dataclass(frozen=True)
class Columns:
    """The numbers of a round, in the order of ids.

    Attributes
    ----------
    need_client, need_slots, need_optional, need_last_day
        One entry for every need of every client, by client and then by the need's id; lengths in
        slots, the last possible day as an index that may lie outside the round.
    """

    round: Round

    @cached_property
    def clients(self) -> tuple[Client, ...]:
        """Clients by id."""
        return tuple(sorted(self.round.clients, key=lambda c: c.id))

    @cached_property
    def assistants(self) -> tuple[Assistant, ...]:
        """Assistants by id."""
        return tuple(sorted(self.round.assistants, key=lambda a: a.id))

    @cached_property
    def client_index(self) -> dict[str, int]:
        """Where a client's id stands."""
        return {client.id: n for n, client in enumerate(self.clients)}

    @cached_property
    def assistant_index(self) -> dict[str, int]:
        """Where an assistant's id stands."""
        return {assistant.id: n for n, assistant in enumerate(self.assistants)}

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Every need, by client and then by the need's id."""
        return tuple(need for client in self.clients for need in sorted(client.needs, key=lambda n: n.id))

    @cached_property
    def first_need(self) -> Ints:
        """Where each client's needs begin in `needs`: shape (clients + 1,)."""
        return np.cumsum([0, *(len(client.needs) for client in self.clients)], dtype=np.int64)

    def need_index(self, client: int, need: str) -> int:
        """Return where a client's need stands; -1 where there is none."""
        first, last = self.first_need[client : client + 2].tolist()
        return next((n for n in range(first, last) if self.needs[n].id == need), -1)

    @cached_property
    def need_client(self) -> Ints:
        """Whose need it is."""
        return np.repeat(np.arange(len(self.clients)), np.diff(self.first_need))

    @cached_property
    def need_slots(self) -> Ints:
        """How many slots its appointment lasts."""
        return _ints(self.round.minutes(need) // self.round.grid_minutes for need in self.needs)

    @cached_property
    def need_optional(self) -> Bools:
        """Whether it may go without an appointment."""
        return np.array([need.optional for need in self.needs], dtype=np.bool_)

    @cached_property
    def need_last_day(self) -> Ints:
        """The index of the last day on which it may be met."""
        last = len(self.round.days) - 1
        return _ints(last if n.by is None else min(last, self.round.day_index(n.by)) for n in self.needs)

    @cached_property
    def weight(self) -> Ints:
        """What each client counts in `served`."""
        return _ints(client.weight for client in self.clients)

    @cached_property
    def max_per_day(self) -> Ints:
        """How many appointments each client may have in a day."""
        return _ints(client.max_per_day for client in self.clients)

    @cached_property
    def caseload(self) -> Ints:
        """How many clients each assistant brings from earlier rounds."""
        return _ints(assistant.caseload for assistant in self.assistants)

    @cached_property
    def max_clients(self) -> Ints:
        """How many clients each assistant may take."""
        return self._limit(lambda a: a.max_clients)

    @cached_property
    def week_slots(self) -> Ints:
        """How many slots each assistant may give in an ISO week."""
        return self._limit(lambda a: a.max_minutes_per_week, self.round.grid_minutes)

    @cached_property
    def day_slots(self) -> Ints:
        """How many slots each assistant may give in a day."""
        return self._limit(lambda a: a.max_minutes_per_day, self.round.grid_minutes)

    @cached_property
    def buffer_slots(self) -> Ints:
        """How many slots lie at least between two appointments of an assistant, rounded up."""
        return _ints(-(-a.buffer_minutes // self.round.grid_minutes) for a in self.assistants)

    def _limit(self, limit: Callable[[Assistant], int | None], unit: int = 1) -> Ints:
        limits = (limit(assistant) for assistant in self.assistants)
        return _ints(UNLIMITED if most is None else most // unit for most in limits)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
