"""How much an assistant can still give in a round, beside the appointments that it leaves alone."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from web.models import Appointment, Assistant, Office, Round
from web.services.local_time import wall
from web.services.participants import Participants, TakingPart
from web.services.standing import weeks_of
from web.services.stretches import Span, Stretch, at_most

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Limits:
    """The limits of a round's assistants, less what is left alone; what is announced is never cut."""

    def __init__(self, office: Office, round: Round, parts: Participants) -> None:
        self.office, self.round, self.parts = office, round, parts
        self.monday, sunday = weeks_of(round)
        self.one_week = sunday - self.monday < _WEEK

    def of(self, one: TakingPart[Assistant]) -> dict[str, int]:
        """The limits as the document's fields."""
        assistant, out = one.person, dict[str, int]()
        if assistant.max_clients is not None:
            taking = {client.person.id for client in self.parts.clients}
            others = {row.client_id for row in self._fixed(assistant)
                      if self._in_dates(row) and row.client_id not in taking}
            kept = len({row.client_id for row in self._kept(assistant)})
            out["max_clients"] = max(assistant.max_clients - len(others), kept)
        if assistant.max_minutes_per_week is not None:
            left = assistant.max_minutes_per_week
            if self.one_week:
                kept = sum(map(self._length, self._kept(assistant)))
                left = max(left - sum(map(self._length, self._fixed(assistant))), kept)
            out["max_minutes_per_week"] = left
        if assistant.max_minutes_per_day is not None:
            out["max_minutes_per_day"] = assistant.max_minutes_per_day
        return out

    def free(self, one: TakingPart[Assistant]) -> tuple[Stretch, ...]:
        """The assistant's free time, cut down where what is left alone uses up a day or a week."""
        assistant, free = one.person, list(one.free)
        if assistant.max_minutes_per_week is not None and not self.one_week:
            free = self._cut(assistant, free, assistant.max_minutes_per_week, _WEEK,
                             lambda day: day - timedelta(days=day.weekday()))
        if assistant.max_minutes_per_day is not None:
            free = self._cut(assistant, free, assistant.max_minutes_per_day, _DAY, lambda day: day)
        return tuple(free)

    def _cut(self, assistant: Assistant, free: list[Stretch], most: int, length: timedelta,
             period: Callable[[date], date]) -> list[Stretch]:
        used: Counter[date] = Counter()
        for row in self._fixed(assistant):
            used[period(self._span(row)[0].date())] += self._length(row)
        for first, minutes in sorted(used.items()):
            begin = datetime.combine(first, time())
            span = (begin, begin + length)
            keep = [(start, end) for start, end in map(self._span, self._kept(assistant))
                    if span[0] <= start < span[1]]
            free = at_most(free, max(0, most - minutes), keep=sorted(keep), span=span)
        return free

    def _fixed(self, assistant: Assistant) -> list[Appointment]:
        return [row for row in self.parts.fixed if row.assistant_id == assistant.id]

    def _kept(self, assistant: Assistant) -> list[Appointment]:
        taking = {client.person.id for client in self.parts.clients}
        return [row for row in self.parts.standing.movable.values()
                if row.assistant_id == assistant.id and row.client_id in taking]

    def _span(self, row: Appointment) -> Span:
        return wall(row.starts_at, self.office.timezone), wall(row.ends_at, self.office.timezone)

    def _length(self, row: Appointment) -> int:
        return (row.ends_at - row.starts_at) // timedelta(minutes=1)

    def _in_dates(self, row: Appointment) -> bool:
        return self.round.first_day <= self._span(row)[0].date() <= self.round.last_day
