"""A real web server on this machine, which serves calendars and fails in the ways that servers do."""
from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, bytes], None]


@dataclass
class WebServer:
    """What the server answers at a path, and what it was asked."""

    port: int = 0
    paths: dict[str, Behaviour] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def answers(self, path: str, body: bytes = b"", *, status: int = 200, length: bool = True,
                **headers: str) -> None:
        """Let a path give this answer."""
        lines = [f"HTTP/1.1 {status} words", *(f"{name.replace('_', '-')}: {value}"
                                               for name, value in headers.items())]
        if length:
            lines.append(f"Content-Length: {len(body)}")
        octets = "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body
        self.paths[path] = lambda connection, _request: connection.sendall(octets)


@contextmanager
def web_server(*, tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Run a server on a free port of 127.0.0.1 for as long as the block lasts."""
    server, stopping = WebServer(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        listening.settimeout(0.1)
        threads: list[threading.Thread] = []

        def accept() -> None:
            while not stopping.is_set():
                with suppress(TimeoutError):
                    connection, _from = listening.accept()
                    threads.append(threading.Thread(target=serve, args=(connection,)))
                    threads[-1].start()

        def serve(plain: socket.socket) -> None:
            plain.settimeout(10)
            with suppress(OSError), plain:
                connection = tls.wrap_socket(plain, server_side=True) if tls else plain
                request = b""
                while b"\r\n\r\n" not in request:
                    if not (read := connection.recv(4096)):
                        return
                    request += read
                path = request.split(b" ")[1].decode()
                server.requests.append(request.decode())
                server.paths[path](connection, request)
                if tls:
                    connection.close()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield server
        finally:
            stopping.set()
            acceptor.join()
            for thread in threads:
                thread.join()
