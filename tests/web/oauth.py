"""A real OAuth server of the test's own: it gives tokens, tells Dovecot whose they are, and forgets them."""
from __future__ import annotations

import json
import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.web.dovecot import USER
from tests.web.http import WebServer, web_server

Answer = tuple[int, dict[str, Any]]


@dataclass
class Provider:
    """What the provider has given and still stands by, and what it answers next instead."""

    server: WebServer
    plain: WebServer  # the same one, where tokens are not asked for over TLS
    refresh: set[str] = field(default_factory=set)
    access: dict[str, str] = field(default_factory=dict)  # whose each token is
    lasts: int = 3600
    replaces: bool = False  # whether a refresh token is good for one time only
    next: deque[Answer] = field(default_factory=deque)
    asked: list[dict[str, str]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http{'s' if self.server is not self.plain else ''}://127.0.0.1:{self.server.port}"

    @property
    def whose(self) -> str:
        """Where Dovecot asks whose a token is, never over TLS."""
        return f"http://127.0.0.1:{self.plain.port}/whose"

    def tokens(self, *, account: str = USER) -> dict[str, Any]:
        """Give a token of each kind."""
        number = len(self.given)
        token, refresh = f"access-secret-{number}", f"refresh-secret-{number}"
        self.given += [token, refresh]
        self.access[token] = account
        self.refresh.add(refresh)
        return {"access_token": token, "refresh_token": refresh, "expires_in": self.lasts,
                "token_type": "Bearer"}

    def token(self, form: dict[str, str]) -> Answer:
        """Answer at the token endpoint (RFC 6749, 5)."""
        if self.next:
            return self.next.popleft()
        if form.get("grant_type") == "refresh_token" and form["refresh_token"] not in self.refresh:
            return 400, {"error": "invalid_grant", "error_description":
                         f"The refresh token {form['refresh_token']} has expired."}
        answer = self.tokens()
        if form.get("grant_type") == "refresh_token":
            self.refresh.discard(form["refresh_token"] if self.replaces else answer.pop("refresh_token"))
        return 200, answer


@contextmanager
def provider(*, tls: ssl.SSLContext | None = None) -> Iterator[Provider]:
    """Run a provider for as long as the block lasts; with `tls` it gives tokens over TLS only."""
    with web_server() as plain, web_server(tls=tls) if tls else nullcontext(plain) as server:
        here = Provider(server, plain)

        def posted(connection: socket.socket, request: bytes) -> dict[str, str]:
            head, _blank, body = request.partition(b"\r\n\r\n")
            length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                          if line.lower().startswith(b"content-length:"))
            while len(body) < length:
                body += connection.recv(4096)
            return {name: values[0] for name, values in parse_qs(body.decode()).items()}

        def say(connection: socket.socket, status: int, answer: dict[str, Any]) -> None:
            octets = json.dumps(answer).encode()
            connection.sendall(b"HTTP/1.1 %d words\r\nContent-Type: application/json\r\n"
                               b"Content-Length: %d\r\nConnection: close\r\n\r\n%s"
                               % (status, len(octets), octets))

        def token(connection: socket.socket, request: bytes) -> None:
            here.asked.append(posted(connection, request))
            say(connection, *here.token(here.asked[-1]))

        def device(connection: socket.socket, request: bytes) -> None:
            here.asked.append(posted(connection, request))
            say(connection, 200, {
                "device_code": "device-secret", "user_code": "WDJB-MJHT", "interval": 0, "expires_in": 600,
                "verification_uri": "https://provider.example/device"})

        def whose(connection: socket.socket, request: bytes) -> None:
            bearer = request.partition(b"Authorization: Bearer ")[2].partition(b"\r\n")[0].decode()
            found = here.access.get(bearer)
            say(connection, 200 if found else 401, {"email": found} if found else {"error": "invalid_token"})

        server.paths |= {"/token": token, "/device": device}
        plain.paths["/whose"] = whose
        yield here
