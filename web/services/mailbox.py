"""What has been read of the mailbox, and what the office's page says about it."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from web.i18n import gettext as _
from web.models import IncomingMail, Mailbox, current_office_id, db
from web.services import tokens
from web.services.claims import forget, note_once
from web.services.transactions import transaction
from web.settings import Settings

SILENT = timedelta(minutes=15)  # so long without a good reading, coordinators are told
RECENT = timedelta(days=7)
ASIDE = ("aside", "undecided")  # outcomes of mails that are left to people


@dataclass(frozen=True)
class Status:
    """How the reading goes, in words."""

    mailbox: str
    read_at: datetime | None
    good_at: datetime | None
    sentence: str
    answer: str  # the server's words
    tone: str
    aside: int  # mails of the last days that nothing could be done with
    undecided: int  # and those of which it is not known for which office they are
    address: str  # where people write to this office alone; "" where there is no such address


def name_of(settings: Settings) -> str:
    """What a mailbox is called in our rows."""
    return f"{settings.imap_user} {settings.imap_host}/{settings.imap_folder}"


def last_uid(name: str, uidvalidity: int) -> int:
    """Up to which UID everything has been dealt with; 0 in a mailbox that is new to us."""
    highest = db.session.scalar(select(func.max(IncomingMail.uid)).where(
        IncomingMail.mailbox == name, IncomingMail.uidvalidity == uidvalidity))
    db.session.rollback()  # no transaction stays open while the network is used
    return highest or 0


def set_aside(name: str, uidvalidity: int, uids: list[int]) -> list[int]:
    """Which of these mails nothing could be done with."""
    found = list(db.session.scalars(select(IncomingMail.uid).where(
        IncomingMail.mailbox == name, IncomingMail.uidvalidity == uidvalidity, IncomingMail.uid.in_(uids),
        IncomingMail.outcome.in_(ASIDE))))
    db.session.rollback()
    return found


def note_reading(name: str, *, fault: str, answer: str, now: datetime) -> None:
    """Keep how a reading went."""
    with transaction() as session:
        row = session.scalar(select(Mailbox).where(Mailbox.name == name))
        if row is None:
            row = Mailbox(name=name)
            session.add(row)
        row.read_at, row.fault, row.answer = now, fault, answer.replace("\0", "")
        if not fault:
            row.good_at = now


def note_silence(*, now: datetime) -> None:
    """Tell the chosen office's coordinators once while answers have not been read for too long."""
    settings = tokens.settings()
    if not settings.imap_host:
        return
    with transaction() as session:
        row = session.scalar(select(Mailbox).where(Mailbox.name == name_of(settings)))
        if row is not None and (row.good_at or row.read_at) <= now - SILENT:
            note_once(session, kind="mailbox-silent", details={"answer": row.answer}, now=now)
        else:
            forget(session, "mailbox-silent")


def status(*, now: datetime) -> Status | None:
    """How the reading goes; None where no mailbox is configured."""
    settings = tokens.settings()
    if not settings.imap_host:
        return None
    name = name_of(settings)
    row = db.session.scalar(select(Mailbox).where(Mailbox.name == name))
    lately = dict(db.session.execute(
        select(IncomingMail.outcome, func.count(IncomingMail.id)).where(
            IncomingMail.mailbox == name, IncomingMail.outcome.in_(ASIDE),
            IncomingMail.read_at > now - RECENT)
        .group_by(IncomingMail.outcome)).all())
    counts = {"aside": lately.get("aside", 0), "undecided": lately.get("undecided", 0)}
    address = tokens.office_address(current_office_id())
    shown = f"{settings.imap_user}, {settings.imap_host}"
    if row is None:
        return Status(mailbox=shown, read_at=None, good_at=None, answer="", tone="warn", address=address,
                      sentence=_("It has not been read yet. Is the worker running?"), **counts)
    tone, sentence = _last(row, now)
    return Status(mailbox=shown, read_at=row.read_at, good_at=row.good_at, answer=row.answer,
                  tone=tone, sentence=sentence, address=address, **counts)


def _last(row: Mailbox, now: datetime) -> tuple[str, str]:
    if row.fault:
        return "bad", _fault(row.fault)
    if row.read_at < now - SILENT:
        return "warn", _("It has not been read for a while. Is the worker running?")
    return "good", _("The last reading went well.")


def _fault(fault: str) -> str:
    return {
        "unreachable": _("The mail server could not be reached. It is tried again."),
        "encryption": _("There is no safe connection to the mail server: its certificate or its encryption "
                        "is wrong. Nothing is read until that is put right."),
        "refused": _("The mail server refuses the user name or the password."),
        "signed-out": _("The mailbox’s provider does not let Saputnik in: the sign-in has expired, was "
                        "withdrawn, or was never made. Whoever looks after the machine signs in again."),
        "no-access": _("The mail server does not let this sign-in read the mailbox: somebody signed in with "
                       "another account, or IMAP is switched off for it."),
        "folder": _("The mail server has no such folder, or does not let it be opened."),
    }.get(fault, _("The connection to the mail server broke off. It is tried again."))
