"""Hands SMS to a gateway over HTTPS, with a stop just before the point of no return.

Any gateway that takes JSON will do: its address, method and body stand in the configuration, its secret
headers in the environment.
"""
from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
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
        clock = Timer(3 * settings.sms_timeout_seconds, _cut, [connection])
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
                answer = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise InDoubtError(str(error)[:500] or type(error).__name__) from error
        finally:
            clock.cancel()
            with suppress(OSError):
                connection.close()
        return _judged(answer.status, answer.headers.get("Retry-After", ""))

    def _body(self, sms: Sms) -> bytes:
        values = {"{to}": sms.recipient, "{text}": sms.text, "{id}": sms.identity}
        return json.dumps(_filled(json.loads(self._settings.sms_body), values)).encode()


def _cut(connection: http.client.HTTPConnection) -> None:
    # Closing would leave the reader waiting: it holds the socket, too.
    if (reading := connection.sock) is not None:
        with suppress(OSError):
            # The plain socket's own: TLS would first send a farewell, and wait for one.
            socket.socket.shutdown(reading, socket.SHUT_RDWR)


def wait_of(retry_after: str, *, now: datetime) -> timedelta:
    """How long a gateway asks us to wait (RFC 9110, 10.2.3: seconds or a date); nothing where it does not."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return timedelta(seconds=int(text))
    try:
        asked = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return timedelta()
    until = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    return max(until - now, timedelta())


def _judged(status: int, retry_after: str) -> str:
    words = f"HTTP {status}"
    if 200 <= status < 300:
        return words
    if status in _PERHAPS:
        raise InDoubtError(words)
    if status in (408, 425, 429) or status >= 500:
        raise TryLaterError(words, retry_after=retry_after)
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
