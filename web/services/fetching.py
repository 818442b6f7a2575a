"""Fetches an address that somebody typed, without being led to where only this machine may go.

The host is resolved once, every address that it has must be a public one, and the connection goes to the
address that was looked at, not to the name: a name that means something else a moment later (DNS
rebinding) gains nothing. Each redirect begins anew. Size, time and number of hops are limited.
"""
from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

Resolve = Callable[[str, int], list[str]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 65536
_AS_IT_IS = "%/?:@!$&'()*+,;=-._~[]"  # in a path and a query (RFC 3986); letters of no ASCII are encoded


class FetchError(Exception):
    """Nothing was fetched; `code` says why, for `web/services/own_calendar_words.py`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def resolve_public(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them public.

    Raises
    ------
    FetchError
        `unknown-host`, or `not-public` if a single one of them is not.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise FetchError("unknown-host") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise FetchError("unknown-host")
    if not all(map(is_public, addresses)):
        raise FetchError("not-public")
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever it is wrapped in."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False  # e.g. with a scope: "fe80::1%eth0"
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(ip.packed[-4:])
        if inner:
            return is_public(str(inner))
        if ip.is_site_local or ip in _LOCAL_NAT64:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one fetch may cost, and where it may go."""

    octets: int = 5_000_000  # also unpacked
    seconds: float = 10  # in all, redirects included
    redirects: int = 3
    plain: bool = False  # whether http without TLS will do
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def fetch(address: str, *, limits: Limits, resolve: Resolve = resolve_public) -> bytes:
    """Get what lies behind an http(s) address.

    Raises
    ------
    FetchError
        With one of the codes that this module names.
    """
    deadline = monotonic() + limits.seconds
    for _hop in range(limits.redirects + 1):
        parts = _checked(address, limits)
        with _answer(parts, limits, resolve, deadline) as response:
            if response.status in _REDIRECTS and (target := response.headers.get("Location")):
                address = urljoin(address, _in_utf_8(target))
                continue
            if response.status != 200:
                raise FetchError(_refusal(response.status))
            return _body(response, limits)
    raise FetchError("redirects")


def _in_utf_8(target: str) -> str:
    # Headers are read as Latin-1; servers that do not encode an address write it in UTF-8.
    try:
        return target.encode("latin-1").decode()
    except UnicodeError:
        return target


def _checked(address: str, limits: Limits) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise FetchError("no-address") from error
    if parts.scheme not in ("https", "http") or not parts.hostname or not address.isprintable():
        raise FetchError("no-address")
    if parts.scheme == "http" and not limits.plain:
        raise FetchError("plain-http")
    if parts.username is not None or parts.password is not None:
        raise FetchError("password-in-address")
    # Well-known ports are other services, which might be made to act on what looks like their protocol.
    if port is not None and port < 1024 and port not in (80, 443):
        raise FetchError("no-address")
    return parts


def _refusal(status: int) -> str:
    if status in (401, 403):
        return "forbidden"
    return "not-found" if status in (404, 410) else "server-error"


@contextmanager
def _answer(parts: SplitResult, limits: Limits, resolve: Resolve,
            deadline: float) -> Iterator[http.client.HTTPResponse]:
    host, tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    connection: _Pinned | None = None
    cut = threading.Event()
    try:
        pinned = _in_time(lambda: resolve(host, port), deadline)
        connection = _Pinned(host, port, pinned, limits.context if tls else None, deadline)
        # A server that sends a byte now and then never runs into a socket's time limit: this cuts it off.
        watch = threading.Timer(_left(deadline), _cut, (connection, cut))
        watch.daemon = True
        watch.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", quote(target, safe=_AS_IT_IS), headers={
                "Accept": "text/calendar, */*;q=0.5", "Accept-Encoding": "identity",
                "User-Agent": "Saputnik calendar reader", "Connection": "close"})
            with connection.getresponse() as response:
                yield response
            if cut.is_set():  # what looked like the end of the answer was the cut
                raise FetchError("too-slow")
        finally:
            watch.cancel()
    except FetchError as error:
        if cut.is_set() and error.code == "no-answer":  # the body broke off at the cut
            raise FetchError("too-slow") from error
        raise
    except ssl.SSLCertVerificationError as error:
        raise FetchError("certificate") from error
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        raise FetchError("too-slow" if cut.is_set() or isinstance(error, TimeoutError) else
                         "no-answer") from error
    finally:
        if connection is not None:
            connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were looked at, which says by name whom it wants, in TLS too."""

    def __init__(self, host: str, port: int, pinned: list[str], context: ssl.SSLContext | None,
                 deadline: float) -> None:
        super().__init__(host, port)
        self.default_port = 443 if context else 80  # left out of the Host header
        self.pinned, self.context, self.deadline = pinned, context, deadline
        # `sock` is None from the moment on at which an answer that ends with the connection begins.
        self.line: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first of the pinned addresses that answers."""
        error = OSError("no address")
        for address in self.pinned:
            try:
                self.sock = self.line = socket.create_connection((address, self.port), _left(self.deadline))
                break
            except OSError as refused:
                error = refused
        else:
            raise error
        if self.context is not None:
            wrapped = self.context.wrap_socket(self.line, server_hostname=self.host,
                                               do_handshake_on_connect=False)
            self.sock = self.line = wrapped
            wrapped.do_handshake()


def _cut(connection: _Pinned, cut: threading.Event) -> None:
    cut.set()
    if connection.line is not None:
        with suppress(OSError):
            # The plain socket's own: TLS would first send a farewell, and wait for one.
            socket.socket.shutdown(connection.line, socket.SHUT_RDWR)


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise FetchError("too-slow")
    return left


def _in_time(call: Callable[[], list[str]], deadline: float) -> list[str]:
    """Do what cannot be interrupted in a thread that may be left behind: resolvers wait for minutes."""
    outcome: list[list[str] | BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_left(deadline))
    if not outcome:
        raise FetchError("too-slow")
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _body(response: http.client.HTTPResponse, limits: Limits) -> bytes:
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip", ""):
        raise FetchError("server-error")  # it was asked for none
    unpack = zlib.decompressobj(wbits=31) if "gzip" in coding else None
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length) > limits.octets:
        raise FetchError("too-large")
    body, received = bytearray(), 0
    while chunk := response.read1(_CHUNK):
        received += len(chunk)
        if unpack is not None:
            try:
                chunk = unpack.decompress(chunk, limits.octets + 1 - len(body))
            except zlib.error as error:
                raise FetchError("no-answer") from error
        body += chunk
        if max(received, len(body)) > limits.octets:
            raise FetchError("too-large")
    if response.length or (unpack is not None and not unpack.eof):
        raise FetchError("no-answer")  # it broke off
    return bytes(body)
