"""The outbox: a row for each mail or SMS to send, written in the transaction that causes it."""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base, OfficeRow

if TYPE_CHECKING:
    from web.models.appointment import Appointment
    from web.models.assistant import Assistant


NEWS = ("invitation", "update", "cancellation")  # what a client has to know
TO_CLIENTS = (*NEWS, "reminder")  # all else goes to other people and says nothing new of the appointment
FAREWELL = "farewell"  # to an address at which a client is no longer written to: see outbox.write_farewell
TO_ASSISTANTS = ("assistant-new", "assistant-moved", "assistant-cancelled", "sign-in")


class Message(OfficeRow, Base):
    """One mail or SMS to one recipient about one revision of one appointment.

    States: queued · claimed (leased) · handover (committed just before the final dot of DATA) ·
    sent · failed (5xx) · refused (5xx for
    the mailbox itself) · too-late · superseded · uncertain (a reminder whose handover was cut off) ·
    bounced (taken by our server, and sent back by another).
    A claimed row whose lease ran out goes back to queued; a handover goes again with the same
    Message-ID, except a reminder, which is shown as uncertain.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("appointment_id", "revision", "recipient", "kind", "hours_ahead", name="once"),
        Index("ix_messages_due", "state", "next_attempt_at"),
    )
    # Null only in an assistant's sign-in mail, which nothing but delivery meets.
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"), index=True, nullable=True)
    # Whom the mail is for where it is one of TO_ASSISTANTS.
    assistant_id: Mapped[int | None] = mapped_column(
        ForeignKey("assistants.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int]  # the appointment's sequence; of a `note`, the notice that it tells of
    # One of TO_CLIENTS or TO_ASSISTANTS, FAREWELL, or note: to a coordinator, that a client has written.
    kind: Mapped[str]
    hours_ahead: Mapped[int] = mapped_column(default=0)  # of a reminder: which of the office's
    channel: Mapped[str] = mapped_column(default="mail")  # mail, sms
    recipient: Mapped[str]  # an address or a telephone number, as the channel has it
    language: Mapped[str]
    # All that the mail says, frozen in the transaction that caused it: see web/services/outbox.py.
    facts: Mapped[dict[str, Any]]
    message_id: Mapped[str] = mapped_column(unique=True)
    # SHA-256 of the secret in the address that the mail is sent back to, should it come back.
    return_hash: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="queued")
    # Once cut off after the final dot: the recipient may have it, whatever the state says now.
    in_doubt: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    give_up_at: Mapped[datetime]  # the start of the appointment: later it is too late
    lease_until: Mapped[datetime | None]
    worker: Mapped[str] = mapped_column(default="")
    last_answer: Mapped[str] = mapped_column(default="")  # the server's last words
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    appointment: Mapped[Appointment] = relationship()
    assistant: Mapped[Assistant | None] = relationship()


class Departure(Base):
    """A moment at which a provider was given something to send: what its limits are counted by.

    One provider serves all offices, so that these rows belong to none.
    """

    __tablename__ = "departures"
    __table_args__ = (Index("ix_departures_channel_at", "channel", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    at: Mapped[datetime]
