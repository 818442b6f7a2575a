"""An office: the organisation's unit that owns every other row."""
from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from web.models.base import Base, OfficeRow


class Office(Base):
    """One office with its place in the world and its matching policy."""

    __tablename__ = "offices"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    # What mails and client pages show instead of the name: nothing in it tells of asylum.
    public_name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="RS")
    timezone: Mapped[str] = mapped_column(default="Europe/Belgrade")
    city: Mapped[str] = mapped_column(default="Belgrade")
    language: Mapped[str] = mapped_column(default="en")
    grid_minutes: Mapped[int] = mapped_column(default=30)
    minimum_level: Mapped[str] = mapped_column(default="B1")
    levels: Mapped[list[str]]
    # [{"client": "prs", "assistant": "fa", "loss": 0}, …]; None: the reviewed default table.
    bridges: Mapped[list[dict[str, Any]] | None]
    public_holidays: Mapped[bool] = mapped_column(default=True)
    first_name_in_feed: Mapped[bool] = mapped_column(default=False)
    reminder_hours: Mapped[list[int]] = mapped_column(default=lambda: [24])  # before the start, longest first
    # No reminder goes out from quiet_from to quiet_to by the office's clock; equal: at any time.
    quiet_from: Mapped[time] = mapped_column(default=time(21))
    quiet_to: Mapped[time] = mapped_column(default=time(7))
    mails_stopped_at: Mapped[datetime | None]  # the stop switch: nothing leaves until it is taken back
    # Whether an appointment moves as soon as its client has chosen a free time, or a coordinator decides.
    moves_at_once: Mapped[bool] = mapped_column(default=False)


class ClosedDay(OfficeRow, Base):
    """A day the office decided about: closed for itself, or open although a public holiday."""

    __tablename__ = "closed_days"
    __table_args__ = (UniqueConstraint("office_id", "day"),)
    day: Mapped[date]
    closed: Mapped[bool] = mapped_column(default=True)
    name: Mapped[str] = mapped_column(default="")
