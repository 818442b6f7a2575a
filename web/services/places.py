"""Places where people meet."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from web.i18n import CLIENT_LANGUAGES
from web.i18n import gettext as _
from web.models import Place, db
from web.services import audit
from web.services.errors import InvalidInputError, NotFoundError
from web.services.neutral import revealing_word
from web.services.topics import CODE
from web.services.transactions import transaction


@dataclass(frozen=True, kw_only=True)
class PlaceData:
    """What a form says about a place."""

    code: str
    name: str
    address: str = ""
    directions: Mapping[str, str] = field(default_factory=dict)  # by language


def all_places() -> list[Place]:
    """Every place, those in use first, by name."""
    return sorted(db.session.scalars(select(Place)),
                  key=lambda place: (not place.active, place.name.casefold(), place.code))


def get_place(place_id: int) -> Place:
    """A place of this office; raises NotFoundError where there is none."""
    place = db.session.get(Place, place_id)
    if place is None:
        raise NotFoundError(_("There is no such place in this office."))
    return place


def place_data(place: Place) -> PlaceData:
    """What a place's row says, for its form."""
    return PlaceData(code=place.code, name=place.name, address=place.address, directions=place.directions)


def save_place(*, data: PlaceData, place_id: int | None = None, user_id: int | None, now: datetime) -> Place:
    """Add or change a place; its code stays, because plans of earlier rounds name it.

    Raises
    ------
    InvalidInputError
        With a fault for each field.
    """
    name, address = " ".join(data.name.split()), " ".join(data.address.split())
    faults = {}
    if not name:
        faults["name"] = _("Write a name.")
    for label, text in (("name", name), ("address", address)):
        if len(text) > 200 or not text.isprintable():
            faults[label] = _("Write one line of at most %(most)s characters.", most=200)
    directions = {language: text.strip() for language, text in data.directions.items()
                  if language in CLIENT_LANGUAGES and text.strip()}
    for field_name, text in (("name", name), ("address", address),
                             *((f"directions-{language}", text) for language, text in directions.items())):
        if word := revealing_word([text]):
            faults[field_name] = _(
                "“%(word)s” tells too much: these words stand in mails that others may see.",
                word=word)
    with transaction() as session:
        place = get_place(place_id) if place_id is not None else None
        code = place.code if place else data.code.strip().lower()
        if place is None:
            if not CODE.fullmatch(code) or len(code) > 40:
                faults["code"] = _("Write small letters a–z, digits and hyphens, such as main-office.")
            elif session.scalar(select(func.count(Place.id)).where(Place.code == code)):
                faults["code"] = _("%(code)s is taken. Write another one.", code=code)
        if faults:
            raise InvalidInputError(faults)
        if place is None:
            place = Place(code=code)
            session.add(place)
        place.name, place.address = name, address
        place.directions = directions
        session.flush()
        audit.record(session, user_id=user_id, action="place.changed" if place_id else "place.added",
                     subject=f"place:{place.id}", now=now)
        return place


def set_active(*, place_id: int, active: bool, user_id: int, now: datetime) -> None:
    """End a place, or bring it back: an ended one is offered in no form."""
    with transaction() as session:
        place = get_place(place_id)
        if place.active != active:
            place.active = active
            audit.record(session, user_id=user_id, action="place.reopened" if active else "place.ended",
                         subject=f"place:{place.id}", now=now)
