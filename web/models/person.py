"""What clients and assistants have in common, and when they have time."""
from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from web.models.base import Base, OfficeRow, current_office_id

if TYPE_CHECKING:
    from web.models.place import Place


class Person(OfficeRow):
    """The columns that clients and assistants share."""

    code: Mapped[str]  # the office's own number, unique in the office
    name: Mapped[str]
    first_name: Mapped[str]  # all that a mail ever shows
    gender: Mapped[str]  # female, male, other
    origin: Mapped[str]  # ISO 3166-1 alpha-2
    cultures: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[dict[str, str]]  # {"fa": "native", "sr": "A2"}
    mail_language: Mapped[str] = mapped_column(default="en")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    remarks: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    ended_on: Mapped[date | None]  # from this day on this person takes no part
    version: Mapped[int]  # grows with each change: two people's edits cannot silently overwrite each other

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


client_places = Table(
    "client_places", Base.metadata,
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True),
    Column("place_id", ForeignKey("places.id", ondelete="CASCADE"), primary_key=True),
    Column("office_id", ForeignKey("offices.id"), nullable=False, default=current_office_id),
)
assistant_places = Table(
    "assistant_places", Base.metadata,
    Column("assistant_id", ForeignKey("assistants.id", ondelete="CASCADE"), primary_key=True),
    Column("place_id", ForeignKey("places.id", ondelete="CASCADE"), primary_key=True),
    Column("office_id", ForeignKey("offices.id"), nullable=False, default=current_office_id),
)
assistant_topics = Table(
    "assistant_topics", Base.metadata,
    Column("assistant_id", ForeignKey("assistants.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True),
    Column("office_id", ForeignKey("offices.id"), nullable=False, default=current_office_id),
)


class WeeklyHours(OfficeRow, Base):
    """A weekly pattern: these weekdays, from–to in the office's wall-clock time."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        CheckConstraint("(client_id IS NULL) <> (assistant_id IS NULL)", name="one_owner"),
    )
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    assistant_id: Mapped[int | None] = mapped_column(
        ForeignKey("assistants.id", ondelete="CASCADE"), index=True)
    weekdays: Mapped[list[str]]  # ["mon", "tue"]
    start: Mapped[time]
    end: Mapped[time]  # 00:00 stands for midnight at the end of the day
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))  # None: the person's places
    place: Mapped[Place | None] = relationship()


class DatedHours(OfficeRow, Base):
    """An exception on one day: extra time, or time that is taken away from the weekly pattern."""

    __tablename__ = "dated_hours"
    __table_args__ = (
        CheckConstraint("(client_id IS NULL) <> (assistant_id IS NULL)", name="one_owner"),
    )
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    assistant_id: Mapped[int | None] = mapped_column(
        ForeignKey("assistants.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    start: Mapped[time | None]  # None: the whole day
    end: Mapped[time | None]  # 00:00: midnight at the end of the day
    available: Mapped[bool]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    reason: Mapped[str] = mapped_column(default="")  # e.g. "declined"
    place: Mapped[Place | None] = relationship()
