"""Reads the mailbox: each mail is dealt with once, whatever becomes of the worker or of the mail.

A row with UIDVALIDITY and UID is written in the transaction that does what the mail asks for, so that a
worker that dies leaves a mail either done or not begun. Mails are taken in the order of their UIDs, so
that the highest one with a row says where to go on; marks in the mailbox are for people. No transaction
is open while the network is used.

Outcomes: answered · shown · refused (an answer that was not applied) · words · bounced · delayed ·
delivered · automatic · own · repeated · aside (nothing could be done with it).
"""
from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from web.models import IncomingMail
from web.reading.letter import Letter
from web.services import imap, mailbox, tokens
from web.services.imap import Fetched, MailboxError, OpenMailbox
from web.services.incoming_bounces import settle_report
from web.services.incoming_notices import lay_aside
from web.services.incoming_replies import settle_reply
from web.services.incoming_words import settle_words
from web.services.mail_child import MailReader, Unreadable
from web.services.transactions import transaction

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=30)  # in a mailbox that is new to us, or has been made anew


class Reader(Protocol):
    """Turns octets into what they say."""

    def read(self, octets: bytes, *, whole: bool) -> Letter | Unreadable:
        """Read one mail."""
        ...


def read_mailbox(*, clock: Callable[[], datetime], go_on: Callable[[], bool]) -> int:
    """Deal with what has come, as long as `go_on`, and count it; how it went is kept in words."""
    settings = tokens.settings()
    name, count, fault, answer = mailbox.name_of(settings), 0, "", ""
    try:
        with (imap.open_mailbox(settings) as opened,
              MailReader(own_address=settings.mail_from_address,
                         authserv_id=settings.imap_authserv_id) as reader):
            since = (clock() - LOOK_BACK).date()
            waiting = opened.newer_than(mailbox.last_uid(name, opened.uidvalidity), since=since)
            for uid in waiting[:settings.imap_per_run]:
                if not go_on():
                    break
                fetched = opened.fetch(uid, most=settings.imap_max_bytes)
                if fetched is not None:  # else somebody has deleted it
                    take(fetched, name=name, uidvalidity=opened.uidvalidity, uid=uid, reader=reader,
                         now=clock())
                    count += 1
            _mark(opened, name)
    except MailboxError as error:
        log.warning("the mailbox cannot be read: %s", error.fault)
        fault, answer = error.fault, str(error)
    mailbox.note_reading(name, fault=fault, answer=answer, now=clock())
    return count


def _mark(opened: OpenMailbox, name: str) -> None:
    """Mark what is done as seen, also what a worker had no time to mark, and what is laid aside."""
    unseen = opened.unseen_up_to(mailbox.last_uid(name, opened.uidvalidity))
    opened.mark(mailbox.set_aside(name, opened.uidvalidity, unseen), r"\Flagged")
    opened.mark(unseen, r"\Seen")


def take(fetched: Fetched, *, name: str, uidvalidity: int, uid: int, reader: Reader, now: datetime) -> None:
    """Deal with one mail, once."""
    letter = reader.read(fetched.octets, whole=fetched.whole)
    digest = letter.digest if isinstance(letter, Letter) else hashlib.sha256(fetched.octets).hexdigest()
    try:
        _once(name, uidvalidity, uid, digest, now, lambda session: settle(session, letter, now=now))
    except DBAPIError:
        raise  # not the mail's fault: it is tried again
    except Exception:
        log.exception("mail %s of the mailbox cannot be dealt with", uid)
        _once(name, uidvalidity, uid, digest, now, lambda session: lay_aside(
            session, sender="", subject="", reason="unreadable", now=now))


def _once(name: str, uidvalidity: int, uid: int, digest: str, now: datetime,
          effect: Callable[[Session], str]) -> None:
    with transaction() as session:
        this = (IncomingMail.mailbox == name, IncomingMail.uidvalidity == uidvalidity,
                IncomingMail.uid == uid)
        if session.scalars(select(IncomingMail.id).where(*this)).first() is not None:
            return  # another worker was faster
        # Also after the mailbox was made anew, and has given all its mails new numbers.
        known = session.scalars(select(IncomingMail.id).where(IncomingMail.digest == digest)).first()
        outcome = "repeated" if known is not None else effect(session)
        session.add(IncomingMail(mailbox=name, uidvalidity=uidvalidity, uid=uid, digest=digest,
                                 outcome=outcome, read_at=now))


def settle(session: Session, letter: Letter | Unreadable, *, now: datetime) -> str:
    """Do what a mail asks for, if anything; say what was done."""
    if isinstance(letter, Unreadable):
        return lay_aside(session, sender="", subject="", reason="unreadable", now=now)
    if letter.sender == tokens.settings().mail_from_address.lower():
        return "own"
    if letter.report is not None and (outcome := settle_report(session, letter, now=now)):
        return outcome
    if letter.reply is not None:
        return settle_reply(session, letter, letter.reply, now=now)
    if letter.automatic:
        return "automatic"
    return settle_words(session, letter, now=now)
