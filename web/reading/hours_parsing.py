"""From text to groups of days and times; what the text leaves open stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from web.reading.hours_parts import DAY_NAMES, Group, Span
from web.reading.hours_tokens import HoursError, Moment, Token, tokens_of
from web.reading.result import excerpt, fault

LONGEST_STRETCH = 62  # days between two dates with a dash


@dataclass
class _State:
    """What has been read of the group that is open."""

    groups: list[Group] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    dates: list[date] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    times_first: bool = False
    days_closed: bool = False  # times were read after these days

    def close(self) -> None:
        if self.days or self.dates or self.spans:
            ordered = tuple(day for day in DAY_NAMES if day in self.days)
            self.groups.append(Group(ordered, tuple(self.dates), tuple(self.spans)))
        self.days, self.dates, self.spans, self.days_closed = [], [], [], False

    def named(self) -> bool:
        return bool(self.days or self.dates)

    def add_days(self, days: tuple[str, ...]) -> None:
        if self.spans and (self.days_closed or (self.groups and not self.times_first)):
            self.close()
        if self.spans and not self.named():
            self.times_first = True
        self.days += days

    def add_span(self, span: Span) -> None:
        if self.times_first and self.named() and not self.days_closed:
            self.close()
        elif self.named():
            self.days_closed = True
        self.spans.append(span)


def parse(text: str, answers: Mapping[str, str]) -> list[Group]:
    """Read groups of days and times.

    Raises
    ------
    HoursError
        Where a word or a date cannot be read, or nothing is left.
    """
    state = _State()
    tokens = tokens_of(text, answers)
    position = 0
    while tokens[position].kind != "end":
        position = _step(tokens, position, state)
    state.close()
    if not state.groups:
        raise HoursError(fault("hours.empty"))
    for group in state.groups:
        if not group.spans and (len(state.groups) > 1 or group.dates):
            raise HoursError(fault("hours.no-time"))
        if not group.days and not group.dates and len(state.groups) > 1:
            raise HoursError(fault("hours.no-day"))
    return state.groups


def _step(tokens: Sequence[Token], at: int, state: _State) -> int:
    token = tokens[at]
    if token.kind == "stop":
        if state.named() and not state.spans:
            raise HoursError(fault("hours.no-time"))
        if state.times_first:
            state.close()
        return at + 1
    if token.kind == "days":
        if len(token.days) == 1 and tokens[at + 1].kind == "to":
            last = tokens[at + 2].days
            if len(last) == 1:
                state.add_days(_between(token.days[0], last[0]))
                return at + 3
        state.add_days(token.days)
        return at + 1
    if token.date is not None:
        return _dates(tokens, at, token.date, state)
    if token.kind in ("morning", "afternoon", "whole", "always"):
        if token.kind == "always":
            state.add_days(DAY_NAMES)
        state.add_span(
            Span(
                time(12) if token.kind == "afternoon" else None, time(12) if token.kind == "morning" else None
            )
        )
        return at + 1
    return _times(tokens, at, state)


def _between(first: str, last: str) -> tuple[str, ...]:
    start, end = DAY_NAMES.index(first), DAY_NAMES.index(last)
    if end < start:
        end += 7
    return tuple(DAY_NAMES[number % 7] for number in range(start, end + 1))


def _dates(tokens: Sequence[Token], at: int, first: date, state: _State) -> int:
    last, used = first, 1
    if tokens[at + 1].kind == "to" and (named := tokens[at + 2].date) is not None:
        last, used = named, 3
    if not 0 <= (last - first).days <= LONGEST_STRETCH:
        raise HoursError(fault("hours.dates-apart", start=first.isoformat(), end=last.isoformat()))
    if state.spans or state.days:
        state.close()
    state.dates += [first + timedelta(days) for days in range((last - first).days + 1)]
    return at + used


def _times(tokens: Sequence[Token], at: int, state: _State) -> int:
    """Read "9-12", "od 9 do 12", "before noon", "after 14", "from 14", "until 13"."""
    kinds = tuple(token.kind for token in tokens[at : at + 4])
    moments = [token.moment for token in tokens[at : at + 4] if token.moment]
    if kinds[:3] == ("time", "to", "time"):
        state.add_span(_span(*moments[:2]))
        return at + 3
    if kinds[0] in ("from", "after") and kinds[1:] in (("time", "to", "time"), ("time", "before", "time")):
        state.add_span(_span(*moments[:2]))
        return at + 4
    if kinds[0] == "from" and kinds[1] in ("days", "date"):
        return at + 1
    if kinds[0] in ("after", "from", "before", "to") and kinds[1] == "time":
        moment = moments[0]
        late = not moment.exact and moment.at.hour < 7
        state.add_span(
            Span(moment.at, None, late_start=late)
            if kinds[0] in ("after", "from")
            else Span(None, moment.at, late_end=late)
        )
        return at + 2
    raise HoursError(fault("hours.lone", text=excerpt(tokens[at].text)))


def _span(first: Moment, last: Moment) -> Span:
    start, end = first, last
    if end.half and not start.half and not start.exact:
        start = _same_half(start, end)
    if start.exact or end.exact:
        # "9-13" and "09-5" leave nothing open.
        return Span(start.at, end.at)
    if start.at.hour < 7 and start.at < end.at:
        return Span(start.at, end.at, late_start=True)
    if 6 <= start.at.hour <= 12 and end.at <= start.at and end.at.hour <= 8:
        return Span(start.at, end.at, late_end=True)
    return Span(start.at, end.at)


def _same_half(start: Moment, end: Moment) -> Moment:
    # "9-1pm" begins in the morning, "2-5pm" in the afternoon, as "9-11am" is one half of the day.
    if end.half == "p":
        later = start.at.replace(hour=start.at.hour % 12 + 12)
        if later < end.at or end.at == time(0):
            return Moment(later, "p")
    return Moment(start.at.replace(hour=start.at.hour % 12), "a")
