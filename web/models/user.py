"""Who may sign in, and from which browser they are signed in."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base, OfficeRow


class User(OfficeRow, Base):
    """A coordinator's account."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("email"),)
    email: Mapped[str]  # lower case
    name: Mapped[str]
    password_hash: Mapped[str]  # argon2id
    language: Mapped[str] = mapped_column(default="en")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    sign_in_after: Mapped[datetime | None]


class BrowserSession(Base):
    """A browser's session; only the hash of its cookie is stored.

    It belongs to an office as soon as somebody is signed in; the sign-in page itself has none.
    """

    __tablename__ = "sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # Of an assistant who looks after their own pages; never together with a user.
    assistant_id: Mapped[int | None] = mapped_column(
        ForeignKey("assistants.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    user: Mapped[User | None] = relationship()
