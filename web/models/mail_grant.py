"""The permission to use the office's mailbox that somebody gave at its provider."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from web.models.base import Base


class MailGrant(Base):
    """A refresh token (RFC 6749, 1.5). It belongs to no office: offices share the mailbox."""

    __tablename__ = "mail_grants"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # provider and client id: see web/services/oauth.py
    refresh_token: Mapped[str]  # sealed: see web/services/sealing.py
    granted_at: Mapped[datetime]
