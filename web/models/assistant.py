"""An integrated refugee who helps."""
from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base
from web.models.person import DatedHours, Person, WeeklyHours, assistant_places, assistant_topics

if TYPE_CHECKING:
    from web.models.place import Place
    from web.models.topic import Topic


class Assistant(Person, Base):
    """What an assistant offers and how much of it."""

    __tablename__ = "assistants"
    __table_args__ = (UniqueConstraint("office_id", "code"),)
    all_topics: Mapped[bool] = mapped_column(default=True)
    accepts_genders: Mapped[list[str] | None]  # None: everybody
    max_clients: Mapped[int | None]
    max_minutes_per_week: Mapped[int | None]
    max_minutes_per_day: Mapped[int | None]
    buffer_minutes: Mapped[int] = mapped_column(default=0)
    # Whether mails may say that this person went through the same.
    tells_own_story: Mapped[bool] = mapped_column(default=False)
    # Whether this one's calendar may show first names, where the office allows it at all.
    first_name_in_feed: Mapped[bool] = mapped_column(default=False)
    # Counts every revision of this assistant's calendar; the feed's validators start from it.
    feed_revision: Mapped[int] = mapped_column(default=0)

    topics: Mapped[list[Topic]] = relationship(secondary=assistant_topics)
    places: Mapped[list[Place]] = relationship(secondary=assistant_places)  # none: everywhere
    weekly_hours: Mapped[list[WeeklyHours]] = relationship(
        cascade="all, delete-orphan", order_by="WeeklyHours.id")
    dated_hours: Mapped[list[DatedHours]] = relationship(
        cascade="all, delete-orphan", order_by="DatedHours.day, DatedHours.id")
