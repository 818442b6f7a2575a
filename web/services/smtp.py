"""Hands mails to the office's mail server, with a stop just before the point of no return."""
from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

from web.render.mail import Mail
from web.services import oauth
from web.settings import Settings


class NotSentError(Exception):
    """A mail that certainly was not taken; `str()` holds the server's words."""


class TryLaterError(NotSentError):
    """The server cannot now (4xx, a timeout, a lost connection): the same mail may go later.

    `retry_after` is when, in the words of a gateway that says so.
    """

    def __init__(self, words: str, *, retry_after: str = "") -> None:
        super().__init__(words)
        self.retry_after = retry_after


class UnreachableError(TryLaterError):
    """There is no connection at all: no other mail would fare better now."""


class RefusedError(NotSentError):
    """The server will never take this mail (5xx to RCPT or DATA)."""


class NoMailboxError(RefusedError):
    """The server takes no mail for this address: nobody reads there."""


class MisconfiguredError(NotSentError):
    """The server takes no mail from us at all (5xx to EHLO, AUTH or MAIL, no or bad TLS)."""


class SignedOutError(MisconfiguredError):
    """The mailbox's provider gives no access: somebody has to sign in anew."""


class StoppedError(NotSentError):
    """Our own side gave the mail up before the final dot."""


class InDoubtError(Exception):
    """The final dot was sent and no answer came: the mail may have been taken."""


class _Plain(smtplib.SMTP):
    """A connection that is known before its server has said a word, and can be broken off."""

    def __init__(self, opened: list[smtplib.SMTP], *args: Any, **kwargs: Any) -> None:
        opened.append(self)
        super().__init__(*args, **kwargs)


class _Tls(smtplib.SMTP_SSL):
    """The same, encrypted from the first octet."""

    def __init__(self, opened: list[smtplib.SMTP], *args: Any, **kwargs: Any) -> None:
        opened.append(self)
        super().__init__(*args, **kwargs)


@contextmanager
def _at_most(seconds: float, connections: Sequence[smtplib.SMTP]) -> Iterator[None]:
    """Break connections off where the block takes longer; whoever reads from one finds its end."""
    def cut() -> None:
        for each in connections:
            if each.sock is not None:
                with suppress(OSError):
                    each.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Courier:
    """A connection to the mail server, opened when needed and used for one mail after another."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None
        # The timeout of a socket counts from one octet to the next: a server that says one now and then
        # would hold all other mails up for ever.
        self._patience = 3 * settings.mail_timeout_seconds

    def deliver(self, mail: Mail, *, before_the_dot: Callable[[], bool]) -> str:
        """Send one mail and return the server's words.

        `before_the_dot` is called when the server has every octet but the final dot: until then
        whatever was sent is void (RFC 5321, 4.1.1.4). Where it says False the mail is given up.

        Raises
        ------
        NotSentError
            In one of its forms: the mail was certainly not taken.
        InDoubtError
            The mail may have been taken.
        """
        smtp = self.connect()
        try:
            with _at_most(self._patience, [smtp]):
                self._envelope(smtp, mail)
            try:
                go_on = before_the_dot()
            except OSError as error:
                raise TryLaterError(_words(error)) from error
            if not go_on:
                raise StoppedError("given up before the final dot")
            with _at_most(self._patience, [smtp]):
                return self._finish(smtp)
        except RefusedError:
            self._reset(smtp)
            raise
        except BaseException:
            # After anything else the connection is in a state that nobody knows.
            self.close()
            raise

    def close(self) -> None:
        """Drop the connection; the next mail opens another one."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def quit(self) -> None:
        """Say goodbye to the server, where there still is one."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self.close()

    def _envelope(self, smtp: smtplib.SMTP, mail: Mail) -> None:
        self._step(smtp, lambda: smtp.mail(mail.sender), permanent=MisconfiguredError)
        self._step(smtp, lambda: smtp.rcpt(mail.recipient), permanent=_refusal_of_address)
        self._step(smtp, lambda: smtp.docmd("DATA"), permanent=RefusedError, wanted=354)
        try:
            smtp.send(_transparent(mail.octets))
        except (OSError, smtplib.SMTPException) as error:
            raise TryLaterError(_words(error)) from error

    def _finish(self, smtp: smtplib.SMTP) -> str:
        try:
            smtp.send(b".\r\n")
            code, answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise InDoubtError(_words(error)) from error
        if code < 200:
            raise InDoubtError("the answer broke off")  # smtplib calls what is no code -1
        if code >= 500:
            raise _refusal_of_mail(_answer(code, answer))
        if code != 250:
            raise TryLaterError(_answer(code, answer))
        return _answer(code, answer)

    def _step(self, smtp: smtplib.SMTP, command: Callable[[], tuple[int, bytes]], *,
              permanent: Callable[[str], NotSentError], wanted: int = 250) -> None:
        try:
            code, answer = command()
        except (OSError, smtplib.SMTPException) as error:
            raise TryLaterError(_words(error)) from error
        except UnicodeEncodeError as error:
            raise RefusedError("the address has characters that this server does not take") from error
        if code >= 500:
            raise permanent(_answer(code, answer))
        if code != wanted and code not in (250, 251, 252):
            raise TryLaterError(_answer(code, answer))

    def _reset(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def connect(self) -> smtplib.SMTP:
        """Connect and sign in, unless that is done; `NotSentError` where the server does not have us."""
        if self._smtp is not None:
            # Servers hang up on connections that are idle or have served long enough.
            try:
                if self._smtp.noop()[0] == 250:
                    return self._smtp
            except (OSError, smtplib.SMTPException):
                pass
            self.close()
        self._smtp = self._signed_in()
        return self._smtp

    def _signed_in(self) -> smtplib.SMTP:
        settings = self._settings
        try:
            if not settings.mail_user or settings.mail_sign_in == "password":
                return self._connect("")
            token = oauth.access_token(settings)
            try:
                return self._connect(token)
            except smtplib.SMTPAuthenticationError:
                # It may have ended before its time: once with another one.
                return self._connect(oauth.access_token(settings, instead_of=token))
        except oauth.SignedOutError as error:
            raise SignedOutError(_words(error)) from error
        except (OSError, smtplib.SMTPException, oauth.ProviderError) as error:
            raise _no_connection(error) from error

    def _connect(self, token: str) -> smtplib.SMTP:
        settings = self._settings
        address = settings.mail_host, settings.mail_port
        known: dict[str, Any] = {"local_hostname": settings.host, "timeout": settings.mail_timeout_seconds}
        opened: list[smtplib.SMTP] = []
        try:
            with _at_most(self._patience, opened):
                if settings.mail_security == "tls":
                    smtp: smtplib.SMTP = _Tls(opened, *address, context=ssl.create_default_context(), **known)
                else:
                    smtp = _Plain(opened, *address, **known)
                smtp.ehlo_or_helo_if_needed()
                if settings.mail_security == "starttls":
                    smtp.starttls(context=ssl.create_default_context())
                    smtp.ehlo_or_helo_if_needed()  # what was said before counts no longer (RFC 3207, 4.2)
                if token:
                    _authenticate(smtp, settings, token)
                elif settings.mail_user:
                    smtp.login(settings.mail_user, settings.smtp_password)
        except BaseException:
            for each in opened:
                each.close()
            raise
        return smtp


def _authenticate(smtp: smtplib.SMTP, settings: Settings, token: str) -> None:
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    mechanism, first, answer = oauth.sasl(settings.mail_user, token, offered=offered,
                                          host=settings.mail_host, port=settings.mail_port)
    smtp.auth(mechanism, lambda challenge=None: first if challenge is None else answer)


# The status codes of RFC 3463 that blame the recipient's address (X.1) or mailbox (X.2); what they blame
# beyond that is the sender's address (X.1.7, X.1.8) or the mail's size (X.2.3).
_OF_MAILBOX = re.compile(r"5\d\d[ -]5\.(?:1\.(?!0*[78]\b)|2\.(?!0*3\b))")
# To RCPT servers say so with the plain code too, and with routes (X.4) and protocols (X.5); what is left
# blames our server, or the mail.
_OF_ADDRESS = re.compile(r"55[0-3](?![ -]5\.(?:1\.0*[78]|2\.0*3|[367]\.\d+)\b)")


def _refusal_of_address(answer: str) -> RefusedError:
    return NoMailboxError(answer) if _OF_ADDRESS.match(answer) else RefusedError(answer)


def _refusal_of_mail(answer: str) -> RefusedError:
    return NoMailboxError(answer) if _OF_MAILBOX.match(answer) else RefusedError(answer)


def _no_connection(error: Exception) -> NotSentError:
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return MisconfiguredError(_words(error))  # never without the encryption that was asked for
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500:
        return MisconfiguredError(_words(error))
    return UnreachableError(_words(error))


def _transparent(octets: bytes) -> bytes:
    """The body of DATA with its dots doubled (RFC 5321, 4.5.2), without the final dot."""
    body = octets if octets.endswith(b"\r\n") else octets + b"\r\n"
    return (b"." if body.startswith(b".") else b"") + body.replace(b"\r\n.", b"\r\n..")


def _answer(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}"[:500]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        return _answer(error.smtp_code, answer if isinstance(answer, bytes) else answer.encode())
    return (str(error) or type(error).__name__)[:500]
