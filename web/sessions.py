"""Sessions on the server: the browser holds a random token, the database its hash and what belongs to it."""
from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, g, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Table, delete, insert, select, update
from werkzeug.datastructures import CallbackDict

from web.database import writing
from web.models import BrowserSession, db
from web.settings import Settings

CSRF = "csrf_token"  # Flask-WTF's key
SEEN_EVERY = timedelta(minutes=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_rows = cast(Table, BrowserSession.__table__)


def hash_token(token: str) -> str:
    """What the database keeps of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """`flask.session`: a dict, and who is signed in.

    The CSRF token is derived from the cookie, so that showing a form writes nothing to the database
    and a new cookie makes the forms of the old one worthless.
    """

    def __init__(self, token: str, data: dict[str, Any], secret: str, *, in_cookie: bool) -> None:
        super().__init__(data, type(self)._touch)
        self.token = token
        self.secret = secret
        self.in_cookie = in_cookie  # whether the browser holds this token already
        self.old_hash: str | None = None  # the row that this session came from
        self.user_id: int | None = None
        self.assistant_id: int | None = None
        self.office_id: int | None = None
        self.created_at: datetime | None = None
        self.last_seen_at: datetime | None = None
        self.form_shown = False
        self.modified = False

    def _touch(self) -> None:
        self.modified = True

    def __contains__(self, key: object) -> bool:
        return key == CSRF or super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        if key == CSRF:
            self.form_shown = True
            return hmac.new(self.secret.encode(), b"csrf:" + self.token.encode(), "sha256").hexdigest()
        return super().__getitem__(key)

    @property
    def signed_in(self) -> bool:
        """Whether this is the session of somebody."""
        return self.user_id is not None or self.assistant_id is not None

    def renew(self, *, user_id: int | None = None, assistant_id: int | None = None,
              office_id: int | None = None) -> None:
        """Start a new session with a new token; what the old one held is gone."""
        self.clear()
        self.token = secrets.token_urlsafe(32)
        self.in_cookie = False
        self.user_id, self.assistant_id, self.office_id = user_id, assistant_id, office_id
        self.created_at = None
        self.modified = True


def sign_in_browser(*, user_id: int, office_id: int) -> None:
    """Make this browser's session that of a user, under a new token."""
    _current().renew(user_id=user_id, office_id=office_id)


def sign_in_assistant(*, assistant_id: int, office_id: int) -> None:
    """Make this browser's session that of an assistant on their own pages, under a new token."""
    _current().renew(assistant_id=assistant_id, office_id=office_id)


def sign_out_browser() -> None:
    """End this browser's session."""
    _current().renew()


def current_session_hash() -> str:
    """The hash under which this browser's session is stored: the one that stays when others are ended."""
    return hash_token(_current().token)


def _current() -> ServerSession:
    current = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(current, ServerSession)  # noqa: S101 - narrows the type
    return current


class DatabaseSessions(SessionInterface):
    """Reads and writes sessions in short transactions of their own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cookie = "__Host-session" if settings.secure else "session"
        self.idle = timedelta(minutes=settings.session_idle_minutes)
        self.absolute = timedelta(hours=settings.session_absolute_hours)

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Find the session of the request's cookie; without one, begin an empty one."""
        # The first thing that a request does, and the only place where it reads the clock.
        g.now = datetime.now(UTC)
        token = request.cookies.get(self.cookie, "")
        known = _TOKEN.fullmatch(token) is not None
        found = self._read(token) if known else None
        opened = ServerSession(token if known else secrets.token_urlsafe(32), found.data if found else {},
                               self.settings.secret_key, in_cookie=known)
        if found:
            opened.old_hash = found.token_hash
            opened.user_id, opened.assistant_id = found.user_id, found.assistant_id
            opened.office_id = found.office_id
            opened.created_at, opened.last_seen_at = found.created_at, found.last_seen_at
        return opened

    def _read(self, token: str) -> Any:
        with db.engine.connect() as connection:
            found = connection.execute(
                select(_rows).where(_rows.c.token_hash == hash_token(token))).one_or_none()
        if found is None:
            return None
        expired = found.last_seen_at < g.now - self.idle or found.created_at < g.now - self.absolute
        return None if expired else found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed, and nothing where nothing did."""
        assert isinstance(session, ServerSession)  # noqa: S101 - narrows the type
        if session.modified:
            self._write(session)
        elif session.signed_in and not g.get("unattended") and (
                session.last_seen_at is None or session.last_seen_at < g.now - SEEN_EVERY):
            self._execute(update(_rows).where(_rows.c.token_hash == session.old_hash)
                          .values(last_seen_at=g.now))
        if not session.in_cookie and (session.modified or session.form_shown):
            response.set_cookie(self.cookie, session.token, secure=self.settings.secure, httponly=True,
                                samesite="Lax", path="/")
            response.vary.add("Cookie")

    def _write(self, session: ServerSession) -> None:
        values = {
            "token_hash": hash_token(session.token), "data": dict(session), "user_id": session.user_id,
            "assistant_id": session.assistant_id, "office_id": session.office_id,
            "created_at": session.created_at or g.now, "last_seen_at": g.now,
        }
        if session.old_hash == values["token_hash"]:
            # A session that was ended meanwhile stays ended: this updates no row then.
            self._execute(update(_rows).where(_rows.c.token_hash == session.old_hash).values(values))
            return
        statements: list[Any] = [delete(_rows).where(_rows.c.last_seen_at < g.now - self.absolute)]
        if session.old_hash:
            statements.append(delete(_rows).where(_rows.c.token_hash == session.old_hash))
        if session.signed_in or session:
            # An expired session's token may still have its row; a new row takes its place.
            statements.append(delete(_rows).where(_rows.c.token_hash == values["token_hash"]))
            statements.append(insert(_rows).values(values))
        self._execute(*statements)

    @staticmethod
    def _execute(*statements: Any) -> None:
        mark = writing.set(True)
        try:
            with db.engine.begin() as connection:
                for statement in statements:
                    connection.execute(statement)
        finally:
            writing.reset(mark)


def init_sessions(app: Flask) -> None:
    """Keep this application's sessions in its database."""
    app.session_interface = DatabaseSessions(app.config["SETTINGS"])
