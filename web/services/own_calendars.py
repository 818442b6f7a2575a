"""Assistants' own calendars: given as an address or a file, read for their busy times and nothing else."""
from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from web.i18n import gettext as _
from web.models import Assistant, Notice, Office, OwnCalendar, current_office_id, db
from web.services import audit, sealing, tokens
from web.services.busy_times import CalendarError, Read, read_calendar
from web.services.errors import ConflictError, InvalidInputError, NotFoundError
from web.services.fetching import FetchError, Limits, Resolve, fetch, resolve_public
from web.services.local_time import wall
from web.services.own_calendar_words import problem_sentence
from web.services.transactions import transaction

PURPOSE = "own-calendar"  # of the seal
MOST = 5  # of one assistant
LARGEST = Limits().octets
LONGEST = 2000  # characters of an address
LEASE = timedelta(minutes=2)
FIRST_DELAY = timedelta(minutes=15)  # after a reading that failed; doubled by each further one
LONGEST_DELAY = timedelta(hours=12)
TELL_AFTER = 3  # failures in a row, and the coordinator hears of it


def calendars_of(assistant_id: int) -> list[OwnCalendar]:
    """An assistant's own calendars, the oldest first."""
    return list(db.session.scalars(select(OwnCalendar).where(OwnCalendar.assistant_id == assistant_id)
                                   .order_by(OwnCalendar.id)))


def add_address(*, assistant_id: int, address: str, user_id: int | None, now: datetime) -> None:
    """Take down an address; the worker reads it within a minute.

    Raises
    ------
    InvalidInputError
        For the field `address`: this cannot be the address of somebody's calendar.
    """
    address = _tidy(address)
    parts = urlsplit(address)
    with transaction() as session:
        _room_for_one_more(session, assistant_id)
        session.add(OwnCalendar(
            assistant_id=assistant_id, host=(parts.hostname or "")[:200], created_at=now, next_read_at=now,
            address=sealing.seal(address, purpose=PURPOSE)))
        _record(session, "added", assistant_id, user_id, now)


def _tidy(address: str) -> str:
    address = "".join(address.split())
    if re.match(r"webcals?://", address, re.IGNORECASE):
        address = "https://" + address.partition("://")[2]
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 -- raises where it is no number
        host = parts.hostname or ""
    except ValueError:
        raise _wrong("no-address") from None
    if parts.scheme not in ("http", "https") or "." not in host or len(address) > LONGEST:
        raise _wrong("no-address")
    if parts.scheme == "http" and not tokens.settings().own_calendars_plain_http:
        raise _wrong("plain-http")
    if "@" in parts.netloc:
        raise _wrong("password-in-address")
    if host == tokens.settings().host:
        raise InvalidInputError({"address": _("This is the calendar that you get from here. Give the address "
                                              "of the calendar in which your own appointments stand.")})
    return parts._replace(fragment="").geturl()


def _wrong(code: str) -> InvalidInputError:
    return InvalidInputError({"address": problem_sentence(code)})


def add_file(*, assistant_id: int, filename: str, content: bytes, user_id: int | None, now: datetime) -> None:
    """Read a file's busy times; the file is not kept. One of the same name takes the place of the last.

    Raises
    ------
    InvalidInputError
        For the field `file`: it is missing, too large, or no calendar.
    """
    if not content:
        raise InvalidInputError({"file": _("Choose a file with the ending .ics.")})
    if len(content) > LARGEST:
        raise InvalidInputError({"file": problem_sentence("too-large")})
    try:
        # Outside of any transaction: reading takes seconds, and others want to write.
        read = read_calendar(content, zone=_office().timezone, host=tokens.settings().host, now=now)
    except CalendarError as error:
        raise InvalidInputError({"file": problem_sentence(error.code)}) from error
    name = "".join(sign for sign in filename.replace("\\", "/").rpartition("/")[2] if sign.isprintable())[:80]
    with transaction() as session:
        row = session.scalar(select(OwnCalendar).where(
            OwnCalendar.assistant_id == assistant_id, OwnCalendar.host == "", OwnCalendar.filename == name))
        if row is None:
            _room_for_one_more(session, assistant_id)
            row = OwnCalendar(assistant_id=assistant_id, filename=name, created_at=now)
            session.add(row)
        _take(row, read, now)
        _record(session, "added", assistant_id, user_id, now)


def read_soon(*, assistant_id: int, calendar_id: int, user_id: int | None, now: datetime) -> None:
    """Let an address be read now and not at its time."""
    with transaction() as session:
        row = _find(session, assistant_id, calendar_id)
        if row.next_read_at is None:
            raise NotFoundError(_("This is a file. To renew it, choose it again."))
        row.next_read_at = min(row.next_read_at, now)


def remove(*, assistant_id: int, calendar_id: int, user_id: int | None, now: datetime) -> None:
    """Forget a calendar and its busy times."""
    with transaction() as session:
        session.delete(_find(session, assistant_id, calendar_id))
        _forget_notice(session, calendar_id)
        _record(session, "removed", assistant_id, user_id, now)


def forget_all(session: Session, *, assistant_id: int) -> None:
    """Forget an assistant's calendars, in the transaction that ends their work."""
    session.execute(delete(OwnCalendar).where(OwnCalendar.assistant_id == assistant_id))


def read_next(*, now: datetime, resolve: Resolve = resolve_public, limits: Limits | None = None) -> bool:
    """Read the chosen office's calendar that is due next; say whether there was one.

    The row is leased while the network is used, so that several workers do not read the same one, and one
    whose worker has died is read by the next.
    """
    limits = limits or Limits(plain=tokens.settings().own_calendars_plain_http)
    with transaction() as session:
        office = _office()
        today = wall(now, office.timezone).date()
        row = session.scalars(
            select(OwnCalendar).join(Assistant, OwnCalendar.assistant_id == Assistant.id)
            .where(_is_due(now), or_(Assistant.ended_on.is_(None), Assistant.ended_on > today))
            .order_by(OwnCalendar.next_read_at, OwnCalendar.id).limit(1)).first()
        if row is None:
            return False
        calendar_id, sealed, lease = row.id, row.address, now + LEASE
        row.lease_until = lease
    problem, read = "", None
    try:
        address = sealing.unseal(sealed, purpose=PURPOSE)
        read = read_calendar(fetch(address, limits=limits, resolve=resolve), zone=office.timezone,
                             host=tokens.settings().host, now=now)
    except sealing.SealBrokenError:
        problem = "sealed"
    except (FetchError, CalendarError) as error:
        problem = error.code
    with transaction() as session:
        row = session.get(OwnCalendar, calendar_id, populate_existing=True)
        if row is None or row.lease_until != lease:
            return True  # removed meanwhile, or another worker took over
        row.lease_until, row.tried_at = None, now
        if read is not None:
            _take(row, read, now)
            row.next_read_at = now + timedelta(minutes=tokens.settings().own_calendars_every_minutes)
            _forget_notice(session, calendar_id)
        else:
            _fail(session, row, problem, now)
    return True


def _is_due(now: datetime) -> ColumnElement[bool]:
    free = OwnCalendar.lease_until.is_(None) | (OwnCalendar.lease_until < now)
    return OwnCalendar.next_read_at.is_not(None) & (OwnCalendar.next_read_at <= now) & free


def _take(row: OwnCalendar, read: Read, now: datetime) -> None:
    row.busy, row.problem, row.failures = read.busy, "incomplete" if read.incomplete else "", 0
    row.read_at = row.tried_at = now


def _fail(session: Session, row: OwnCalendar, problem: str, now: datetime) -> None:
    """Note what is wrong; the busy times of the last good reading go on to count."""
    row.problem, row.failures = problem, row.failures + 1
    row.next_read_at = now + min(FIRST_DELAY * 2 ** min(row.failures - 1, 10), LONGEST_DELAY)
    if row.failures == TELL_AFTER:
        session.add(Notice(kind="own-calendar", assistant_id=row.assistant_id, created_at=now,
                           details={"calendar": row.id}))


def _forget_notice(session: Session, calendar_id: int) -> None:
    for notice in session.scalars(select(Notice).where(Notice.kind == "own-calendar",
                                                       Notice.seen_at.is_(None))):
        if notice.details.get("calendar") == calendar_id:
            session.delete(notice)


def _find(session: Session, assistant_id: int, calendar_id: int) -> OwnCalendar:
    row = session.get(OwnCalendar, calendar_id)
    if row is None or row.assistant_id != assistant_id:
        raise NotFoundError(_("There is no such calendar."))
    return row


def _room_for_one_more(session: Session, assistant_id: int) -> None:
    if session.get(Assistant, assistant_id) is None:
        raise NotFoundError(_("There is no such assistant."))
    if len(calendars_of(assistant_id)) >= MOST:
        raise ConflictError(_("There are %(most)s calendars already. Remove one first.", most=MOST))


def _record(session: Session, deed: str, assistant_id: int, user_id: int | None, now: datetime) -> None:
    audit.record(session, user_id=user_id, action=f"own-calendar.{deed}", subject=f"assistant:{assistant_id}",
                 now=now)


def _office() -> Office:
    return db.session.get_one(Office, current_office_id())
