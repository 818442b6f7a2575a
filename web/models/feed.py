"""Calendar subscriptions and their last rendering."""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base, OfficeRow

if TYPE_CHECKING:
    from web.models.assistant import Assistant


class FeedToken(OfficeRow, Base):
    """One subscription of one assistant, usually one device; only the token's hash is stored."""

    __tablename__ = "feed_tokens"
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistants.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    created_at: Mapped[datetime]
    last_fetched_at: Mapped[datetime | None]
    last_user_agent: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[datetime | None]
    assistant: Mapped[Assistant] = relationship()


class FeedRendering(OfficeRow, Base):
    """The bytes of a feed, kept so that an unchanged poll is answered without rendering."""

    __tablename__ = "feed_renderings"
    __table_args__ = (UniqueConstraint("assistant_id"),)
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistants.id", ondelete="CASCADE"))
    key: Mapped[str]  # everything that the bytes depend on
    etag: Mapped[str]  # SHA-256 of the body, hex
    # By zlib: the octets of thousands of events take longer out of the database than out of this.
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
