"""The mailbox that clients answer to: what has been read of it, and how the last reading went."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from web.models.base import Base


class IncomingMail(Base):
    """One mail of the mailbox that has been dealt with, in the transaction that did what it asks for.

    It belongs to no office, and holds nothing that a person wrote.
    """

    __tablename__ = "incoming_mails"
    __table_args__ = (UniqueConstraint("mailbox", "uidvalidity", "uid"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox: Mapped[str]  # user, host and folder
    # Together they mean one mail for ever (RFC 3501, 2.3.1.1); unsigned, hence too large for an integer.
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(index=True)  # of what its sender wrote, however often it is delivered
    outcome: Mapped[str]  # see web/services/incoming.py
    read_at: Mapped[datetime]


class Mailbox(Base):
    """How the last reading of a mailbox went."""

    __tablename__ = "mailboxes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # as in IncomingMail.mailbox
    read_at: Mapped[datetime]  # the last attempt
    good_at: Mapped[datetime | None]  # the last one that came to its end
    fault: Mapped[str] = mapped_column(default="")  # of the last attempt: see web/services/imap.py
    answer: Mapped[str] = mapped_column(default="")  # the server's words
