"""What was done, by whom, and what waits for a coordinator."""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base, OfficeRow

if TYPE_CHECKING:
    from web.models.appointment import Appointment
    from web.models.assistant import Assistant
    from web.models.client import Client
    from web.models.user import User


class AuditEntry(OfficeRow, Base):
    """One deed; `details` holds ids and counts, never values of a person's fields."""

    __tablename__ = "audit_entries"
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # None: the system or a client
    action: Mapped[str]  # e.g. round.published
    subject: Mapped[str]  # e.g. round:12
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    user: Mapped[User | None] = relationship()


class Notice(OfficeRow, Base):
    """Something that a coordinator should look at: a decline, a mail that could not be sent."""

    __tablename__ = "notices"
    kind: Mapped[str]  # see web/services/today.py
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"))
    assistant_id: Mapped[int | None] = mapped_column(ForeignKey("assistants.id", ondelete="CASCADE"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    client: Mapped[Client | None] = relationship()
    assistant: Mapped[Assistant | None] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
