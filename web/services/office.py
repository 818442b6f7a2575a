"""The office's own settings: how it is called, where it is, what it decided about feeds and holidays."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time
from zoneinfo import available_timezones

from sqlalchemy import select

from web.i18n import LANGUAGES
from web.i18n import gettext as _
from web.models import Office, Topic, db, use_office
from web.services.audit import record
from web.services.catalogue import countries, default_topics
from web.services.errors import ConflictError, InvalidInputError
from web.services.neutral import revealing_word
from web.services.policy import DEFAULT_LEVELS, LANGUAGE_LEVELS
from web.services.transactions import transaction

GRIDS = (5, 10, 15, 20, 30, 60)  # minutes between possible starts; each divides an hour
TEXTS = ("name", "public_name", "phone", "country", "city", "timezone", "language", "grid_minutes",
         "minimum_level", "reminder_hours", "quiet_from", "quiet_to")
SWITCHES = ("public_holidays", "first_name_in_feed", "moves_at_once")
MOST_REMINDERS = 5
LONGEST_AHEAD = 14 * 24  # hours
LONGEST = 200


def all_offices() -> list[Office]:
    """Every office of this installation."""
    return list(db.session.scalars(select(Office).order_by(Office.id)))


def timezones() -> list[str]:
    """The time zones that an office can be in, as IANA names them."""
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(
        ("Etc/", "posix/", "right/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")))


def create_office(*, name: str, public_name: str, now: datetime) -> Office:
    """Create an office with the default policy and topics.

    Raises
    ------
    InvalidInputError
        Also where the public name, by default the name, tells why people come.
    """
    public_name = public_name.strip() or name.strip()
    faults = _name_faults(name, public_name)
    if faults:
        raise InvalidInputError(faults)
    if name.strip() in {office.name for office in all_offices()}:
        raise ConflictError(_("There is already an office called %(name)s.", name=name.strip()))
    with transaction() as session:
        office = Office(name=name.strip(), public_name=public_name, levels=list(DEFAULT_LEVELS))
        session.add(office)
        session.flush()
        use_office(office.id)
        session.add_all(Topic(**fields) for fields in default_topics())
        record(session, user_id=None, action="office.created", subject=f"office:{office.id}", now=now)
    return office


def change_office(*, office: Office, values: Mapping[str, str], user_id: int, now: datetime) -> None:
    """Change an office's settings to what a form holds; a switch is on where its field is there."""
    text = {field: values.get(field, "").strip() for field in TEXTS}
    faults = _faults(text)
    if faults:
        raise InvalidInputError(faults)
    with transaction() as session:
        for field, value in text.items():
            setattr(office, field, _READ[field](value) if field in _READ else value)
        for field in SWITCHES:
            setattr(office, field, field in values)
        record(session, user_id=user_id, action="office.changed", subject=f"office:{office.id}", now=now)


def form_of(office: Office) -> dict[str, object]:
    """The fields of an office's form, as a person writes them."""
    values = {field: getattr(office, field) for field in (*TEXTS, *SWITCHES)}
    return values | {"reminder_hours": ", ".join(map(str, office.reminder_hours)),
                     "quiet_from": f"{office.quiet_from:%H:%M}", "quiet_to": f"{office.quiet_to:%H:%M}"}


def _hours(text: str) -> list[int]:
    return sorted({int(part) for part in re.split(r"[\s,;]+", text) if part}, reverse=True)


_READ: Mapping[str, Callable[[str], object]] = {
    "grid_minutes": int, "reminder_hours": _hours, "quiet_from": time.fromisoformat,
    "quiet_to": time.fromisoformat}


def _name_faults(name: str, public_name: str) -> dict[str, str]:
    faults = {}
    if not name.strip():
        faults["name"] = _("Write the office's name.")
    if not public_name:
        faults["public_name"] = _("Write the name that clients see in mails.")
    elif revealing_word([public_name]):
        faults["public_name"] = _(
            "Mails show this name to whoever looks over a client's shoulder. "
            "Choose one that does not tell why people come, for example “Info Point”.")
    for field, value in (("name", name), ("public_name", public_name)):
        if len(value) > LONGEST or not value.isprintable():
            faults[field] = _("Write it in one line of at most %(count)s characters.", count=LONGEST)
    return faults


def _faults(text: Mapping[str, str]) -> dict[str, str]:
    faults = _name_faults(text["name"], text["public_name"])
    for field in ("phone", "city"):
        if len(text[field]) > LONGEST or not text[field].isprintable():
            faults[field] = _("Write it in one line of at most %(count)s characters.", count=LONGEST)
    if text["phone"] and not re.fullmatch(r"[+0-9 ()/.\-]{5,40}", text["phone"]):
        faults["phone"] = _("Write a telephone number, for example +381 11 123 4567.")
    for field in ("quiet_from", "quiet_to"):
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text[field]):
            faults[field] = _("Write a time like 21:00.")
    if not re.fullmatch(r"([0-9]{1,4}([\s,;]+|$))*", text["reminder_hours"]) or not all(
            0 < hours <= LONGEST_AHEAD for hours in _hours(text["reminder_hours"])) or len(
            _hours(text["reminder_hours"])) > MOST_REMINDERS:
        faults["reminder_hours"] = _(
            "Write at most %(count)s whole numbers of hours from 1 to %(most)s, for example 72, 24, 2.",
            count=MOST_REMINDERS, most=LONGEST_AHEAD)
    offered = {
        "country": countries("en"), "timezone": timezones(), "language": LANGUAGES,
        "grid_minutes": [str(minutes) for minutes in GRIDS], "minimum_level": LANGUAGE_LEVELS,
    }
    for field, known in offered.items():
        if text[field] not in known:
            faults[field] = _("Choose one from the list.")
    return faults
