"""Links by which assistants sign in to their own pages."""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base, OfficeRow

if TYPE_CHECKING:
    from web.models.assistant import Assistant


class SignInLink(OfficeRow, Base):
    """One link in one mail: it opens once, and not for long."""

    __tablename__ = "sign_in_links"
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistants.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # also where a newer link took its place
    assistant: Mapped[Assistant] = relationship()
