"""A browser for tests: its requests see nothing of the test but the database."""
from __future__ import annotations

import contextvars
import secrets
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from web.models import Assistant, BrowserSession, User, db
from web.sessions import ServerSession, hash_token


class Browser(FlaskClient):
    """A test client whose requests run as on a server, although the test itself has an app context.

    Without this, Flask would reuse the test's application context, and with it `g`, the chosen office
    and every loaded row: a view that forgets to choose an office would pass its tests.
    """

    application: Flask

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request, after saving what the test has changed."""
        db.session.commit()
        if self.token and self.sends_csrf:
            kwargs["headers"] = {"X-CSRFToken": csrf_token(self.application, self.token),
                                 **dict(kwargs.get("headers") or {})}
        return contextvars.Context().run(super().open, *args, **kwargs)

    sends_csrf = True  # as a page's form would; set it to False to try without

    @property
    def token(self) -> str:
        """What the session's cookie holds; "" without one."""
        cookie = self.get_cookie("session")
        return cookie.value if cookie else ""

    def sign_in(self, user: User) -> Browser:
        """Sign `user` in without the cost of hashing a password; returns this browser."""
        from tests.web.conftest import NOW

        token = secrets.token_urlsafe(32)
        db.session.add(BrowserSession(token_hash=hash_token(token), data={}, user_id=user.id,
                                      office_id=user.office_id, created_at=NOW, last_seen_at=NOW))
        db.session.commit()
        self.set_cookie("session", token)
        return self

    def sign_in_assistant(self, assistant: Assistant) -> Browser:
        """Sign an assistant in to their own pages; returns this browser."""
        from tests.web.conftest import NOW

        token = secrets.token_urlsafe(32)
        db.session.flush()
        db.session.add(BrowserSession(token_hash=hash_token(token), data={}, assistant_id=assistant.id,
                                      office_id=assistant.office_id, created_at=NOW, last_seen_at=NOW))
        db.session.commit()
        self.set_cookie("session", token)
        return self

    def visit(self) -> Browser:
        """Give this browser a cookie, as the first page with a form would; returns this browser."""
        self.set_cookie("session", secrets.token_urlsafe(32))
        return self


def csrf_token(app: Flask, cookie: str) -> str:
    """Make the token that the forms of a page would hold for the browser with this cookie."""
    secret = app.config["SECRET_KEY"]
    raw = ServerSession(cookie, {}, secret, in_cookie=True)["csrf_token"]
    return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw))
