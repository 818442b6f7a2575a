"""The mailbox that clients answer to, over IMAP (RFC 3501).

The standard library's imaplib is enough: six commands whose answers are numbers and octets. A library
around it would be one more that is handed the mailbox's password.
"""
from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date

from web.services import oauth
from web.settings import Settings

# What a server's answer that is none makes imaplib, or this file, stumble over.
_ODD = (imaplib.IMAP4.error, ValueError, IndexError, TypeError, AttributeError, KeyError)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MailboxError(Exception):
    """The mailbox cannot be read now.

    `fault` says why: unreachable, encryption, refused, folder or broken; and, where the provider takes no
    passwords, signed-out or no-access.

    `str()` holds the server's words.
    """

    def __init__(self, fault: str, words: str) -> None:
        super().__init__(words)
        self.fault = fault


class UnfetchableError(MailboxError):
    """The server does not give one mail; the others may be fine."""

    def __init__(self, uid: int, words: str) -> None:
        super().__init__("broken", words)
        self.uid = uid


@dataclass(frozen=True)
class Fetched:
    """A mail, or its beginning; without octets where the server does not give it."""

    uid: int
    uidvalidity: int
    octets: bytes | None
    whole: bool


class OpenMailbox:
    """A folder of the mailbox, as long as `open_mailbox` keeps the connection."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._imap = connection
        told = connection.response("UIDVALIDITY")[1]
        self.uidvalidity = int(told[-1] or b"")

    def newer_than(self, uid: int, *, since: date) -> list[int]:
        """The UIDs above `uid`, in the order of arrival; where `uid` is 0 only what came `since` then."""
        where = f"UID {uid + 1}:*" if uid else f"SINCE {since.day}-{MONTHS[since.month - 1]}-{since.year}"
        # "7:*" also means the last mail where all have lower numbers (RFC 3501, 6.4.8).
        return [found for found in self._search(where) if found > uid]

    def unseen_up_to(self, uid: int) -> list[int]:
        """The UIDs up to `uid` that are not marked as seen."""
        return [found for found in self._search(f"UNSEEN UID 1:{uid}") if found <= uid] if uid else []

    def fetch(self, uid: int, *, most: int) -> Fetched | None:
        """At most the first octets of a mail, without marking it; None where it is gone.

        Raises
        ------
        UnfetchableError
            Where the server has the mail and does not give it.
        """
        try:
            with _in_words():
                data = self._ask("FETCH", str(uid), f"(BODY.PEEK[]<0.{most}>)")
                if not data and not self._search(f"UID {uid}"):
                    return None
        except MailboxError as error:
            raise UnfetchableError(uid, str(error)) from error
        for part in data:
            # Beside what was asked for, a server may tell of other mails' flags.
            if isinstance(part, tuple) and b"BODY[" in part[0].upper():
                return Fetched(uid, self.uidvalidity, bytes(part[1]), whole=len(part[1]) < most)
            if isinstance(part, bytes) and b"BODY[" in part.upper():
                return Fetched(uid, self.uidvalidity, b"", whole=True)  # "" or NIL instead of octets
        raise UnfetchableError(uid, "no mail came")

    def mark(self, uids: Iterable[int], flag: str) -> None:
        """Set a flag on mails."""
        numbers = ",".join(map(str, uids))
        if numbers:
            with _in_words():
                self._ask("STORE", numbers, "+FLAGS.SILENT", f"({flag})")

    def _search(self, where: str) -> list[int]:
        with _in_words():
            return sorted(int(number) for line in self._ask("SEARCH", where) if isinstance(line, bytes)
                          for number in line.split())

    def _ask(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes]]:
        kind, data = self._imap.uid(command, *arguments)
        if kind != "OK":
            raise MailboxError("broken", _words(data))
        return [part for part in data if part is not None]


@contextmanager
def open_mailbox(settings: Settings) -> Iterator[OpenMailbox]:
    """Connect, sign in and choose the folder.

    Raises
    ------
    MailboxError
        Also later, from what is asked of the mailbox.
    """
    connection = _signed_in(settings)
    try:
        with _in_words("folder"):
            kind, data = connection.select(f'"{settings.imap_folder}"')
            if kind != "OK":
                raise MailboxError("folder", _words(data))
            mailbox = OpenMailbox(connection)
        yield mailbox
    finally:
        with suppress(OSError, *_ODD):
            connection.logout()


def _connect(settings: Settings) -> imaplib.IMAP4:
    host, port, patience = settings.imap_host, settings.imap_port, settings.imap_timeout_seconds
    with _in_words("unreachable"):
        if settings.imap_security == "tls":
            return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=patience)
        connection = imaplib.IMAP4(host, port, timeout=patience)
    if settings.imap_security == "starttls":
        try:
            with _in_words("encryption"):
                connection.starttls(ssl.create_default_context())
        except MailboxError:
            with suppress(OSError):
                connection.shutdown()  # never without the encryption that was asked for
            raise
    return connection


def _signed_in(settings: Settings) -> imaplib.IMAP4:
    if settings.imap_sign_in == "password":
        return _opened(settings, "")
    try:
        token = oauth.access_token(settings)
        try:
            return _opened(settings, token)
        except MailboxError as error:
            if error.fault != "no-access":
                raise
        # A token may have ended before its time: once with another one.
        return _opened(settings, oauth.access_token(settings, instead_of=token))
    except oauth.SignedOutError as error:
        raise MailboxError("signed-out", _said(error)) from error
    except oauth.ProviderError as error:
        raise MailboxError("unreachable", _said(error)) from error


def _opened(settings: Settings, token: str) -> imaplib.IMAP4:
    connection = _connect(settings)
    try:
        _sign_in(connection, settings, token)
    except MailboxError:
        with suppress(OSError, *_ODD):
            connection.logout()
        raise
    return connection


def _sign_in(connection: imaplib.IMAP4, settings: Settings, token: str) -> None:
    user, password = settings.imap_user, settings.imap_password
    with _in_words("no-access" if token else "refused"):
        if token:
            offered = [name.upper().removeprefix("AUTH=") for name in connection.capabilities]
            mechanism, first, answer = oauth.sasl(user, token, offered=offered, host=settings.imap_host,
                                                  port=settings.imap_port)
            said = iter([first])
            connection.authenticate(mechanism, lambda _: next(said, answer).encode())
        elif user.isascii() and password.isascii():
            connection.login(user, password)
        else:
            connection.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())


@contextmanager
def _in_words(fault: str = "broken") -> Iterator[None]:
    try:
        yield
    except MailboxError:
        raise
    except ssl.SSLError as error:
        raise MailboxError("encryption", _said(error)) from error
    except (OSError, imaplib.IMAP4.abort) as error:
        # Also signing in and choosing a folder may end because the connection does.
        raise MailboxError(fault if fault in ("unreachable", "encryption") else "broken",
                           _said(error)) from error
    except _ODD as error:
        raise MailboxError(fault, _said(error)) from error


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:300]


def _words(data: object) -> str:
    said = data[0] if isinstance(data, list) and data else data
    return said.decode("utf-8", "replace")[:300] if isinstance(said, bytes) else str(said)[:300]
