"""When somebody has time, said in sentences."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from flask_babel import get_locale

from web.i18n import comma, local_day
from web.i18n import gettext as _
from web.services.availability import WEEKDAYS
from web.services.local_time import NoSuchTimeError, instant
from web.services.people_data import DatedHoursData, WeeklyHoursData


def in_words(weekly: Iterable[WeeklyHoursData], dated: Iterable[DatedHoursData],
             today: date | None = None) -> list[str]:
    """Say when somebody has time and when not, in the language of the page; past days are left out."""
    names = get_locale().days["format"]["wide"]
    said = []
    for each in weekly:
        days = [str(names[number]) for number, day in enumerate(WEEKDAYS) if day in each.weekdays]
        numbers = [number for number, day in enumerate(WEEKDAYS) if day in each.weekdays]
        if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
            said.append(_("%(first)s to %(last)s, %(from)s–%(to)s", first=days[0], last=days[-1],
                          **_span(each.start, each.end)) + _where(each.place))
        else:
            said.append(_("%(days)s, %(from)s–%(to)s", days=comma().join(days), **_span(each.start, each.end))
                        + _where(each.place))
    for day in sorted(dated, key=lambda one: (one.day, one.start or time(0))):
        if today is not None and day.day < today:
            continue
        span, values = day.start is not None, {"day": local_day(day.day), **_span(day.start, day.end)}
        if day.available:
            said.append((_("Also on %(day)s, %(from)s–%(to)s", **values) if span
                         else _("Also on %(day)s, the whole day", **values)) + _where(day.place))
        else:
            said.append(_("Not on %(day)s, %(from)s–%(to)s", **values) if span
                        else _("Not on %(day)s", **values))
    return said


def clocks_change(dated: Iterable[DatedHoursData], timezone: str) -> str | None:
    """What is wrong with days on which time begins or ends when clocks show no such time, or show it twice.

    Hours of a week name no day: what they mean on such a day is left out of it (`availability.py`).
    """
    for each in dated:
        if each.start is None or each.end is None:
            continue
        start, end = (datetime.combine(each.day, local) for local in (each.start, each.end))
        for local in (start, end if start < end else end + timedelta(days=1)):
            try:
                instant(local, timezone)
            except NoSuchTimeError:
                return _("%(day)s: the clocks change then. Choose another time.", day=local_day(each.day))
    return None


def _span(start: time | None, end: time | None) -> dict[str, str]:
    return {"from": f"{start or time(0):%H:%M}",
            "to": "24:00" if end in (None, time(0)) else f"{end:%H:%M}"}


def _where(place: str | None) -> str:
    return " " + _("(at %(place)s)", place=place) if place else ""
