"""From text to groups of days and times; what the text leaves open stays open."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from web.reading.dates import read_date
from web.reading.folding import fold
from web.reading.hours_parts import DAY_NAMES, Group, Span
from web.reading.hours_words import DAYS, EDGES, TIMES, TOKEN
from web.reading.result import Fault, Question, Value, excerpt, fault

LONGEST_STRETCH = 62  # days between two dates with a dash


class HoursError(Exception):
    """The text cannot become groups; `outcome` says why."""

    def __init__(self, outcome: Fault | Question) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


@dataclass(frozen=True)
class Moment:
    """An hour as written."""

    at: time
    half: str = ""  # a, p or not said
    exact: bool = True  # written so that twelve hours later is out of the question
    text: str = ""


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
    tokens = [*_tokens(text, answers), ("end", "")]
    position = 0
    while tokens[position][0] != "end":
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


def _tokens(text: str, answers: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    folded = "\n".join(fold(line) for line in text.splitlines())
    for match in TOKEN.finditer(folded):
        kind, found = match.lastgroup, match.group()
        if match["date"]:
            reading = read_date(found, answers)
            if not isinstance(reading, Value):
                raise HoursError(reading)
            yield "date", reading.value
        elif match["short"]:
            raise HoursError(fault("dates.no-year", text=found))
        elif match["hour"]:
            yield "time", _moment(match["hour"], match["minute"], match["half"], found)
        elif match["phrase"]:
            word = found if found in EDGES else found.rstrip(".")
            if word in DAYS:
                yield "days", DAYS[word]
            elif word in TIMES:
                yield "time", Moment(TIMES[word], text=word)
            elif EDGES[word] != "join":
                yield EDGES[word], word
        elif kind in ("dash", "stop"):
            yield ("to" if kind == "dash" else "stop"), found
        elif kind == "unknown":
            raise HoursError(fault("hours.word", word=excerpt(found), text=excerpt(text)))


def _moment(hour: str, minute: str | None, half: str | None, text: str) -> Moment:
    hours, minutes = int(hour), int(minute or 0)
    if half and not 1 <= hours <= 12 or hours > 24 or minutes > 59 or (hours == 24 and minutes):
        raise HoursError(fault("hours.no-such-time", text=excerpt(text)))
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    exact = bool(half) or hour.startswith("0") or hours > 12 or hours == 0
    return Moment(time(hours % 24, minutes), half or "", exact, text)


def _step(tokens: list[tuple[str, object]], at: int, state: _State) -> int:
    kind, value = tokens[at]
    if kind == "stop":
        if state.named() and not state.spans:
            raise HoursError(fault("hours.no-time"))
        if state.times_first:
            state.close()
        return at + 1
    if kind == "days":
        assert isinstance(value, tuple)
        if len(value) == 1 and tokens[at + 1][0] == "to" and tokens[at + 2][0] == "days":
            last = tokens[at + 2][1]
            if isinstance(last, tuple) and len(last) == 1:
                state.add_days(_between(value[0], last[0]))
                return at + 3
        state.add_days(value)
        return at + 1
    if kind == "date":
        return _dates(tokens, at, state)
    if kind in ("morning", "afternoon", "whole", "always"):
        if kind == "always":
            state.add_days(DAY_NAMES)
        state.add_span(Span(None if kind != "afternoon" else time(12), time(12) if kind == "morning" else None))
        return at + 1
    return _times(tokens, at, state)


def _between(first: str, last: str) -> tuple[str, ...]:
    start, end = DAY_NAMES.index(first), DAY_NAMES.index(last)
    if end < start:
        end += 7
    return tuple(DAY_NAMES[number % 7] for number in range(start, end + 1))


def _dates(tokens: list[tuple[str, object]], at: int, state: _State) -> int:
    first, last, used = tokens[at][1], tokens[at][1], 1
    if tokens[at + 1][0] == "to" and tokens[at + 2][0] == "date":
        last, used = tokens[at + 2][1], 3
    assert isinstance(first, date)
    assert isinstance(last, date)
    if not 0 <= (last - first).days <= LONGEST_STRETCH:
        raise HoursError(fault("hours.dates-apart", start=first.isoformat(), end=last.isoformat()))
    if state.spans or state.days:
        state.close()
    state.dates += [first + timedelta(days) for days in range((last - first).days + 1)]
    return at + used


def _times(tokens: list[tuple[str, object]], at: int, state: _State) -> int:
    """Read "9-12", "od 9 do 12", "before noon", "after 14", "from 14", "until 13"."""
    kind, value = tokens[at]
    ahead = [each[0] for each in tokens[at:at + 4]]
    if ahead[:3] == ["time", "to", "time"]:
        state.add_span(_span(value, tokens[at + 2][1]))
        return at + 3
    if ahead[:4] in (["from", "time", "to", "time"], ["after", "time", "before", "time"],
                     ["after", "time", "to", "time"]):
        state.add_span(_span(tokens[at + 1][1], tokens[at + 3][1]))
        return at + 4
    if kind == "from" and ahead[1:2] in (["days"], ["date"]):
        return at + 1
    if kind in ("after", "from", "before", "to") and ahead[1:2] == ["time"]:
        moment = tokens[at + 1][1]
        assert isinstance(moment, Moment)
        late = not moment.exact and moment.at.hour < 7
        if kind in ("after", "from"):
            state.add_span(Span(moment.at, None, late_start=late))
        else:
            state.add_span(Span(None, moment.at, late_end=late))
        return at + 2
    text = value.text if isinstance(value, Moment) else str(value)
    raise HoursError(fault("hours.lone", text=excerpt(text)))


def _span(first: object, last: object) -> Span:
    assert isinstance(first, Moment)
    assert isinstance(last, Moment)
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
