"""Asks an OAuth 2 server: a form is posted, JSON comes back (RFC 6749, 4 and 5).

The standard library's http.client is enough. A library for it would be one more that is handed the key to
the mailbox, and none that is well kept knows both the device grant and a mailbox's two providers.
"""
from __future__ import annotations

import http.client
import json
import ssl
from contextlib import suppress
from threading import Timer
from typing import Any
from urllib.parse import urlencode, urlsplit

from web.settings import Settings

MOST = 100_000  # octets of an answer
# What the provider's answer is hidden behind in words for people, should it ever repeat it.
_SECRETS = ("refresh_token", "code", "device_code", "code_verifier", "client_secret")


class OauthError(Exception):
    """The provider gives nothing. `code` is its own word (RFC 6749, 5.2), or "unreachable": try later.

    `str()` holds its words, in which no secret stands.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def ask(settings: Settings, url: str, **fields: str) -> dict[str, Any]:
    """Post a form with the client's id, and its secret where it has one.

    Raises
    ------
    OauthError
        In words; a redirect is not followed, the secret would go along.
    """
    form = {"client_id": settings.oauth_client_id, **fields}
    if settings.oauth_client_secret:
        form["client_secret"] = settings.oauth_client_secret
    try:
        status, body = _post(url, urlencode(form), seconds=settings.mail_timeout_seconds)
    except (OSError, http.client.HTTPException, AttributeError) as error:
        # AttributeError: the clock has closed the connection under the reader's hands.
        raise OauthError("unreachable", f"{urlsplit(url).hostname}: {error or type(error).__name__}"[:300]
                         ) from error
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise OauthError("unreachable", f"{urlsplit(url).hostname}: HTTP {status}, and no JSON")
    if status != 200 or "error" in answer:
        raise _refusal(status, answer, [form[name] for name in _SECRETS if form.get(name)])
    return answer


def _refusal(status: int, answer: dict[str, Any], secrets: list[str]) -> OauthError:
    code, words = (str(answer.get(name, "")) for name in ("error", "error_description"))
    told = f"HTTP {status} {code}: {words}"
    for secret in secrets:
        told = told.replace(secret, "…")
    busy = status == 429 or status >= 500 or code in ("temporarily_unavailable", "server_error", "")
    return OauthError("unreachable" if busy else code, " ".join(told.split())[:300])


def _post(url: str, form: str, *, seconds: float) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = (
        http.client.HTTPSConnection(parts.hostname or "", parts.port or 443, timeout=seconds,
                                    context=ssl.create_default_context())
        if parts.scheme == "https" else
        http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=seconds))
    # A timeout counts from one octet to the next; nobody may hold all mails up for ever.
    clock = Timer(3 * seconds, connection.close)
    clock.daemon = True
    clock.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, form, {
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
        response = connection.getresponse()
        return response.status, response.read(MOST)
    finally:
        clock.cancel()
        with suppress(OSError):
            connection.close()
