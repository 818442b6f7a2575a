"""A client's answer links: which one is valid, whom an ended one is told, and ending them."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from web.i18n import gettext as _
from web.models import TO_CLIENTS, Appointment, Client, FormerLink, Message, db, use_office
from web.services import tokens
from web.services.errors import NotFoundError, ServiceError

EVERYWHERE = {"all_offices": True}


class EndedLinkError(ServiceError):
    """A link that was valid once; `client` says in which language to tell whoever holds it."""

    def __init__(self, client: Client) -> None:
        super().__init__("this link has ended")
        self.client = client


def token_of(appointment: Appointment) -> str:
    """The secret in the link of an appointment that is valid now."""
    return tokens.answer_token(appointment.uid, appointment.link_generation)


def link_of(appointment: Appointment) -> str:
    """The address of the client's own page."""
    return address_of(appointment.uid, appointment.link_generation)


def address_of(uid: str, generation: int) -> str:
    """The same, of the appointment with this UID."""
    return f"{tokens.settings().public_url}/a/{tokens.answer_token(uid, generation)}"


def find(token: str) -> Appointment:
    """The appointment that a link leads to; from here on its office is the chosen one.

    Raises
    ------
    EndedLinkError
        Where the link led there once.
    NotFoundError
        For every token that is not the answer link of an appointment: one sentence for all of them.
    """
    hashed = tokens.answer_hash(token)
    found = db.session.execute(
        select(Appointment.id, Appointment.office_id).where(Appointment.token_hash == hashed),
        execution_options=EVERYWHERE).one_or_none()
    if found is not None:
        use_office(found.office_id)
        return db.session.get_one(Appointment, found.id)
    former = db.session.execute(
        select(FormerLink.appointment_id, FormerLink.office_id).where(FormerLink.token_hash == hashed),
        execution_options=EVERYWHERE).one_or_none()
    if former is None:
        raise NotFoundError(_("This link does not lead anywhere. Please check that you have all of it."))
    use_office(former.office_id)
    raise EndedLinkError(db.session.get_one(Appointment, former.appointment_id).client)


def require_present(appointment: Appointment, token: str) -> None:
    """Raise EndedLinkError where a link ended after it was found."""
    if appointment.token_hash != tokens.answer_hash(token):
        raise EndedLinkError(appointment.client)


def end_links(session: Session, client: Client, *, now: datetime) -> None:
    """End every link to a client's appointments, also past ones; what leaves from here on holds new ones."""
    theirs = session.scalars(select(Appointment).where(Appointment.client_id == client.id)
                             .order_by(Appointment.id).with_for_update(),
                             execution_options={"populate_existing": True}).all()
    for appointment in theirs:
        session.add(FormerLink(
            appointment_id=appointment.id, token_hash=appointment.token_hash, ended_at=now))
        appointment.link_generation += 1
        appointment.token_hash = tokens.answer_hash(token_of(appointment))
    session.flush()
    # Made with a link that has ended; its worker finds the row changed before the final dot of DATA.
    session.execute(update(Message).where(
        Message.appointment_id.in_([appointment.id for appointment in theirs]),
        Message.kind.in_(TO_CLIENTS), Message.state == "claimed",
    ).values(state="queued", worker="", lease_until=None))
