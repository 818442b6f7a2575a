"""Hands SMS to a gateway over HTTPS, with a stop just before the point of no return.

Any gateway that takes JSON will do: its address, method and body stand in the configuration, its secret
headers in the environment.
"""
from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from web.render.sms import Sms
from web.services.smtp import (
    InDoubtError,
    MisconfiguredError,
    RefusedError,
    StoppedError,
    TryLaterError,
    UnreachableError,
)
from web.settings import Settings

# Our own fault, not the recipient's: the next SMS would fare no better.
_OURS = (401, 402, 403, 404, 405, 407, 410, 415)
# The gateway's own server may have taken it although this one gave up waiting.
_PERHAPS = (502, 504)


class Gateway:
    """A new connection for each SMS: there are few, and none is left half open."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def deliver(self, sms: Sms, *, before_the_dot: Callable[[], bool]) -> str:
        """Send one SMS and return the gateway's status; see `smtp.Courier.deliver` for what is raised."""
        settings = self._settings
        address = urlsplit(settings.sms_url)
        connection = http.client.HTTPSConnection(
            address.hostname or "", address.port or 443, timeout=settings.sms_timeout_seconds,
            context=ssl.create_default_context())
        # A timeout counts from one octet to the next; nobody may hold all others up for ever.
        clock = Timer(3 * settings.sms_timeout_seconds, connection.close)
        clock.daemon = True
        try:
            try:
                connection.connect()
            except ssl.SSLError as error:
                raise MisconfiguredError(str(error)[:500]) from error
            except OSError as error:
                raise UnreachableError(str(error)[:500] or type(error).__name__) from error
            if not before_the_dot():
                raise StoppedError("given up before it was sent")
            clock.start()
            try:
                connection.request(settings.sms_method, _target(settings.sms_url), self._body(sms), {
                    "Content-Type": "application/json", **settings.sms_headers})
                status = connection.getresponse().status
            except (OSError, http.client.HTTPException, AttributeError) as error:
                # AttributeError: the clock has closed the connection under the reader's hands.
                raise InDoubtError(str(error)[:500] or type(error).__name__) from error
        finally:
            clock.cancel()
            with suppress(OSError):
                connection.close()
        return _judged(status)

    def _body(self, sms: Sms) -> bytes:
        values = {"{to}": sms.recipient, "{text}": sms.text, "{id}": sms.identity}
        return json.dumps(_filled(json.loads(self._settings.sms_body), values)).encode()


def _judged(status: int) -> str:
    words = f"HTTP {status}"
    if 200 <= status < 300:
        return words
    if status in _PERHAPS:
        raise InDoubtError(words)
    if status in (408, 425, 429) or status >= 500:
        raise TryLaterError(words)
    if status in _OURS or status < 400:  # nor are we sent elsewhere: a secret would go along
        raise MisconfiguredError(words)
    raise RefusedError(words)


def _filled(part: Any, values: dict[str, str]) -> Any:
    """The template with its placeholders filled, within its strings: nothing in a name becomes JSON."""
    if isinstance(part, dict):
        return {key: _filled(value, values) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values) for value in part]
    if isinstance(part, str):
        # In one pass: a placeholder within a name stays what it is.
        return re.sub(r"\{(?:to|text|id)\}", lambda found: values[found[0]], part)
    return part


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
