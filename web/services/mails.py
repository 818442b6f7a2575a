"""Mails that came to a bad end: which of them can go once more, and sending them."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from web.i18n import gettext as _
from web.models import Message, db
from web.services import outbox
from web.services.audit import record
from web.services.errors import ConflictError, NotFoundError
from web.services.people_appointments import messages_of
from web.services.transactions import transaction


def repeatable(mails: Iterable[Sequence[Message]], *, now: datetime) -> set[int]:
    """The ids of mails that a coordinator may send again; `mails` are all mails of each appointment."""
    return {mail.id for siblings in mails for mail in siblings if _helps(mail, siblings, now)}


def _helps(mail: Message, siblings: Sequence[Message], now: datetime) -> bool:
    appointment = mail.appointment
    address = appointment.client.email
    if mail.state not in outbox.REPEATABLE or not address:
        return False
    if mail.revision != appointment.sequence or appointment.starts_at <= now:
        return False
    if mail.recipient == address:
        return True
    # To a corrected address goes the present news, once.
    return appointment.state != "cancelled" and not any(
        one.recipient == address and one.revision == mail.revision and one.kind != "reminder"
        for one in siblings)


def send_again(*, message_id: int, user_id: int, now: datetime) -> Message:
    """Try a mail once more, or write its news to the address that was corrected meanwhile.

    Raises
    ------
    NotFoundError
        There is no such mail.
    ConflictError
        It has left, is on its way, or is no longer true.
    """
    with transaction() as session:
        message = session.get(Message, message_id)
        if message is None:
            raise NotFoundError(_("There is no such mail."))
        siblings = messages_of([message.appointment]).get(message.appointment_id, [])
        if not _helps(message, siblings, now) or not outbox.send_again(session, message, now=now):
            raise ConflictError(_("This mail cannot be sent again: it is on its way, or no longer true."))
        record(session, user_id=user_id, action="mail.sent-again", subject=f"message:{message.id}", now=now)
    return db.session.get_one(Message, message_id)
