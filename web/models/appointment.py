"""A published appointment: what calendars and mails are made of."""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base, OfficeRow

if TYPE_CHECKING:
    from web.models.assistant import Assistant
    from web.models.client import Client, Need
    from web.models.place import Place


class Appointment(OfficeRow, Base):
    """One need of one client at one time with one assistant.

    `uid` never changes during its life, also when the time, the place or the assistant does;
    `sequence` grows with each change of start, end, place or status (RFC 5546, 2.1.4).
    """

    __tablename__ = "appointments"
    __table_args__ = (
        UniqueConstraint("uid"),
        # A need has at most one appointment that stands.
        Index("uq_appointments_live_need", "need_id", unique=True,
              sqlite_where=text("state <> 'cancelled'"), postgresql_where=text("state <> 'cancelled'")),
    )
    uid: Mapped[str]  # random, with the host: RFC 5545 UID
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)  # last published in
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), index=True)
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistants.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # invited: waits for an answer · confirmed · cancelled
    state: Mapped[str] = mapped_column(default="invited")
    # why it was cancelled: declined, another-time, withdrawn, replanned, assistant-unavailable
    cancel_reason: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")  # the client's own words, with another-time
    answered_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0)
    revised_at: Mapped[datetime]  # DTSTAMP and LAST-MODIFIED; strictly grows, whole seconds
    created_at: Mapped[datetime]
    # SHA-256 of the secret in the client's link, and how often that was made anew: see web/services/links.py.
    token_hash: Mapped[str] = mapped_column(unique=True)
    link_generation: Mapped[int] = mapped_column(default=0)

    client: Mapped[Client] = relationship()
    assistant: Mapped[Assistant] = relationship()
    need: Mapped[Need] = relationship()
    place: Mapped[Place | None] = relationship()


class FormerLink(OfficeRow, Base):
    """A client's link that has ended: whoever opens it is told so, and nothing of the appointment."""

    __tablename__ = "former_links"
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)  # as in Appointment.token_hash
    ended_at: Mapped[datetime]
    appointment: Mapped[Appointment] = relationship()


class FormerAssistant(OfficeRow, Base):
    """An appointment that left an assistant's calendar for another's.

    The former assistant's feed shows it as cancelled until it is over.
    """

    __tablename__ = "former_assistants"
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), index=True)
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistants.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    sequence: Mapped[int]
    revised_at: Mapped[datetime]
    appointment: Mapped[Appointment] = relationship()
    place: Mapped[Place | None] = relationship()
