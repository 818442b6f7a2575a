"""The table of possible pairs: who could help whom, what that is worth, and when they could meet.

Pins are no rule of pairs and are not looked at here: a client pinned to one assistant still counts
as a possible pair with the others, and is explained as `outranked` there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matcher.columns import Columns
from matcher.common_time import have_common_time
from matcher.criteria import PREFERENCES, REQUIREMENTS, Pairs
from matcher.parts import Assistant, Client, Need
from matcher.round import Round
from matcher.times import Bits, allowed, free, places_of, starts, unpack

Ints = npt.NDArray[np.int64]
NO_COMMON_TIME = "no-common-time"
# What rules a pair out, in the order of the rules; 0 in `Candidates.broken` is a possible pair, and
# n stands for CODES[n - 1].
CODES = (*(requirement.code for requirement in REQUIREMENTS), NO_COMMON_TIME)
# Tables of clients x assistants are built for so many pairs at a time, to bound memory.
_BLOCK = 2_000_000


@dataclass(frozen=True)
class Starts:
    """Every possible start, one entry each, by pair, need, day and slot.

    Attributes
    ----------
    row, pair, need
        Indices into the candidates' rows, pairs and `columns.needs`.
    day, slot
        The day's index and the slot of the grid in which the appointment starts.
    place
        Index into the candidates' `places`: the first at which both are free throughout.
    """

    row: Ints
    pair: Ints
    need: Ints
    day: Ints
    slot: Ints
    place: Ints

    def __len__(self) -> int:
        return int(self.row.size)


@dataclass(frozen=True)
class Candidates:
    """Possible pairs of a round; clients and assistants are indices in the order of their ids.

    Attributes
    ----------
    broken
        For every client and assistant the first rule that keeps them apart, as a number: 0 for
        none, n for CODES[n - 1]. Shape (clients, assistants).
    client, assistant
        The possible pairs, by client and then by assistant. Shape (pairs,).
    points
        For each preference's level what every pair gets there: `origin`, `language`, `gender`,
        `continuity`. Shape (pairs,) each.
    first_row
        Where each pair's rows begin; a row is one need of a pair, optional ones too, by the need's
        id. Shape (pairs + 1,).
    row_pair, row_need
        Whose row it is, and which of `columns.needs`. Shape (rows,).
    masks
        The possible starts of each row, as bit sets. Shape (rows, days, words).
    places
        None (where neither lists places), and then every place by name.
    """

    columns: Columns
    broken: npt.NDArray[np.int8]
    client: Ints
    assistant: Ints
    points: Mapping[str, Ints]
    first_row: Ints
    row_pair: Ints
    row_need: Ints
    masks: Bits
    meetings: Meetings

    @property
    def round(self) -> Round:
        """The round that these are the candidates of."""
        return self.columns.round

    @property
    def clients(self) -> tuple[Client, ...]:
        """Clients in the order of their indices."""
        return self.columns.clients

    @property
    def assistants(self) -> tuple[Assistant, ...]:
        """Assistants in the order of their indices."""
        return self.columns.assistants

    @property
    def needs(self) -> tuple[Need, ...]:
        """Needs in the order of their indices."""
        return self.columns.needs

    @property
    def places(self) -> tuple[str | None, ...]:
        """Places in the order of their indices."""
        return self.meetings.places

    def __len__(self) -> int:
        return int(self.client.size)

    @cached_property
    def index(self) -> dict[tuple[str, str], int]:
        """Where a pair of ids stands among the possible pairs."""
        return {
            (self.clients[c].id, self.assistants[a].id): n
            for n, (c, a) in enumerate(zip(self.client.tolist(), self.assistant.tolist(), strict=True))
        }

    @cached_property
    def starts(self) -> Starts:
        """Every possible start of every row."""
        return self.starts_of(np.arange(self.row_need.size))

    def starts_of(self, rows: Ints) -> Starts:
        """List the possible starts of some rows, given in ascending order."""
        row, day, slot, place = self.meetings.listed(self.row_need[rows], self.assistant[self.row_pair[rows]])
        row = rows[row]
        return Starts(row, self.row_pair[row], self.row_need[row], day, slot, place)

    def place_of(self, row: int, day: int, slot: int) -> str | None:
        """Return where a start of a row takes place: the first place at which both are free."""
        return self.meetings.place_of(int(self.row_need[row]), int(self.assistant[self.row_pair[row]]), day, slot)


class Meetings:
    """When needs and assistants could meet: the starts of each side, by place, to be intersected."""

    def __init__(self, columns: Columns) -> None:
        rnd = columns.round
        self.slots = rnd.slots_per_day
        people = (*columns.clients, *columns.assistants)
        listed = {p for one in people for interval in one.availability for p in places_of(one, interval) or ()}
        self.places: tuple[str | None, ...] = (None, *sorted(listed))
        self.lengths, self._length_of_need = np.unique(columns.need_slots, return_inverse=True)
        clients = free(rnd, columns.clients, self.places)
        assistants = free(rnd, columns.assistants, self.places)
        shape = (len(self.places), len(columns.needs), *clients.shape[2:])
        self._of_needs = np.zeros(shape, dtype=np.uint64)
        # Shape (lengths, places, assistants, days, words).
        self._of_assistants = np.zeros((self.lengths.size, *assistants.shape), dtype=np.uint64)
        late = np.arange(len(rnd.days)) > columns.need_last_day[:, None]
        opening = {
            key: allowed(rnd, rnd.topic(key[0]), key[1])
            for key in {(n.topic, rnd.minutes(n) // rnd.grid_minutes) for n in columns.needs}
        }
        for k, length in enumerate(self.lengths.tolist()):
            self._of_assistants[k] = starts(assistants, length)
            runs = starts(clients, length)
            chosen = np.flatnonzero(columns.need_slots == length)
            self._of_needs[:, chosen] = runs[:, columns.need_client[chosen]]
            for n in chosen.tolist():
                self._of_needs[:, n] &= opening[columns.needs[n].topic, length]
        self._of_needs[:, late] = 0
        self._covered = _covered(columns)

    def masks(self, need: Ints, assistant: Ints) -> Bits:
        """Build the possible starts of needs with assistants: shape (rows, days, words)."""
        out = np.zeros((need.size, *self._of_needs.shape[2:]), dtype=np.uint64)
        for place in range(len(self.places)):
            out |= self._at(place, need, assistant)
        return out

    def listed(self, need: Ints, assistant: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """List the possible starts of rows: row, day, slot and place, in this order."""
        left = np.full((need.size, *self._of_needs.shape[2:]), ~np.uint64(0), dtype=np.uint64)
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
        for n, place in enumerate(self.places):
            here = self._at(n, np.array([need]), np.array([assistant]))
            if int(here[0, day, word]) >> bit & 1:
                return place
        raise ValueError("no start is possible then")

    def _at(self, place: int, need: Ints, assistant: Ints) -> Bits:
        both: Bits = (
            self._of_needs[place, need] & self._of_assistants[self._length_of_need[need], place, assistant]
        )
        both[~self._covered[need, assistant]] = 0
        return both


def _covered(columns: Columns) -> npt.NDArray[np.bool_]:
    """Tell which assistants cover the topic of each need: shape (needs, assistants)."""
    topics = {topic.id: n for n, topic in enumerate(columns.round.topics)}
    table = np.ones((len(topics), len(columns.assistants)), dtype=np.bool_)
    for n, assistant in enumerate(columns.assistants):
        if assistant.topics is not None:
            table[:, n] = False
            table[[topics[topic] for topic in assistant.topics], n] = True
    return table[[topics[need.topic] for need in columns.needs]]


def candidates(rnd: Round) -> Candidates:
    """Build the table of a round's possible pairs."""
    columns = Columns(rnd)
    meetings = Meetings(columns)
    requirements = [requirement(rnd) for requirement in REQUIREMENTS]
    preferences = [preference(rnd) for preference in PREFERENCES]
    broken = np.zeros((len(columns.clients), len(columns.assistants)), dtype=np.int8)
    parts: list[dict[str, npt.NDArray[np.generic]]] = []
    for block in _blocks(columns):
        pairs = Pairs(rnd, columns.clients[block], columns.assistants)
        table = broken[block]
        for number, requirement in reversed(list(enumerate(requirements, start=1))):
            # From the last rule to the first, so that the first one stands.
            table[requirement.broken(pairs)] = number
        client, assistant = np.nonzero(table == 0)
        client = client + block.start
        first_row, row_need = _rows(columns, client)
        masks = meetings.masks(row_need, np.repeat(assistant, np.diff(first_row)))
        fits = have_common_time(columns, client, assistant, first_row, row_need, masks)
        broken[client[~fits], assistant[~fits]] = CODES.index(NO_COMMON_TIME) + 1
        kept = np.repeat(fits, np.diff(first_row))
        client, assistant = client[fits], assistant[fits]
        parts.append({
            "client": client, "assistant": assistant, "masks": masks[kept],
            **{p.level: p.points(pairs)[client - block.start, assistant].astype(np.int64) for p in preferences},
        })
    client = np.concatenate([part["client"] for part in parts])
    first_row, row_need = _rows(columns, client)
    return Candidates(
        columns=columns,
        broken=broken,
        client=client,
        assistant=np.concatenate([part["assistant"] for part in parts]),
        points={p.level: np.concatenate([part[p.level] for part in parts]) for p in preferences},
        first_row=first_row,
        row_pair=np.repeat(np.arange(client.size), np.diff(first_row)),
        row_need=row_need,
        masks=np.concatenate([part["masks"] for part in parts]),
        meetings=meetings,
    )


def _blocks(columns: Columns) -> Iterator[slice]:
    """Cut the clients into stretches; a round without clients has one, which is empty."""
    size = max(1, _BLOCK // max(1, len(columns.assistants)))
    for first in range(0, max(1, len(columns.clients)), size):
        yield slice(first, min(first + size, len(columns.clients)))


def _rows(columns: Columns, client: Ints) -> tuple[Ints, Ints]:
    """Give every pair a row for each of its client's needs: where each begins, and which needs."""
    first_need = columns.first_need
    count = np.diff(first_need)[client]
    first_row = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    within = np.arange(first_row[-1]) - np.repeat(first_row[:-1], count)
    return first_row, np.repeat(first_need[client], count) + within
