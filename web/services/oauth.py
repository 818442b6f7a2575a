"""Signing in to a mailbox whose provider takes no passwords (Google, Microsoft): SASL with OAuth 2.

Somebody signs in once (`flask sign-in-mailbox`); the refresh token that comes of it lies sealed in the
database, because providers replace it from time to time. From it access tokens are made, which are good
for an hour or so and are kept in memory only.
"""
from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from web.models import MailGrant, db
from web.services import sealing
from web.services.oauth_http import OauthError, ask
from web.services.transactions import transaction
from web.settings import Settings

PURPOSE = "mail-grant"  # of the seal
MARGIN = 60  # seconds before its end in which a token is no longer used
REMEDY = "sign in again: flask --app wsgi sign-in-mailbox"


class SignedOutError(Exception):
    """The provider gives no access, and only a person can put that right; `str()` says how."""


class ProviderError(Exception):
    """The provider cannot be asked now; it may be later."""


@dataclass(frozen=True)
class _Access:
    sealed: str  # the refresh token that it was made from, as it stands in the database
    token: str = field(repr=False)
    until: float  # on the clock of `monotonic`


_kept: dict[str, _Access] = {}
_one_at_a_time = threading.Lock()  # mails leave and come in threads of their own


def name_of(settings: Settings) -> str:
    """What a permission is called in our rows: a new client id or provider needs a new one."""
    return f"{settings.oauth_client_id} {settings.oauth_token_url}"


def access_token(settings: Settings, *, instead_of: str = "") -> str:
    """A token that is good for a while; never the one that the mail server has just refused.

    Raises
    ------
    SignedOutError
        Nobody has signed in, or the provider no longer accepts it (expired, withdrawn).
    ProviderError
        The provider does not answer.
    """
    with _one_at_a_time:
        sealed, kept = _sealed(settings), _kept.get(name_of(settings))
        if kept and kept.sealed == sealed and monotonic() < kept.until and kept.token != instead_of:
            return kept.token
        try:
            return _renewed(settings, sealed)
        except sealing.SealBrokenError as error:
            raise SignedOutError(f"the sign-in was kept with another secret key; {REMEDY}") from error
        except OauthError as error:
            if error.code == "unreachable":
                raise ProviderError(str(error)) from error
            raise SignedOutError(f"{error}; {REMEDY}") from error


def _renewed(settings: Settings, sealed: str) -> str:
    if not sealed:
        raise SignedOutError(f"nobody has signed in yet; {REMEDY}")
    refresh = sealing.unseal(sealed, purpose=PURPOSE)
    try:
        answer = ask(settings, settings.oauth_token_url, grant_type="refresh_token", refresh_token=refresh)
    except OauthError:
        if (newer := _sealed(settings)) != sealed:
            return _renewed(settings, newer)  # another worker has got a new one, which ended this one
        raise
    token, replaced = answer.get("access_token"), answer.get("refresh_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise OauthError("unreachable", "the provider's answer has no access token")
    if isinstance(replaced, str) and replaced not in ("", refresh):
        sealed = _replace(settings, sealed, by=sealing.seal(replaced, purpose=PURPOSE))
    lasts = answer.get("expires_in", 0)  # without it nobody knows
    seconds = float(lasts) if isinstance(lasts, int | float) or str(lasts).isdecimal() else 0
    _kept[name_of(settings)] = _Access(sealed, token, monotonic() + seconds - MARGIN)
    return token


def keep(settings: Settings, refresh_token: str, *, now: datetime) -> None:
    """Keep what somebody's sign-in gave, instead of what an earlier one did."""
    sealed = sealing.seal(refresh_token, purpose=PURPOSE)
    with transaction() as session:
        row = session.scalar(select(MailGrant).where(MailGrant.name == name_of(settings)))
        if row is None:
            row = MailGrant(name=name_of(settings))
            session.add(row)
        row.refresh_token, row.granted_at = sealed, now


def _sealed(settings: Settings) -> str:
    with Session(db.engine) as session:  # one that nobody else reads in, and that is over at once
        return session.scalar(select(MailGrant.refresh_token).where(
            MailGrant.name == name_of(settings))) or ""


def _replace(settings: Settings, sealed: str, *, by: str) -> str:
    """Keep the provider's new refresh token, unless somebody has signed in meanwhile."""
    with transaction() as session:
        session.execute(update(MailGrant).where(
            MailGrant.name == name_of(settings), MailGrant.refresh_token == sealed)
            .values(refresh_token=by), execution_options={"synchronize_session": False})
    return by


def sasl(user: str, token: str, *, offered: Collection[str], host: str, port: int) -> tuple[str, str, str]:
    """Which mechanism to use, what to say first, and what to answer when the server says what is wrong.

    OAUTHBEARER (RFC 7628) where the server offers it, else XOAUTH2, its forerunner, which is all that
    Microsoft knows. Both tell of a failure in a challenge that wants an answer.
    """
    if "OAUTHBEARER" in offered:
        name = user.replace("=", "=3D").replace(",", "=2C")
        return ("OAUTHBEARER", f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01",
                "\x01")
    return "XOAUTH2", f"user={user}\x01auth=Bearer {token}\x01\x01", ""
