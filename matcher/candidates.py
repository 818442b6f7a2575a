"""The table of possible pairs: who could help whom, what that is worth, and when they could meet.

Pins are no rule of pairs and are not looked at here: a client pinned to one assistant still counts
as a possible pair with the others, and is explained as `outranked` there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.columns import Columns
from matcher.common_time import have_common_time
from matcher.criteria import PREFERENCES, REQUIREMENTS, Preference, Requirement
from matcher.kinds import first_broken, of_kinds
from matcher.meetings import Meetings
from matcher.parts import Assistant, Client, Need
from matcher.round import Round
from matcher.times import Bits

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
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
    places
        None (where neither lists places), and then every place by name.
    """

    columns: Columns
    requirements: Sequence[Requirement]
    preferences: Sequence[Preference]
    broken: npt.NDArray[np.int8]
    client: Ints
    assistant: Ints
    points: Mapping[str, Ints]
    meetings: Meetings

    @cached_property
    def first_row(self) -> Ints:
        """Where each pair's rows begin: shape (pairs + 1,).

        A row is one need of a pair, optional ones too, by the need's id. Rows are made when somebody asks:
        a search of a very large round has no room for them.
        """
        count = np.diff(self.columns.first_need)[self.client]
        return np.concatenate([[0], np.cumsum(count)]).astype(np.int64)

    @cached_property
    def row_pair(self) -> Ints:
        """Whose row it is: shape (rows,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.first_row))

    @cached_property
    def row_need(self) -> Ints:
        """Which of `columns.needs` a row is of: shape (rows,)."""
        return _rows(self.columns, self.client)[1]

    @cached_property
    def masks(self) -> Bits:
        """The possible starts of each row, as bit sets: shape (rows, days, words)."""
        return self.meetings.masks(self.row_need, self.assistant[self.row_pair])

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

    def pair_of(self, client: int, assistant: int) -> int:
        """Return where a client's pair with an assistant stands; -1 where it is not possible."""
        first, last = np.searchsorted(self.client, [client, client + 1])
        pair = int(first + np.searchsorted(self.assistant[first:last], assistant))
        return pair if pair < last and self.assistant[pair] == assistant else -1

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
        return self.meetings.place_of(
            int(self.row_need[row]), int(self.assistant[self.row_pair[row]]), day, slot
        )


def candidates(rnd: Round, tell: Callable[[int], None] = lambda most: None) -> Candidates:
    """Build the table of a round's possible pairs.

    Parameters
    ----------
    tell
        Told what the clients weigh who may have a possible pair, from all of them down to those who have.
    """
    columns = Columns(rnd)
    most = int(columns.weight.sum())
    tell(most)
    meetings = Meetings(columns)
    requirements = [requirement(rnd) for requirement in REQUIREMENTS]
    preferences = [preference(rnd) for preference in PREFERENCES]
    rules = [of_kinds(requirement, columns, requirement.broken) for requirement in requirements]
    wishes = {p.level: of_kinds(p, columns, p.points) for p in preferences}
    broken = np.zeros((len(columns.clients), len(columns.assistants)), dtype=np.int8)
    parts: list[dict[str, npt.NDArray[Any]]] = []
    for block in _blocks(columns):
        table = broken[block]
        first_broken(rules, block, table)
        client, assistant = map(np.ascontiguousarray, np.nonzero(table == 0))
        client += block.start
        fits = have_common_time(columns, meetings, client, assistant)
        broken[client[~fits], assistant[~fits]] = CODES.index(NO_COMMON_TIME) + 1
        client, assistant = client[fits], assistant[fits]
        alone = np.ones(len(table), dtype=np.bool_)
        alone[client - block.start] = False
        most -= int(columns.weight[block][alone].sum())
        tell(most)
        # Short numbers: very large rounds have tens of millions of pairs.
        points = {
            level: wish.table[wish.client[client], wish.assistant[assistant]].astype(np.int8, copy=False)
            for level, wish in wishes.items()
        }
        parts.append({"client": client, "assistant": assistant, **points})
    found = {name: np.concatenate([part.pop(name) for part in parts]) for name in list(parts[0])}
    return Candidates(
        columns=columns, requirements=requirements, preferences=preferences, broken=broken,
        client=found.pop("client"), assistant=found.pop("assistant"), points=found, meetings=meetings,
    )


def only(table: Candidates, kept: Bools) -> Candidates:
    """Return the table with some of its pairs alone; whom it knows, and what is ruled out, stay."""
    return replace(
        table, client=table.client[kept], assistant=table.assistant[kept],
        points={level: points[kept] for level, points in table.points.items()},
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
