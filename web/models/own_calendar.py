"""An assistant's own calendar, of which only the busy times are kept."""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base, OfficeRow

if TYPE_CHECKING:
    from web.models.assistant import Assistant


class OwnCalendar(OfficeRow, Base):
    """An address that is read again and again, or a file that was read once.

    A reading that fails keeps the busy times of the last one that did not.
    """

    __tablename__ = "own_calendars"
    __table_args__ = (Index("ix_own_calendars_due", "next_read_at"),)
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistants.id", ondelete="CASCADE"), index=True)
    host: Mapped[str] = mapped_column(default="")  # all of the address that is ever shown; "": a file
    address: Mapped[str] = mapped_column(default="")  # sealed: see web/services/sealing.py
    filename: Mapped[str] = mapped_column(default="")
    # Each an interval in UTC, "2026-11-30T09:00Z/2026-11-30T10:00Z": no title, place or person.
    busy: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]  # the last reading that gave `busy`
    tried_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")  # what was wrong at `tried_at`; "": nothing
    failures: Mapped[int] = mapped_column(default=0)  # since the last reading that went well
    next_read_at: Mapped[datetime | None]  # None: never, it is a file
    lease_until: Mapped[datetime | None]
    assistant: Mapped[Assistant] = relationship()
