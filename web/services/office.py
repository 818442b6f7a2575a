"""The office's own settings: how it is called, where it is, what it decided about feeds and holidays."""
from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
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
         "minimum_level")
SWITCHES = ("public_holidays", "first_name_in_feed")
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
            setattr(office, field, int(value) if field == "grid_minutes" else value)
        for field in SWITCHES:
            setattr(office, field, field in values)
        record(session, user_id=user_id, action="office.changed", subject=f"office:{office.id}", now=now)


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
    offered = {
        "country": countries("en"), "timezone": timezones(), "language": LANGUAGES,
        "grid_minutes": [str(minutes) for minutes in GRIDS], "minimum_level": LANGUAGE_LEVELS,
    }
    for field, known in offered.items():
        if text[field] not in known:
            faults[field] = _("Choose one from the list.")
    return faults
