"""Whom an office could look for: new assistants who suit those left out, and hours of those it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from statistics import median_low

from matcher.languages import language_name
from matcher.parts import Assistant, Client, Interval
from matcher.round import Round
from matcher.round_writing import moment

HOUR = 60
# How many languages, shifts and origins are tried: those that matter most.
_LANGUAGES, _SHIFTS, _ORIGINS = 8, 3, 2
_USUAL = (9 * HOUR, 13 * HOUR)


def recruits(rnd: Round, left: Sequence[Client]) -> list[Assistant]:
    """List new assistants by language, origin, gender and shift, there on every open day, at every place.

    Languages and origins are those of the clients who are left out, shifts are the office's most
    usual ones, and limits are the median of the present assistants'.
    """
    languages: Counter[str] = Counter()
    for client in left if rnd.open_days else ():
        for tag, level in client.languages.items():
            languages[tag] += client.weight * (level >= rnd.policy.minimum_level)
    out = []
    for tag in _most(languages, _LANGUAGES):
        speakers = [client for client in left if tag in client.languages]
        origins = Counter(client.origin for client in speakers)
        # Somebody from elsewhere, for those who must not meet somebody from their own country.
        elsewhere = Counter(a.origin for a in rnd.assistants if a.origin not in origins)
        wanted = _most(origins, _ORIGINS)
        if any(c.wishes.origin == "require-different" for c in speakers) and len(wanted) < _ORIGINS:
            wanted += _most(elsewhere, 1) or [next(o for o in ("RS", "HU") if o not in origins)]
        for origin in wanted:
            for gender in ("female", "male"):
                for shift in _shifts(rnd):
                    out.append(_recruit(rnd, tag, origin, gender, shift))
    return out


def narrower(rnd: Round, helper: Assistant) -> Iterator[Assistant]:
    """Vary a recruit: there on the first or second half of the days only, or at one place only."""
    half = (len(helper.availability) + 1) // 2
    if half < len(helper.availability):
        yield replace(helper, availability=helper.availability[:half])
        yield replace(helper, availability=helper.availability[half:])
    people: tuple[Client | Assistant, ...] = (*rnd.clients, *rnd.assistants)
    for place in sorted({place for person in people for place in person.places or ()}):
        yield replace(helper, places=(place,))


def one_more_hour(rnd: Round, assistant: Assistant) -> list[tuple[Assistant, str]]:
    """List ways in which an assistant gives an hour more: within their hours, or before or after some.

    What they may give a week and a day, and how many clients they take, grows with it.
    """
    more = replace(
        assistant,
        max_clients=_plus(assistant.max_clients, 1),
        max_minutes_per_week=_plus(assistant.max_minutes_per_week, HOUR),
        max_minutes_per_day=_plus(assistant.max_minutes_per_day, HOUR),
    )
    out = [(more, "within their hours")]
    hour = timedelta(minutes=-(-HOUR // rnd.grid_minutes) * rnd.grid_minutes)
    for interval in assistant.availability:
        for start, end in ((interval.start - hour, interval.start), (interval.end, interval.end + hour)):
            within = rnd.first_day <= start.date() == end.date() <= rnd.last_day
            taken = any(i.start < end and start < i.end for i in assistant.availability)
            if within and not taken and start.date() not in rnd.closed_days:
                extra = Interval(start=start, end=end, places=interval.places)
                told = f"{moment(start).replace('T', ' ')}–{moment(end)[11:]}"
                out.append((replace(more, availability=(*assistant.availability, extra)), told))
    return out


def told(helper: Assistant) -> str:
    """Say in words whom to look for."""
    (language,) = helper.languages
    days = f"{helper.availability[0].start:%m-%d} to {helper.availability[-1].start:%m-%d}"
    first, last = helper.availability[0].start, helper.availability[0].end
    place = f", at {', '.join(helper.places)}" if helper.places else ""
    return (
        f"{language_name(language)}, from {helper.origin}, {helper.gender}, "
        f"{first:%H:%M}–{last:%H:%M}, {days} ({len(helper.availability)} days){place}"
    )


def _recruit(rnd: Round, tag: str, origin: str, gender: str, shift: tuple[int, int]) -> Assistant:
    cultures = Counter(culture for c in rnd.clients if c.origin == origin for culture in c.cultures)
    taken = {a.id for a in rnd.assistants}
    name = next(n for n in ("recruit", *(f"recruit-{k}" for k in range(2, len(taken) + 3))) if n not in taken)
    days = [rnd.day_index(day) for day in rnd.open_days]
    grid = rnd.grid_minutes
    return Assistant(
        id=name, gender=gender, origin=origin, languages={tag: 7}, cultures=tuple(_most(cultures, 1)),
        availability=tuple(
            Interval(start=rnd.moment(day, shift[0] // grid), end=rnd.moment(day, shift[1] // grid))
            for day in days
        ),
        max_clients=_median(a.max_clients for a in rnd.assistants),
        max_minutes_per_week=_median(a.max_minutes_per_week for a in rnd.assistants),
        max_minutes_per_day=_median(a.max_minutes_per_day for a in rnd.assistants),
    )


def _shifts(rnd: Round) -> list[tuple[int, int]]:
    """Return the most usual shifts of the office, in minutes of the day."""
    spans = Counter(
        (i.start.hour * HOUR + i.start.minute, i.end.hour * HOUR + i.end.minute)
        for a in rnd.assistants for i in a.availability if i.start.date() == i.end.date()
    )
    grid = rnd.grid_minutes
    usual = (_USUAL[0] // grid * grid, -(-_USUAL[1] // grid) * grid)
    return [span for span, _ in sorted(spans.items(), key=lambda x: (-x[1], x[0]))][:_SHIFTS] or [usual]


def _most(counted: Counter[str], count: int) -> list[str]:
    ranked = sorted(counted.items(), key=lambda x: (-x[1], x[0]))
    return [name for name, weight in ranked if weight > 0][:count]


def _median(limits: Iterable[int | None]) -> int | None:
    known = [limit for limit in limits if limit is not None]
    return median_low(known) if known else None


def _plus(limit: int | None, more: int) -> int | None:
    return None if limit is None else limit + more


