"""Reads the mailbox: each mail is dealt with once, whatever becomes of the worker or of the mail.

A row with UIDVALIDITY and UID is written in the transaction that does what the mail asks for, so that a
worker that dies leaves a mail either done or not begun. Mails are taken in the order of their UIDs, so
that the highest one with a row says where to go on; marks in the mailbox are for people. No transaction
is open while the network is used.

Outcomes: answered · shown · refused (an answer that was not applied) · words · bounced · delayed ·
delivered · automatic · own · repeated · aside (nothing could be done with it) · undecided (nor is it known
whose it is, of several offices).
"""
from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import Session

from web.models import IncomingMail
from web.reading.letter import Letter
from web.services import imap, mailbox, tokens
from web.services.imap import Fetched, MailboxError, OpenMailbox, UnfetchableError
from web.services.incoming_bounces import settle_report
from web.services.incoming_notices import lay_aside
from web.services.incoming_replies import settle_reply
from web.services.incoming_words import settle_words
from web.services.mail_child import MailReader, Unreadable
from web.services.transactions import transaction

log = logging.getLogger(__name__)

TRIES = 2  # to fetch a mail
MOST_FAILURES = 10  # in one reading
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
    failures: Counter[int] = Counter()
    with MailReader(own_address=settings.mail_from_address, authserv_id=settings.imap_authserv_id) as reader:
        try:
            while True:
                try:
                    for fetched in _fetched(name, clock, failures):
                        if not go_on():
                            break
                        count += take(fetched, name=name, reader=reader, now=clock())
                    break
                except UnfetchableError as error:
                    # A server may hang up at one mail, every time: it must not stand before all others.
                    failures[error.uid] += 1
                    if failures.total() > MOST_FAILURES:
                        raise
        except MailboxError as error:
            log.warning("the mailbox cannot be read: %s", error.fault)
            fault, answer = error.fault, str(error)
    mailbox.note_reading(name, fault=fault, answer=answer, now=clock())
    return count


def _fetched(name: str, clock: Callable[[], datetime], failures: Counter[int]) -> Iterator[Fetched]:
    """One mail after another; one that the server has failed to give several times comes without octets."""
    settings = tokens.settings()
    with imap.open_mailbox(settings) as opened:
        since = (clock() - LOOK_BACK).date()
        waiting = opened.newer_than(mailbox.last_uid(name, opened.uidvalidity), since=since)
        for uid in waiting[:settings.imap_per_run]:
            if failures[uid] >= TRIES:
                yield Fetched(uid, opened.uidvalidity, None, whole=False)
            elif (found := opened.fetch(uid, most=settings.imap_max_bytes)) is not None:
                yield found  # else somebody has deleted it
        _mark(opened, name)


def _mark(opened: OpenMailbox, name: str) -> None:
    """Mark what is done as seen, also what a worker had no time to mark, and what is laid aside."""
    unseen = opened.unseen_up_to(mailbox.last_uid(name, opened.uidvalidity))
    opened.mark(mailbox.set_aside(name, opened.uidvalidity, unseen), r"\Flagged")
    opened.mark(unseen, r"\Seen")


def take(fetched: Fetched, *, name: str, reader: Reader, now: datetime) -> bool:
    """Deal with one mail, once; say whether it was for us to do."""
    letter: Letter | Unreadable = Unreadable("not given")
    if fetched.octets is not None:
        letter = reader.read(fetched.octets, whole=fetched.whole)
    content = fetched.octets or f"{name}/{fetched.uidvalidity}/{fetched.uid}".encode()
    row = IncomingMail(
        mailbox=name, uidvalidity=fetched.uidvalidity, uid=fetched.uid, read_at=now,
        digest=letter.digest if isinstance(letter, Letter) else hashlib.sha256(content).hexdigest())
    try:
        return _once(row, lambda session: settle(session, letter, now=now))
    except Exception as error:
        # What the database cannot hold is the mail's fault; of what else it says, the mail is tried again.
        if isinstance(error, DBAPIError) and not isinstance(error, DataError):
            raise
        log.exception("mail %s of the mailbox cannot be dealt with", fetched.uid)
        return _once(row, lambda session: lay_aside(session, None, reason="unreadable", now=now))


def _once(row: IncomingMail, effect: Callable[[Session], str]) -> bool:
    with transaction() as session:
        if session.scalars(select(IncomingMail.id).where(
                IncomingMail.mailbox == row.mailbox, IncomingMail.uidvalidity == row.uidvalidity,
                IncomingMail.uid == row.uid)).first() is not None:
            return False  # another worker was faster
        # Also after the mailbox was made anew, and has given all its mails new numbers.
        known = session.scalars(select(IncomingMail.id).where(IncomingMail.digest == row.digest)).first()
        uid, outcome = row.uid, "repeated" if known is not None else effect(session)
        row.outcome = outcome
        session.add(row)
    if outcome == "undecided":  # asking the row would open a transaction again
        log.warning("mail %s of the mailbox may be for any office: none is told, it is flagged", uid)
    return True


def settle(session: Session, letter: Letter | Unreadable, *, now: datetime) -> str:
    """Do what a mail asks for, if anything; say what was done."""
    if isinstance(letter, Unreadable):
        return lay_aside(session, None, reason="unreadable", now=now)
    if letter.sender == tokens.settings().mail_from_address.lower():
        return "own"
    if letter.report is not None and (outcome := settle_report(session, letter, now=now)):
        return outcome
    if letter.reply is not None:
        return settle_reply(session, letter, letter.reply, now=now)
    # An answer that cannot be read is one nevertheless: calendars mark theirs as made by a program.
    if letter.automatic and not letter.reply_fault:
        return "automatic"
    return settle_words(session, letter, now=now)
