"""Appointments on paper and as a few words, for clients whom no mail reaches."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from web.i18n import gettext as _
from web.models import Appointment, Need, Round, db
from web.render.card import card
from web.render.sms import segments, text_of
from web.render.telling import telling
from web.services import links
from web.services.client_languages import language_for
from web.services.errors import NotFoundError
from web.services.facts import facts_of
from web.services.ways import dead_addresses, way_to


@dataclass(frozen=True)
class Handout:
    """One appointment as a card to print and a text to send; both in the client's language."""

    appointment: Appointment
    card: str  # HTML
    text: str
    segments: int  # how many SMS the text costs
    tag: str
    direction: str


def handout_of(appointment_id: int, *, now: datetime) -> Handout:
    """The card and the text of one appointment that stands and has not begun."""
    appointment = db.session.get(Appointment, appointment_id)
    if appointment is None or appointment.state == "cancelled" or appointment.starts_at <= now:
        raise NotFoundError(_("There is no such appointment any more."))
    return handout(appointment, now=now)


def handout(appointment: Appointment, *, now: datetime) -> Handout:
    """Put an appointment into its client's words."""
    language, link = language_for(appointment.client), links.link_of(appointment)
    facts = facts_of(db.session(), appointment, language=language, now=now)
    tell = telling("invitation", facts, link=link)
    text = text_of(tell)
    spoken = tell.wording.language
    return Handout(appointment=appointment, card=card(tell), text=text, segments=segments(text),
                   tag=spoken.tag, direction=spoken.direction)


def to_hand_over(round: Round, *, now: datetime) -> list[Appointment]:
    """What a round's clients without mail and SMS have still to hear of, by time."""
    rows = db.session.scalars(
        select(Appointment).where(Appointment.round_id == round.id, Appointment.state != "cancelled",
                                  Appointment.starts_at > now)
        .order_by(Appointment.starts_at, Appointment.id)
        .options(joinedload(Appointment.client), joinedload(Appointment.assistant),
                 joinedload(Appointment.need).joinedload(Need.topic), joinedload(Appointment.place)))
    dead = dead_addresses()
    return [row for row in rows if way_to(row.client, dead=dead) is None]
