"""Obtaining the permission to use a mailbox: a person signs in at its provider, in any browser.

Two ways, because the providers differ. With a device code (RFC 8628) the person types a short code on the
provider's page; Microsoft does that. Google gives no access to mail in this way: there the browser is sent
to an address of the person's own computer at the end (RFC 8252, 7.3), where nothing needs to listen; it
holds a code, and the person copies it.
"""
from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from web.services.oauth_http import OauthError, ask
from web.settings import Settings

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
BACK = "http://127.0.0.1:8765/"  # where the browser is sent at the end


@dataclass(frozen=True)
class Code:
    """What a person types, and where."""

    address: str
    code: str
    seconds: float  # as long as it is good
    interval: float
    secret: str = field(repr=False)


def ask_for_code(settings: Settings) -> Code:
    """Ask the provider for a code that a person can type (RFC 8628, 3.1)."""
    answer = ask(settings, settings.oauth_device_url, scope=settings.oauth_scope)
    address = answer.get("verification_uri") or answer.get("verification_url")
    if not (address and answer.get("user_code") and answer.get("device_code")):
        raise OauthError("invalid_answer", "the provider's answer has no code")
    return Code(str(address), str(answer["user_code"]), float(answer.get("expires_in", 900)),
                float(answer.get("interval", 5)), str(answer["device_code"]))


def wait_for(settings: Settings, code: Code, *, wait: Callable[[float], None]) -> str:
    """Ask until the person has typed the code and agreed; give the refresh token (RFC 8628, 3.4).

    Raises
    ------
    OauthError
        `access_denied` or `expired_token`, or what else the provider says.
    """
    interval, left = code.interval, code.seconds
    while left > 0:
        wait(interval)
        left -= interval
        try:
            return _refresh_token(ask(settings, settings.oauth_token_url, grant_type=DEVICE,
                                      device_code=code.secret))
        except OauthError as error:
            if error.code == "unreachable":
                interval *= 2  # RFC 8628, 3.5
            elif error.code == "slow_down":
                interval += 5
            elif error.code != "authorization_pending":
                raise
    raise OauthError("expired_token", "nobody has typed the code in time")


@dataclass(frozen=True)
class Visit:
    """A page of the provider where a person agrees."""

    address: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def begin_visit(settings: Settings) -> Visit:
    """Make the address of that page, with a proof that its code is of use to us alone (RFC 7636)."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    joint = "&" if urlsplit(settings.oauth_authorize_url).query else "?"
    # Google gives a refresh token only where both of the last two are asked for; others pass them over.
    return Visit(settings.oauth_authorize_url + joint + urlencode({
        "response_type": "code", "client_id": settings.oauth_client_id, "redirect_uri": BACK,
        "scope": settings.oauth_scope, "state": state, "code_challenge": challenge,
        "code_challenge_method": "S256", "access_type": "offline", "prompt": "consent"}), state, verifier)


def end_visit(settings: Settings, visit: Visit, pasted: str) -> str:
    """Give the refresh token for the address at which the person's browser ended."""
    told = {name: values[0] for name, values in parse_qs(urlsplit(pasted.strip()).query).items()}
    if "error" in told:
        raise OauthError(told["error"], told.get("error_description", told["error"])[:300])
    if not secrets.compare_digest(told.get("state", "").encode(), visit.state.encode()):
        raise OauthError("wrong_state", "this address does not belong to the page above")
    if "code" not in told:
        raise OauthError("no_code", "this address has no code in it")
    return _refresh_token(ask(settings, settings.oauth_token_url, grant_type="authorization_code",
                              code=told["code"], redirect_uri=BACK, code_verifier=visit.verifier))


def _refresh_token(answer: dict[str, Any]) -> str:
    token = answer.get("refresh_token")
    if not isinstance(token, str) or not token:
        raise OauthError("no_refresh_token", "the provider lets us in once, but not again: does [oauth] "
                         "scope ask for it (Microsoft: offline_access)?")
    return token
