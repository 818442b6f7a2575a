"""A real mail server on this machine, which fails in the ways that mail servers do."""
from __future__ import annotations

import asyncio
import re
import ssl
import threading
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Received:
    """A mail as it came over the wire."""

    sender: str
    recipient: str
    octets: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail as Python's own parser reads it."""
        return message_from_bytes(self.octets, policy=default)


@dataclass
class Fault:
    """What happens to one mail: an answer at a stage, or worse."""

    stage: str  # EHLO, AUTH, MAIL, RCPT, DATA (after the final dot), or what `Faulty` does
    answer: str = ""
    seconds: float = 0


@dataclass
class MailServer:
    """What the server was given, and what goes wrong next (one fault for each mail, in order)."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)
    delay: float = 0  # seconds between the final dot and the answer
    answers: threading.Event | None = None  # no answer to the final dot before it is set
    slow: float | None = None  # seconds after each octet that it says
    lines: list[asyncio.Transport] = field(default_factory=list)
    tokens: Mapping[str, str] | None = None  # whose each is; None: everybody may come in
    mechanisms: str = "XOAUTH2"
    sign_ins: list[str] = field(default_factory=list)  # the mechanism and the user of each

    def _fault(self, stage: str) -> Fault | None:
        if self.faults and (fault := self.faults[0]) is not None and fault.stage == stage:
            return self.faults.popleft()
        return None

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str,  # noqa: N802
                          responses: list[str]) -> list[str]:
        session.host_name = hostname
        if self.tokens is None:
            return responses
        return [*responses[:-1], f"250-AUTH {self.mechanisms}", responses[-1]]

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str,  # noqa: N802
                          options: list[str]) -> str:
        if fault := self._fault("MAIL"):
            return fault.answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str,  # noqa: N802
                          options: list[str]) -> str:
        if fault := self._fault("RCPT"):
            return fault.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if fault := self._fault("DATA"):
            return fault.answer
        if self._fault("lost before it is kept"):
            _abort(server)
            return "250 never heard"
        for recipient in envelope.rcpt_tos:
            self.received.append(Received(str(envelope.mail_from), recipient, cast(bytes, envelope.content)))
        if self._fault("lost after it is kept"):
            _abort(server)
        if fault := self._fault("slow after it is kept"):
            self.slow = fault.seconds
            return "250-kept\r\n250 really"
        if fault := self._fault("silent after it is kept"):
            await asyncio.sleep(fault.seconds)
        if self.faults and self.faults[0] is None:
            self.faults.popleft()
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.answers is not None:
            await asyncio.to_thread(self.answers.wait, 120)
        return "250 kept"


def _abort(server: SMTP) -> None:
    cast(Any, server).transport.abort()


class Faulty(SMTP):
    """Answers badly, breaks off, or dawdles when told to."""

    @property
    def _server(self) -> MailServer:
        return cast(MailServer, self.event_handler)

    def connection_made(self, transport: Any) -> None:
        """Remember who calls."""
        self._server.lines.append(transport)
        super().connection_made(transport)

    async def push(self, status: Any) -> None:
        """Say a line; octet by octet where a fault has it so."""
        if (slow := self._server.slow) is None:
            await super().push(status)
            return
        for octet in (status if isinstance(status, bytes) else status.encode()) + b"\r\n":
            if cast(Any, self).transport.is_closing():
                return
            cast(Any, self).transport.write(bytes([octet]))
            await asyncio.sleep(slow)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd finds commands by these names
        if fault := self._server._fault("EHLO"):
            await self.push(fault.answer)
            return
        await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        await self.push("502 say EHLO")

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if fault := self._server._fault("STARTTLS"):
            await self.push(fault.answer)
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if fault := self._server._fault("AUTH"):
            await self.push(fault.answer)
        elif self._server.tokens is None:
            await self.push("235 come in")
        else:
            await self._with_token(arg, self._server.tokens)

    async def _with_token(self, arg: str, tokens: Mapping[str, str]) -> None:
        """RFC 7628, 3.1, or its forerunner; what is wrong is said in a challenge that wants an answer."""
        mechanism, _space, first = arg.partition(" ")
        form = {"XOAUTH2": "user=([^\1]+)\1auth=Bearer ([^\1]+)\1\1",
                "OAUTHBEARER": "n,a=([^\1,]+),\1host=[^\1]+\1port=[0-9]+\1auth=Bearer ([^\1]+)\1\1",
                }[mechanism]
        told = re.fullmatch(form, b64decode(first, validate=True).decode())
        if told is None:
            await self.push("501 malformed")
            return
        self._server.sign_ins.append(f"{mechanism} {told[1]}")
        if tokens.get(told[2]) == told[1]:
            await self.push("235 2.7.0 Accepted")
            return
        await self.push(b"334 " + b64encode(b'{"status":"401"}'))
        answer = b64decode((await self._reader.readline()).strip(), validate=True)
        wanted = {"XOAUTH2": b"", "OAUTHBEARER": b"\1"}[mechanism]
        await self.push("535 5.7.3 Authentication unsuccessful" if answer == wanted else "501 malformed")

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self._server._fault("lost within DATA"):
            await self.push("354 go on")
            _abort(self)
            return
        if fault := self._server._fault("silent after DATA"):
            await asyncio.sleep(fault.seconds)
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return Faulty(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        # Port 0 asked the system for a free one; from here on it is known.
        self.port = cast(Any, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None, from_the_start: bool = False) -> Iterator[MailServer]:
    """Run a mail server on a free port for as long as the block lasts.

    With `tls` it insists on encryption: after STARTTLS, or `from_the_start`.
    """
    server = MailServer()
    kwargs: dict[str, Any] = {"auth_require_tls": False}
    if tls and from_the_start:
        kwargs |= {"ssl_context": tls}
    elif tls:
        kwargs |= {"tls_context": tls, "require_starttls": True}
    controller = _Controller(server, hostname="127.0.0.1", port=0, **kwargs)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_hang_up(server), controller.loop).result(10)
        controller.stop()


async def _hang_up(server: MailServer) -> None:
    """End what is still being said when a test ends."""
    talking = asyncio.all_tasks() - {asyncio.current_task()}
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    for transport in server.lines:
        transport.abort()
    await asyncio.sleep(0)
