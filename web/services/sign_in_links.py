"""Links by which an assistant signs in to their own pages: one use, half an hour, sent by a coordinator."""
from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from web.i18n import gettext as _
from web.models import Assistant, BrowserSession, SignInLink, db, use_office
from web.services import assistant_news, audit, tokens
from web.services.at_work import has_ended
from web.services.errors import ConflictError, NotFoundError
from web.services.transactions import transaction

PURPOSE = "assistant-sign-in"
LASTS = timedelta(minutes=30)


def still_at_work(assistant_id: int, *, now: datetime) -> Assistant | None:
    """The assistant of the chosen office with this id, unless their work has ended."""
    assistant = db.session.get(Assistant, assistant_id)
    if assistant is None or has_ended(assistant, now=now):
        return None
    return assistant


def send(*, assistant_id: int, user_id: int, now: datetime) -> str:
    """Write the mail with a new link, which takes the place of any before; says to which address.

    Raises
    ------
    NotFoundError
        No such assistant, or one whose work has ended.
    ConflictError
        There is no e-mail address.
    """
    with transaction() as session:
        assistant = still_at_work(assistant_id, now=now)
        if assistant is None:
            raise NotFoundError(_("There is no such assistant."))
        if not assistant.email:
            raise ConflictError(_("There is no e-mail address to send a link to. Write one down first."))
        _void(session, assistant_id, now)
        subject = secrets.token_urlsafe(32)
        link = SignInLink(assistant_id=assistant_id, created_at=now, expires_at=now + LASTS,
                          token_hash=tokens.token_hash(PURPOSE, tokens.link_token(PURPOSE, subject)))
        session.add(link)
        session.flush()
        assistant_news.write_sign_in(session, assistant, subject=subject, until=link.expires_at, now=now)
        audit.record(session, user_id=user_id, action="assistant.link-sent", now=now,
                     subject=f"assistant:{assistant_id}", details={"link": link.id})
    return assistant.email


def find(token: str, *, now: datetime) -> Assistant:
    """The assistant whom a link lets in; from here on their office is the chosen one. Changes nothing.

    Raises
    ------
    NotFoundError
        For a link that never was, is used or too old: one sentence for all of them.
    """
    return _find(token, now)[1]


def use(token: str, *, now: datetime) -> Assistant:
    """Use a link up; of two at once one is let in."""
    with transaction() as session:
        link, assistant = _find(token, now)
        used = session.execute(
            update(SignInLink).where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
            .values(used_at=now).execution_options(synchronize_session=False))
        if used.rowcount != 1:  # type: ignore[attr-defined]
            raise _nowhere()
        audit.record(session, user_id=None, action="assistant.signed-in", now=now,
                     subject=f"assistant:{assistant.id}", details={"link": link.id})
    return assistant


def address_of(subject: str, language: str) -> str:
    """The address in the mail, made anew from the installation's key.

    It names the language: once it is used up, nothing but itself says in which its page is to be.
    """
    token = tokens.link_token(PURPOSE, subject)
    return f"{tokens.settings().public_url}/me/enter/{token}?lang={language}"


def shut_out(session: Session, *, assistant_id: int, now: datetime) -> None:
    """End an assistant's sessions and links, in the transaction that ends their work."""
    _void(session, assistant_id, now)
    session.execute(delete(BrowserSession).where(BrowserSession.assistant_id == assistant_id))


def _find(token: str, now: datetime) -> tuple[SignInLink, Assistant]:
    # As for a calendar's address: the hash of 256 random bits finds only the link that it is the secret of.
    link = db.session.scalar(
        select(SignInLink).where(SignInLink.token_hash == tokens.token_hash(PURPOSE, token))
        .execution_options(all_offices=True, populate_existing=True))
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise _nowhere()
    use_office(link.office_id)
    assistant = still_at_work(link.assistant_id, now=now)
    if assistant is None:
        raise _nowhere()
    return link, assistant


def _nowhere() -> NotFoundError:
    return NotFoundError(_("This link does not lead anywhere any more. Please ask the office for a new one."))


def _void(session: Session, assistant_id: int, now: datetime) -> None:
    session.execute(update(SignInLink).where(SignInLink.assistant_id == assistant_id,
                                             SignInLink.used_at.is_(None)).values(used_at=now))
