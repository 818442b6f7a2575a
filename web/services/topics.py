"""Topics: what clients need help with, in every language of mails."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from sqlalchemy import func, select

from web.i18n import CLIENT_LANGUAGES
from web.i18n import gettext as _
from web.models import Need, Office, Topic, current_office_id, db
from web.services import audit
from web.services.availability import WEEKDAYS
from web.services.errors import InvalidInputError, NotFoundError
from web.services.hours_text import hours_lines, parse_hours
from web.services.neutral import revealing_word
from web.services.people_data import WeeklyHoursData
from web.services.transactions import transaction

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class TopicData:
    """What a form says about a topic."""

    code: str
    minutes: int | None
    names: Mapping[str, str]
    bring: Mapping[str, list[str]] = field(default_factory=dict)
    windows: str = ""  # lines such as "Mon–Fri 9–15"; empty: any time


def all_topics() -> list[Topic]:
    """Every topic, those in use first, by code."""
    return sorted(db.session.scalars(select(Topic)), key=lambda topic: (not topic.active, topic.code))


def open_needs() -> dict[int, int]:
    """How many open needs each topic has, by its id."""
    rows = db.session.execute(
        select(Need.topic_id, func.count(Need.id)).where(Need.state == "open").group_by(Need.topic_id))
    return {topic_id: count for topic_id, count in rows}  # noqa: C416 - rows are no pairs to mypy


def get_topic(topic_id: int) -> Topic:
    """A topic of this office; raises NotFoundError where there is none."""
    topic = db.session.get(Topic, topic_id)
    if topic is None:
        raise NotFoundError(_("There is no such topic in this office."))
    return topic


def topic_data(topic: Topic) -> TopicData:
    """What a topic's row says, for its form."""
    hours = [WeeklyHoursData(weekdays=tuple(window["days"]), start=_time(window["from"]),
                             end=_time(window["to"])) for window in topic.windows]
    return TopicData(code=topic.code, minutes=topic.minutes, names=topic.names, bring=topic.bring,
                     windows="\n".join(hours_lines(hours, ())))


def _time(text: str) -> time:
    return time.fromisoformat("00:00" if text == "24:00" else text)


def save_topic(*, data: TopicData, topic_id: int | None = None, user_id: int | None, now: datetime) -> Topic:
    """Add or change a topic; its code stays, because plans of earlier rounds name it.

    Raises
    ------
    InvalidInputError
        With a fault for each field.
    """
    with transaction() as session:
        topic = get_topic(topic_id) if topic_id is not None else None
        grid = session.get_one(Office, current_office_id()).grid_minutes
        windows, faults = _windows(data.windows, grid)
        names = {language: name.strip() for language, name in data.names.items()
                 if language in CLIENT_LANGUAGES and name.strip()}
        if "en" not in names:
            faults["names-en"] = _("Write the English name: it stands in for languages without one.")
        if any(len(name) > 120 or "\n" in name or "\r" in name for name in names.values()):
            faults["names-en"] = _("Write names of one line and at most 120 characters.")
        bring = {language: [line.strip() for line in lines if line.strip()]
                 for language, lines in data.bring.items() if language in CLIENT_LANGUAGES}
        for label, language, texts in (
                *(("names", language, [name]) for language, name in names.items()),
                *(("bring", language, lines) for language, lines in bring.items())):
            if word := revealing_word(texts):
                faults[f"{label}-{language}"] = _(
                    "“%(word)s” tells too much: these words stand in mails that others may see.", word=word)
        minutes = data.minutes
        if minutes is None or not 0 < minutes <= 480 or minutes % grid:
            faults["minutes"] = _("Write minutes in steps of %(grid)s, at most 480.", grid=grid)
        code = topic.code if topic else data.code.strip().lower()
        if topic is None:
            if not CODE.fullmatch(code) or len(code) > 40:
                faults["code"] = _("Write small letters a–z, digits and hyphens, such as bank-account.")
            elif session.scalar(select(func.count(Topic.id)).where(Topic.code == code)):
                faults["code"] = _("%(code)s is taken. Write another one.", code=code)
        if faults or minutes is None:
            raise InvalidInputError(faults)
        if topic is None:
            topic = Topic(code=code)
            session.add(topic)
        topic.minutes, topic.names, topic.windows = minutes, names, windows
        topic.bring = {language: lines for language, lines in bring.items() if lines}
        session.flush()
        audit.record(session, user_id=user_id, action="topic.changed" if topic_id else "topic.added",
                     subject=f"topic:{topic.id}", now=now)
        return topic


def _windows(text: str, grid: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    hours = parse_hours(text, ())
    faults = {"windows": " ".join(hours.faults)} if hours.faults else {}
    if hours.dated:
        faults["windows"] = _("Opening hours are weekly: write weekdays, not dates.")
    windows = []
    for each in hours.weekly:
        if (each.start.hour * 60 + each.start.minute) % grid or (each.end.hour * 60 + each.end.minute) % grid:
            faults["windows"] = _("Write opening hours in steps of %(grid)s minutes.", grid=grid)
        end = f"{each.end:%H:%M}"
        windows.append({"days": [day for day in WEEKDAYS if day in each.weekdays],
                        "from": f"{each.start:%H:%M}", "to": "24:00" if end == "00:00" else end})
    return windows, faults


def set_active(*, topic_id: int, active: bool, user_id: int, now: datetime) -> None:
    """End a topic, or bring it back: an ended one is offered in no form, but needs that have it stay."""
    with transaction() as session:
        topic = get_topic(topic_id)
        if topic.active != active:
            topic.active = active
            audit.record(session, user_id=user_id, action="topic.reopened" if active else "topic.ended",
                         subject=f"topic:{topic.id}", now=now)
