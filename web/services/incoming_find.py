"""Which appointment a mail is about. The office of what is found is the chosen one from there on."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from web.models import Appointment, Assistant, Client, FormerLink, Message, Office, User, use_office
from web.reading.letter import Letter
from web.services import tokens

Row = TypeVar("Row", Appointment, Message)
EVERYWHERE = {"all_offices": True}


@dataclass(frozen=True)
class About:
    """The appointment that a person writes about."""

    appointment: Appointment
    known: bool  # written from the client's own address
    note: bool  # in answer to a mail to a coordinator


def appointment_with(session: Session, uid: str) -> Appointment | None:
    """The appointment of this UID."""
    return _first(session, select(Appointment.id, Appointment.office_id).where(Appointment.uid == uid),
                  Appointment)


def returned(session: Session, letter: Letter) -> Message | None:
    """The mail of ours that a report is about: by the address it came back to, or as it is quoted."""
    for address in letter.addressed:
        token = tokens.returned_token(address)
        if token and (found := _message(session, Message.return_hash == tokens.return_hash(token))):
            return found
    return _named(session, letter.report.message_ids if letter.report else ())


def about(session: Session, letter: Letter, *, now: datetime) -> About | None:
    """The appointment that a person writes about: by the mail they answer, or by their address."""
    message = _named(session, letter.answers)
    # A sign-in mail, which an assistant may answer, too, is about no appointment.
    appointment = session.get(Appointment, message.appointment_id) if (
        message and message.appointment_id) else None
    for token in letter.tokens if appointment is None else ():
        appointment = appointment or _linked(session, tokens.answer_hash(token))
    appointment = appointment or _of_sender(session, letter, now)
    if appointment is None:
        return None
    return About(appointment, known=is_invited(appointment, letter.sender),
                 note=message is not None and message.kind == "note")


def is_invited(appointment: Appointment, address: str) -> bool:
    """Whether this is the address that the client of an appointment is written to."""
    return address != "" and appointment.client.email.lower() == address.lower()


def choose_office(session: Session, letter: Letter | None) -> bool:
    """Choose the office that a mail about no appointment is for, and say whether there is just one.

    It is the office to whose own address it was sent, the only one of the installation, or the only one
    that knows the sender. A mail that may be for several is shown to none.
    """
    offices = set(session.scalars(select(Office.id)))
    named = _named_offices(letter) & offices if letter else set[int]()
    possible = named or offices
    if len(possible) > 1 and letter:
        possible = possible & _offices_that_know(session, letter.sender)
    if len(possible) != 1:
        return False
    use_office(possible.pop())
    return True


def _named_offices(letter: Letter) -> set[int]:
    numbers = (tokens.addressed_office(address) for address in letter.addressed)
    return {number for number in numbers if number is not None}


def _offices_that_know(session: Session, address: str) -> set[int]:
    if not address:
        return set()
    return {office_id for kind in (Client, Assistant, User) for office_id in session.scalars(
        select(kind.office_id).where(func.lower(kind.email) == address), execution_options=EVERYWHERE)}


def _of_sender(session: Session, letter: Letter, now: datetime) -> Appointment | None:
    address = letter.sender
    if not address:
        return None
    rows = session.execute(
        select(Appointment.id, Appointment.office_id, Appointment.starts_at, Appointment.state)
        .join(Client, Appointment.client_id == Client.id).where(func.lower(Client.email) == address)
        .order_by(Appointment.starts_at, Appointment.id), execution_options=EVERYWHERE).all()
    named = _named_offices(letter)
    rows = [row for row in rows if not named or row.office_id in named]
    if len({row.office_id for row in rows}) > 1:
        return None  # a client of several offices: what they write to one is not for the others
    coming = [row for row in rows if row.state != "cancelled" and row.starts_at > now]
    chosen = coming[0] if coming else rows[-1] if rows else None
    if chosen is None:
        return None
    use_office(chosen.office_id)
    return session.get_one(Appointment, chosen.id)


def _linked(session: Session, token_hash: str) -> Appointment | None:
    # Also by a link that has ended: what somebody wrote is shown, with their address beside it.
    former = select(FormerLink.appointment_id).where(FormerLink.token_hash == token_hash)
    return _first(session, select(Appointment.id, Appointment.office_id).where(
        (Appointment.token_hash == token_hash) | Appointment.id.in_(former)), Appointment)


def _named(session: Session, message_ids: tuple[str, ...]) -> Message | None:
    for one in message_ids:
        if found := _message(session, Message.message_id == one):
            return found
    return None


def _message(session: Session, where: Any) -> Message | None:
    return _first(session, select(Message.id, Message.office_id).where(where), Message)


def _first(session: Session, query: Select[int, int], row: type[Row]) -> Row | None:
    found = session.execute(query.limit(1), execution_options=EVERYWHERE).first()
    if found is None:
        return None
    use_office(found.office_id)
    return session.get_one(row, found.id)
