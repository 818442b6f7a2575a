"""Assistants: found, saved, ended."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from web.i18n import gettext as _
from web.models import Assistant, FeedToken, OwnCalendar, db
from web.services import feeds, own_calendars, people, people_appointments, sign_in_links
from web.services.errors import InvalidInputError
from web.services.people_checks import check_assistant
from web.services.people_data import AssistantData, by_day
from web.services.people_rows import Directory, assistant_data, write_assistant
from web.services.transactions import transaction


def _read(assistant: Assistant, directory: Directory) -> AssistantData:
    return assistant_data(assistant)


def _write(session: Session, assistant: Assistant, data: AssistantData, before: AssistantData | None,
           directory: Directory, now: datetime) -> None:
    write_assistant(assistant, data, before, directory)


def _complete(data: AssistantData, before: AssistantData) -> AssistantData:
    return replace(people.complete(data, before), dated_hours=by_day(
        {*data.dated_hours, *(day for day in before.dated_hours if not day.available)}))


KIND = people.Kind(row=Assistant, subject="assistant", prefix="A", check=check_assistant, read=_read,
                   write=_write, complete=_complete)


def get_assistant(assistant_id: int) -> Assistant:
    """An assistant of this office with everything that belongs to them."""
    return people.find(KIND, assistant_id)


def read_assistant(assistant_id: int, *, user_id: int, now: datetime) -> Assistant:
    """An assistant's record, for somebody's eyes: the audit notes whose."""
    people.note_reading(KIND, person_id=assistant_id, user_id=user_id, now=now)
    return get_assistant(assistant_id)


def save_assistant(*, data: AssistantData, assistant_id: int | None = None, version: int | None = None,
                   user_id: int | None, now: datetime) -> people.Saved:
    """Add an assistant, or change one who is still as the editor saw them; see `people.save`."""
    return people.save(KIND, data=data, person_id=assistant_id, version=version, user_id=user_id, now=now)


def save_assistants(*, assistants: Sequence[AssistantData], user_id: int | None,
                    now: datetime) -> list[people.Saved]:
    """Add or change many assistants in one transaction; see `people.save_all`."""
    return people.save_all(KIND, people=assistants, user_id=user_id, now=now)


def names() -> list[tuple[str, str]]:
    """Every assistant's code and name, by name: for lists to choose from."""
    rows = db.session.execute(select(Assistant.code, Assistant.name)).all()
    return sorted(((code, name) for code, name in rows), key=lambda row: (row[1].casefold(), row[0]))


def end_assistant(*, assistant_id: int, day: date | None, today: date, cancel: bool, user_id: int,
                  now: datetime) -> None:
    """Let an assistant take no part from `day` on, and close their calendar addresses with that day.

    Parameters
    ----------
    today
        The office's date: an assistant who has ended by then loses the calendar addresses at once.
    cancel
        Whether to take back the appointments from that day on.
    """
    if day is None:
        raise InvalidInputError({"day": _("Choose a day.")})
    with transaction() as session:
        assistant = people.set_end(KIND, session, person_id=assistant_id, day=day, user_id=user_id, now=now)
        if cancel:
            people_appointments.cancel_from(session, assistant, day=day, reason="assistant-unavailable",
                                            now=now)
        if day <= today:
            _close(session, assistant_id, now)


def _close(session: Session, assistant_id: int, now: datetime) -> None:
    """Close what an assistant has of their own here (rule K4): calendar addresses, sign-in, own calendars."""
    feeds.revoke_all(session, assistant_id=assistant_id, now=now)
    sign_in_links.shut_out(session, assistant_id=assistant_id, now=now)
    own_calendars.forget_all(session, assistant_id=assistant_id)


def reopen_assistant(*, assistant_id: int, user_id: int, now: datetime) -> None:
    """Let an assistant take part again; what was closed stays closed."""
    with transaction() as session:
        people.set_end(KIND, session, person_id=assistant_id, day=None, user_id=user_id, now=now)


def close_ended_calendars(*, now: datetime) -> int:
    """Close what assistants have here whose last day has passed; says how many assistants.

    For whoever ended on a day that was still to come when it was written down.
    """
    ended = db.session.scalars(
        select(Assistant.id).where(Assistant.ended_on <= people.today(now)).order_by(Assistant.id)
        .where(or_(exists().where(FeedToken.assistant_id == Assistant.id, FeedToken.revoked_at.is_(None)),
                   exists().where(OwnCalendar.assistant_id == Assistant.id)))).all()
    if ended:
        with transaction() as session:
            for assistant_id in ended:
                _close(session, assistant_id, now)
    return len(ended)
