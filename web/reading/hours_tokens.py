"""Text about time, cut into days, dates, times and the words between them."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time

from web.reading.dates import read_date
from web.reading.folding import fold
from web.reading.hours_words import DAYS, EDGES, SILENT, TIMES, TOKEN
from web.reading.result import Fault, Question, Value, excerpt, fault


class HoursError(Exception):
    """The text cannot become hours; `outcome` says why."""

    def __init__(self, outcome: Fault | Question) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


@dataclass(frozen=True)
class Moment:
    """An hour as written."""

    at: time
    half: str = ""  # a, p or not said
    exact: bool = True  # written so that twelve hours later is out of the question


@dataclass(frozen=True)
class Token:
    """A day, a date, a time, or a word between them, as `kind` says."""

    kind: str
    text: str = ""
    days: tuple[str, ...] = ()
    date: date | None = None
    moment: Moment | None = None


def tokens_of(text: str, answers: Mapping[str, str]) -> list[Token]:
    """Cut a text; the last token's kind is "end".

    Raises
    ------
    HoursError
        At a word that is none of these, and at a date that cannot be read or may be two.
    """
    return [*_tokens(text, answers), Token("end")]


def _tokens(text: str, answers: Mapping[str, str]) -> Iterator[Token]:
    folded = "\n".join(fold(SILENT.sub("", line)) for line in text.splitlines())
    for match in TOKEN.finditer(folded):
        found = match.group()
        if match["date"]:
            reading = read_date(found, answers)
            if not isinstance(reading, Value):
                raise HoursError(reading)
            yield Token("date", found, date=reading.value)
        elif match["short"]:
            raise HoursError(fault("dates.no-year", text=found))
        elif match["hour"]:
            yield Token("time", found, moment=_moment(match["hour"], match["minute"], match["half"], found))
        elif match["phrase"]:
            word = found if found in EDGES else found.rstrip(".")
            if word in DAYS:
                yield Token("days", found, days=DAYS[word])
            elif word in TIMES:
                yield Token("time", found, moment=Moment(TIMES[word]))
            elif EDGES[word] != "join":
                yield Token(EDGES[word], found)
        elif match["dash"]:
            yield Token("to", found)
        elif match["stop"]:
            yield Token("stop", found)
        elif match["unknown"]:
            raise HoursError(fault("hours.word", word=excerpt(found), text=excerpt(text)))


def _moment(hour: str, minute: str | None, half: str | None, text: str) -> Moment:
    hours, minutes = int(hour), int(minute or 0)
    if (half and not 1 <= hours <= 12) or hours > 24 or minutes > 59 or (hours == 24 and minutes):
        raise HoursError(fault("hours.no-such-time", text=excerpt(text)))
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    exact = bool(half) or hour.startswith("0") or hours > 12 or hours == 0
    return Moment(time(hours % 24, minutes), half or "", exact)
