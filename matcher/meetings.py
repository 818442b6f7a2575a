"""When needs and assistants could meet: each side's starts as bit sets, intersected by place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matcher.columns import Columns
from matcher.parts import Assistant, Client
from matcher.times import Bits, allowed, free, places_of, starts, unpack

Ints = npt.NDArray[np.int64]


class Meetings:
    """When needs and assistants could meet: the starts of each side, by place, to be intersected.

    Attributes
    ----------
    of_needs, of_assistants
        Where each side could start, by place: shapes (needs, places, days, words) and
        (lengths, assistants, places, days, words).
    first_place, place
        The places at which each client can be at all: shapes (clients + 1,) and (first_place[-1],).
    lengths, kind_of_need
        How long needs last, in slots, and which of these lengths each has.
    topic_of_need, covers
        The topic of each need, and which assistants cover each topic: shape (topics, assistants).
    """

    def __init__(self, columns: Columns) -> None:
        rnd = columns.round
        self.slots = rnd.slots_per_day
        people: tuple[Client | Assistant, ...] = (*columns.clients, *columns.assistants)
        listed = {
            p for one in people for interval in one.availability for p in places_of(one, interval) or ()
        }
        self.places: tuple[str | None, ...] = (None, *sorted(listed))
        self.lengths, self.kind_of_need = np.unique(columns.need_slots, return_inverse=True)
        clients = free(rnd, columns.clients, self.places)
        self._free = assistants = free(rnd, columns.assistants, self.places)
        count, *shape = clients.shape[:1] + clients.shape[2:]
        self.of_needs = np.zeros((len(columns.needs), count, *shape), dtype=np.uint64)
        self.of_assistants = np.zeros(
            (self.lengths.size, len(columns.assistants), count, *shape), dtype=np.uint64
        )
        late = np.arange(len(rnd.days)) > columns.need_last_day[:, None]
        opening = {
            key: allowed(rnd, rnd.topic(key[0]), key[1])
            for key in {(n.topic, rnd.minutes(n) // rnd.grid_minutes) for n in columns.needs}
        }
        self.topic_of_need, self.covers = _topics(columns)
        closed = np.zeros(shape, dtype=np.uint64)
        for k, length in enumerate(self.lengths.tolist()):
            self.of_assistants[k] = starts(assistants, length).swapaxes(0, 1)
            runs = starts(clients, length).swapaxes(0, 1)
            chosen = np.flatnonzero(self.kind_of_need == k)
            opened = np.array([opening.get((topic.id, length), closed) for topic in rnd.topics])
            self.of_needs[chosen] = (
                runs[columns.need_client[chosen]] & opened[self.topic_of_need[chosen]][:, None]
            )
        self.of_needs.swapaxes(1, 2)[late] = 0
        of_client = np.zeros((len(columns.clients), count), dtype=np.bool_)
        np.logical_or.at(of_client, columns.need_client, self.of_needs.any(axis=(2, 3)))
        who, place = np.nonzero(of_client)
        self.place = np.ascontiguousarray(place)
        self.first_place = np.searchsorted(who, np.arange(len(columns.clients) + 1))

    def hours(self) -> Ints:
        """Return how many slots of each day each assistant is free anywhere: shape (assistants, days)."""
        anywhere = np.bitwise_or.reduce(self._free, axis=0)
        return np.asarray(np.bitwise_count(anywhere).sum(axis=-1), dtype=np.int64)

    def masks(self, need: Ints, assistant: Ints) -> Bits:
        """Build the possible starts of needs with assistants: shape (rows, days, words)."""
        out = np.zeros((need.size, *self.of_needs.shape[2:]), dtype=np.uint64)
        for place in range(len(self.places)):
            out |= self._at(place, need, assistant)
        return out

    def listed(self, need: Ints, assistant: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """List the possible starts of rows: row, day, slot and place, in this order."""
        left = np.full((need.size, *self.of_needs.shape[2:]), ~np.uint64(0), dtype=np.uint64)
        found: list[tuple[npt.NDArray[np.intp], ...]] = []
        for place in range(len(self.places)):
            here = self._at(place, need, assistant) & left
            left &= ~here
            # Only days with some start are unpacked: most are empty.
            rows, days = np.nonzero(here.any(axis=-1))
            which, slots = np.nonzero(unpack(here[rows, days], self.slots))
            found.append((rows[which], days[which], slots, np.full(which.size, place)))
        row, day, slot, at = (np.concatenate([part[n] for part in found]) for n in range(4))
        order = np.lexsort((slot, day, row))
        return row[order], day[order], slot[order], at[order]

    def place_of(self, need: int, assistant: int, day: int, slot: int) -> str | None:
        """Return the first place at which a start is possible; ValueError where there is none."""
        word, bit = divmod(slot, 64)
        kind = int(self.kind_of_need[need])
        if self.covers[self.topic_of_need[need], assistant]:
            for n, place in enumerate(self.places):
                mine, theirs = self.of_needs[need, n], self.of_assistants[kind, assistant, n]
                if int(mine[day, word] & theirs[day, word]) >> bit & 1:
                    return place
        raise ValueError("no start is possible then")

    def _at(self, place: int, need: Ints, assistant: Ints) -> Bits:
        both: Bits = (
            self.of_needs[need, place] & self.of_assistants[self.kind_of_need[need], assistant, place]
        )
        both[~self.covers[self.topic_of_need[need], assistant]] = 0
        return both


def _topics(columns: Columns) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Number the topic of each need, and tell who covers each: shapes (needs,), (topics, assistants)."""
    topics = {topic.id: n for n, topic in enumerate(columns.round.topics)}
    covers = np.ones((len(topics), len(columns.assistants)), dtype=np.bool_)
    for n, assistant in enumerate(columns.assistants):
        if assistant.topics is not None:
            covers[:, n] = False
            covers[[topics[topic] for topic in assistant.topics], n] = True
    return np.array([topics[need.topic] for need in columns.needs], dtype=np.int64), covers
