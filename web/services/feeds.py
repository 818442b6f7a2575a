"""Calendar subscriptions: one secret address for each device of an assistant."""
from __future__ import annotations

import hashlib
import secrets
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, or_, select, true, update
from sqlalchemy.orm import Session

from web.i18n import gettext as _
from web.models import (
    Appointment,
    Assistant,
    Client,
    FeedRendering,
    FeedToken,
    FormerAssistant,
    Office,
    Place,
    current_office_id,
    db,
    use_office,
)
from web.render import feed
from web.services import audit, tokens
from web.services.at_work import has_ended
from web.services.errors import ConflictError, InvalidInputError, NotFoundError
from web.services.transactions import transaction

FEED = "feed"  # the purpose of these tokens: none of them opens another door
SHOWN_BEFORE = timedelta(days=30)
SHOWN_AFTER = timedelta(days=400)
CANCELLED_SHOWN = timedelta(days=14)
MOST = 20  # addresses of one assistant that work
# For so long a revoked address answers with an empty calendar: Google and Outlook go on showing what
# they have when an address fails, and drop it when it is empty.
EMPTY_FOR = timedelta(days=30)

# All that a poll asks. Writing it down takes as long as asking it, so that is done once.
_LOOK_UP = (
    select(FeedToken, Assistant, Office, FeedRendering.key, FeedRendering.etag)
    .join(FeedToken.assistant).join(Office, Office.id == FeedToken.office_id)
    .outerjoin(FeedRendering, FeedRendering.assistant_id == FeedToken.assistant_id)
    .where(FeedToken.token_hash == bindparam("hash")).execution_options(all_offices=True))


@dataclass(frozen=True)
class Fetched:
    """What an address answers: a calendar, or none any more."""

    body: bytes
    etag: str
    gone: bool = False


def subscribe(*, assistant_id: int, label: str, user_id: int | None, now: datetime) -> tuple[FeedToken, str]:
    """Make a subscription; its secret is returned here and never again.

    Raises
    ------
    NotFoundError
        No such assistant, or one who no longer takes part.
    InvalidInputError
        Without a label nobody can tell later which device to revoke.
    """
    label = " ".join(label.split())[:80]
    if not label:
        raise InvalidInputError({"label": _("Write which device this is for, e.g. “Reza’s phone”.")})
    with transaction() as session:
        assistant = session.get(Assistant, assistant_id)
        if assistant is None or has_ended(assistant, now=now):
            raise NotFoundError(_("There is no such assistant."))
        if sum(token.revoked_at is None for token in subscriptions(assistant_id, now=now)) >= MOST:
            raise ConflictError(_("There are %(most)s addresses already. End one first.", most=MOST))
        return _new(session, assistant, label, user_id=user_id, now=now)


def _new(session: Session, assistant: Assistant, label: str, *, user_id: int | None,
         now: datetime) -> tuple[FeedToken, str]:
    secret = secrets.token_urlsafe(32)
    token = FeedToken(assistant=assistant, token_hash=tokens.token_hash(FEED, secret), label=label,
                      created_at=now)
    session.add(token)
    session.flush()
    audit.record(session, user_id=user_id, action="feed.subscribed", subject=f"assistant:{assistant.id}",
                 now=now, details={"token": token.id})
    return token, secret


def renew(*, assistant_id: int, token_id: int, user_id: int | None, now: datetime) -> tuple[FeedToken, str]:
    """Give one device a new address and end its old one; the other devices notice nothing.

    Raises
    ------
    NotFoundError
        No such address, or one that has ended already.
    """
    with transaction() as session:
        token = _find(session, assistant_id, token_id)
        if token.revoked_at is not None or has_ended(token.assistant, now=now):
            raise NotFoundError(_("There is no such subscription."))
        token.revoked_at = now
        audit.record(session, user_id=user_id, action="feed.revoked", subject=f"assistant:{assistant_id}",
                     now=now, details={"token": token_id})
        return _new(session, token.assistant, token.label, user_id=user_id, now=now)


def choose_first_names(*, assistant_id: int, shown: bool, user_id: int | None, now: datetime) -> None:
    """Decide whether an assistant's calendar tells first names, where the office allows that at all."""
    with transaction() as session:
        assistant = session.get(Assistant, assistant_id)
        if assistant is None:
            raise NotFoundError(_("There is no such assistant."))
        shown = shown and session.get_one(Office, current_office_id()).first_name_in_feed
        if assistant.first_name_in_feed != shown:
            assistant.first_name_in_feed = shown
            audit.record(session, user_id=user_id, action="feed.first-names" if shown else "feed.codes",
                         subject=f"assistant:{assistant_id}", now=now)


def _find(session: Session, assistant_id: int, token_id: int) -> FeedToken:
    token = session.get(FeedToken, token_id)
    if token is None or token.assistant_id != assistant_id:
        raise NotFoundError(_("There is no such subscription."))
    return token


def subscriber(assistant_id: int) -> Assistant:
    """The assistant whose calendar this is."""
    assistant = db.session.get(Assistant, assistant_id)
    if assistant is None:
        raise NotFoundError(_("There is no such assistant."))
    return assistant


def subscriptions(assistant_id: int, *, now: datetime) -> list[FeedToken]:
    """An assistant's subscriptions that still answer, the newest first."""
    return list(db.session.scalars(
        select(FeedToken).where(FeedToken.assistant_id == assistant_id,
                                or_(FeedToken.revoked_at.is_(None), FeedToken.revoked_at > now - EMPTY_FOR))
        .order_by(FeedToken.id.desc())))


def revoke(*, assistant_id: int, token_id: int, user_id: int | None, now: datetime) -> None:
    """End one subscription; the assistant's others go on."""
    with transaction() as session:
        token = _find(session, assistant_id, token_id)
        if token.revoked_at is None:
            token.revoked_at = now
            audit.record(session, user_id=user_id, action="feed.revoked", subject=f"assistant:{assistant_id}",
                         now=now, details={"token": token_id})


def revoke_all(session: Session, *, assistant_id: int, now: datetime) -> None:
    """End every subscription of an assistant, in the transaction that ends their work (K4)."""
    session.execute(update(FeedToken)
                    .where(FeedToken.assistant_id == assistant_id, FeedToken.revoked_at.is_(None))
                    .values(revoked_at=now))


def fetch(secret: str, *, user_agent: str, now: datetime,
          holds: Callable[[str], bool] = lambda _etag: False) -> Fetched | None:
    """The calendar behind an address; None for an address that never was.

    Who `holds` the calendar of an ETag already gets none: neither is it rendered, nor its octets read.

    The office is not known before the token is, so this one look-up crosses offices: by the hash of 256
    random bits it can find only the subscription that it is the secret of.
    """
    found = db.session.execute(_LOOK_UP, {"hash": tokens.token_hash(FEED, secret)}).one_or_none()
    if found is None:
        return None
    token, assistant, office, kept_key, kept_etag = found
    use_office(token.office_id)
    if token.revoked_at is not None and now - token.revoked_at > EMPTY_FOR:
        return Fetched(b"", "", gone=True)
    if token.last_fetched_at is None or now - token.last_fetched_at > timedelta(minutes=1):
        _note_fetch(token.id, user_agent=user_agent, now=now)
    # Who ended on a day that was still to come loses the address with that day, not with the next clean-up.
    ended_at = token.revoked_at
    if ended_at is None and assistant.ended_on is not None and has_ended(assistant, now=now):
        ended_at = datetime.combine(assistant.ended_on, time(), ZoneInfo(office.timezone))
    if ended_at is not None:
        # A UID that tells nothing of the token: neither its secret nor how many there are.
        uid = f"{tokens.token_hash('feed-ended', token.token_hash)[:32]}@{tokens.settings().host}"
        body = feed.render_ended(office, assistant, uid=uid, ended_at=ended_at)
        return Fetched(body, hashlib.sha256(body).hexdigest())
    key = _key(office, assistant, now=now)
    if kept_key == key and holds(kept_etag):
        return Fetched(b"", kept_etag)
    return _kept(assistant.id, key) or _render(office, assistant, now=now)


def _note_fetch(token_id: int, *, user_agent: str, now: datetime) -> None:
    with transaction() as session:
        session.execute(update(FeedToken).where(FeedToken.id == token_id).values(
            last_fetched_at=now, last_user_agent="".join(c for c in user_agent if c.isprintable())[:200]))


def _key(office: Office, assistant: Assistant, *, now: datetime) -> str:
    # The window moves with the office's day; within a day only a revision changes the bytes.
    today = now.astimezone(ZoneInfo(office.timezone)).date()
    return f"{feed.FORM}/{assistant.feed_revision}/{today.isoformat()}"


def _kept(assistant_id: int, key: str) -> Fetched | None:
    kept = db.session.execute(
        select(FeedRendering.body, FeedRendering.etag)
        .where(FeedRendering.assistant_id == assistant_id, FeedRendering.key == key)).one_or_none()
    return Fetched(zlib.decompress(kept.body), kept.etag) if kept else None


def _render(office: Office, assistant: Assistant, *, now: datetime) -> Fetched:
    key = _key(office, assistant, now=now)
    body = feed.render(office, assistant, _entries(assistant.id, now=now))
    etag = hashlib.sha256(body).hexdigest()
    with transaction() as session:
        row = session.scalar(select(FeedRendering).where(FeedRendering.assistant_id == assistant.id))
        if row is None:
            row = FeedRendering(assistant_id=assistant.id)
            session.add(row)
        row.key, row.etag, row.body = key, etag, zlib.compress(body, level=1)
    return Fetched(body, etag)


def _entries(assistant_id: int, *, now: datetime) -> Iterable[feed.Entry]:
    """What this assistant's calendar shows, each appointment once."""
    own = select(
        Appointment.uid, Appointment.sequence, Appointment.revised_at, Appointment.created_at,
        Appointment.starts_at, Appointment.ends_at, Appointment.state == "cancelled",
        Client.code, Client.first_name, Place.name, Place.address,
    ).join(Appointment.client).outerjoin(Appointment.place).where(
        Appointment.assistant_id == assistant_id, Appointment.starts_at > now - SHOWN_BEFORE,
        Appointment.starts_at < now + SHOWN_AFTER,
        or_(Appointment.state != "cancelled",
            (Appointment.ends_at > now - timedelta(days=1))
            & (Appointment.revised_at > now - CANCELLED_SHOWN)))
    past = select(
        Appointment.uid, FormerAssistant.sequence, FormerAssistant.revised_at, Appointment.created_at,
        FormerAssistant.starts_at, FormerAssistant.ends_at, true(),
        Client.code, Client.first_name, Place.name, Place.address,
    ).join(FormerAssistant.appointment).join(Appointment.client).outerjoin(FormerAssistant.place).where(
        FormerAssistant.assistant_id == assistant_id, FormerAssistant.ends_at > now - timedelta(days=1),
        FormerAssistant.revised_at > now - CANCELLED_SHOWN)
    entries = {}
    for shown in (past, own):  # an appointment that came back is the assistant's own
        for row in db.session.execute(shown):
            entry = feed.Entry._make(row)
            entries[entry.uid] = entry
    return entries.values()
