"""A round: everything the matcher may know, validated, as it came from an r4r-round/1 document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from matcher.errors import BadRound
from matcher.parts import (
    LEVELS,
    Assistant,
    Ban,
    Bridge,
    Client,
    Interval,
    Keep,
    Need,
    Part,
    Pin,
    Policy,
    Topic,
    Window,
    Wishes,
)
from matcher.round_reading import FORMAT, RoundReader
from matcher.round_writing import part_document
from matcher.strict_json import parse_json, read_json

__all__ = [
    "LEVELS",
    "Assistant",
    "Ban",
    "Bridge",
    "Client",
    "Interval",
    "Keep",
    "Need",
    "Pin",
    "Policy",
    "Round",
    "Topic",
    "Window",
    "Wishes",
]


@dataclass(frozen=True, kw_only=True)
class Round(Part):
    """Everything the matcher may know: people, needs, times and the rules of the office.

    Times are local wall-clock times in `timezone`, days run from `first_day` to `last_day`, both
    included. Not slotted, because lookups are computed once and kept.
    """

    timezone: str
    first_day: date
    last_day: date
    grid_minutes: int
    topics: tuple[Topic, ...]
    assistants: tuple[Assistant, ...]
    clients: tuple[Client, ...]
    closed_days: tuple[date, ...] = ()
    policy: Policy = Policy()  # noqa: RUF009 - frozen, so one default can serve every round
    pins: tuple[Pin, ...] = ()
    bans: tuple[Ban, ...] = ()
    keep: tuple[Keep, ...] = ()

    @classmethod
    def from_document(cls, document: object) -> Round:
        """Read a round from parsed JSON.

        Raises
        ------
        BadRound
            With every fault of the document, each at its JSON Pointer.
        """
        reader = RoundReader()
        fields = reader.round(document)
        if reader.faults:
            raise BadRound(reader.faults)
        return cls(**fields)

    @classmethod
    def from_json(cls, data: bytes | str) -> Round:
        """Read a round from the text of a document."""
        return cls.from_document(parse_json(data, BadRound))

    @classmethod
    def from_file(cls, path: Path) -> Round:
        """Read a round from a file."""
        return cls.from_document(read_json(path, BadRound))

    def to_document(self) -> dict[str, Any]:
        """Write the round back; a round that was read gives the very document it came from."""
        return {"format": FORMAT, **part_document(self)}

    @cached_property
    def sha256(self) -> str:
        """The hash of the document's canonical JSON, by which a plan names its round."""
        text = json.dumps(self.to_document(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Every day from the first to the last, closed ones too: a day's index is its place here."""
        return tuple(self.first_day + timedelta(n) for n in range((self.last_day - self.first_day).days + 1))

    @cached_property
    def open_days(self) -> tuple[date, ...]:
        """The days on which people can meet."""
        closed = set(self.closed_days)
        return tuple(day for day in self.days if day not in closed)

    @property
    def slots_per_day(self) -> int:
        """How many steps of the grid a day has."""
        return 24 * 60 // self.grid_minutes

    def day_index(self, day: date) -> int:
        """Count days from the first day; negative or beyond the last where outside the round."""
        return (day - self.first_day).days

    def slot(self, moment: datetime) -> int:
        """Count steps of the grid from midnight to a moment."""
        return (moment.hour * 60 + moment.minute) // self.grid_minutes

    def moment(self, day: int, slot: int) -> datetime:
        """Return the local time of a day's index and a slot; the slot may be the day's end."""
        midnight = datetime.combine(self.days[day], time())
        # Slots come out of tables, and timedelta takes no numpy integers.
        return midnight + timedelta(minutes=int(slot) * self.grid_minutes)

    @cached_property
    def _clients(self) -> Mapping[str, Client]:
        return {client.id: client for client in self.clients}

    @cached_property
    def _assistants(self) -> Mapping[str, Assistant]:
        return {assistant.id: assistant for assistant in self.assistants}

    @cached_property
    def _topics(self) -> Mapping[str, Topic]:
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def _pinned(self) -> set[tuple[str, str]]:
        return {(pin.client, pin.assistant) for pin in self.pins}

    @cached_property
    def _announced(self) -> Mapping[tuple[str, str], set[tuple[str, datetime]]]:
        out: dict[tuple[str, str], set[tuple[str, datetime]]] = {}
        for keep in self.keep:
            out.setdefault((keep.client, keep.assistant), set()).add((keep.need, keep.start))
        return out

    def is_pinned(self, client_id: str, assistant_id: str) -> bool:
        """Tell whether the office has decided this pair."""
        return (client_id, assistant_id) in self._pinned

    def announced(self, client_id: str, assistant_id: str) -> set[tuple[str, datetime]]:
        """Return the announced appointments of a pair: each need and its start."""
        return self._announced.get((client_id, assistant_id), set())

    def client(self, client_id: str) -> Client:
        """Look a client up by id; KeyError where there is none."""
        return self._clients[client_id]

    def assistant(self, assistant_id: str) -> Assistant:
        """Look an assistant up by id; KeyError where there is none."""
        return self._assistants[assistant_id]

    def topic(self, topic_id: str) -> Topic:
        """Look a topic up by id; KeyError where there is none."""
        return self._topics[topic_id]

    def minutes(self, need: Need) -> int:
        """Return how long a need's appointment lasts: its own minutes, else its topic's."""
        return need.minutes if need.minutes is not None else self.topic(need.topic).minutes
