"""A person who seeks support, and what they need."""
from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base, OfficeRow
from web.models.person import DatedHours, Person, WeeklyHours, client_places

if TYPE_CHECKING:
    from web.models.assistant import Assistant
    from web.models.place import Place
    from web.models.topic import Topic


class Client(Person, Base):
    """What a client asks for."""

    __tablename__ = "clients"
    __table_args__ = (UniqueConstraint("office_id", "code"),)
    origin_wish: Mapped[str] = mapped_column(default="none")
    gender_wish: Mapped[str] = mapped_column(default="none")
    weight: Mapped[int] = mapped_column(default=2)  # urgency: 1 low, 2 medium, 3 high, 5 urgent
    registered_on: Mapped[date | None]
    max_per_day: Mapped[int] = mapped_column(default=1)
    reminders: Mapped[bool] = mapped_column(default=True)
    channel: Mapped[str] = mapped_column(default="mail")  # mail, sms, none: a card or the telephone
    previous_assistant_id: Mapped[int | None] = mapped_column(
        ForeignKey("assistants.id", ondelete="SET NULL"))

    needs: Mapped[list[Need]] = relationship(
        back_populates="client", cascade="all, delete-orphan", order_by="Need.id")
    places: Mapped[list[Place]] = relationship(secondary=client_places)  # none: everywhere
    not_with: Mapped[list[NotWith]] = relationship(cascade="all, delete-orphan", order_by="NotWith.id")
    previous_assistant: Mapped[Assistant | None] = relationship()
    weekly_hours: Mapped[list[WeeklyHours]] = relationship(
        cascade="all, delete-orphan", order_by="WeeklyHours.id")
    dated_hours: Mapped[list[DatedHours]] = relationship(
        cascade="all, delete-orphan", order_by="DatedHours.day, DatedHours.id")


class Need(OfficeRow, Base):
    """One thing a client wants help with: one appointment."""

    __tablename__ = "needs"
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    minutes: Mapped[int | None]  # None: the topic's
    by: Mapped[date | None]
    optional: Mapped[bool] = mapped_column(default=False)
    # open: wants an appointment (it may have one that is still to come) · done · dropped
    state: Mapped[str] = mapped_column(default="open")
    client: Mapped[Client] = relationship(back_populates="needs")
    topic: Mapped[Topic] = relationship()


class NotWith(OfficeRow, Base):
    """For the client's safety or peace: never this assistant."""

    __tablename__ = "not_with"
    __table_args__ = (UniqueConstraint("client_id", "assistant_id"),)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistants.id", ondelete="CASCADE"), index=True)
    assistant: Mapped[Assistant] = relationship()
