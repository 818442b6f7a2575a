"""Fetching what somebody typed: from a real server, and never from where only we may go (SS1, SS2)."""
from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.http import WebServer, web_server
from web.services.fetching import FetchError, Limits, fetch, is_public, resolve_public

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def loopback(host: str, port: int) -> list[str]:
    """A resolver for tests alone: every name is this machine."""
    return ["127.0.0.1"]


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


def get(server: WebServer, path: str = "/cal.ics", **limits: float) -> bytes:
    return fetch(f"http://calendar.example:{server.port}{path}", resolve=loopback,
                 limits=Limits(plain=True, **limits))  # type: ignore[arg-type]


def why(server: WebServer, path: str = "/cal.ics", **limits: float) -> str:
    with pytest.raises(FetchError) as caught:
        get(server, path, **limits)
    return caught.value.code


def test_a_calendar_is_fetched_by_its_name_from_the_address_that_was_looked_at(server: WebServer) -> None:
    server.answers("/cal.ics?key=a%20b", CALENDAR)
    assert get(server, "/cal.ics?key=a%20b") == CALENDAR
    lines = server.requests[0].split("\r\n")
    assert lines[0] == "GET /cal.ics?key=a%20b HTTP/1.1"
    assert f"Host: calendar.example:{server.port}" in lines


def test_a_host_and_a_path_may_have_letters_of_any_script(server: WebServer) -> None:
    server.answers("/%D0%BC%D0%BE%D1%98.ics?%C4%8D=%C5%A1&a=[1]", CALENDAR)
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    assert fetch(f"http://календар.example:{server.port}/мој.ics?č=š&a=[1]", resolve=resolve,
                 limits=Limits(plain=True)) == CALENDAR
    assert asked == ["календар.example"]
    assert f"Host: xn--80aaldxhp0a.example:{server.port}" in server.requests[0]


def test_a_redirect_may_have_them_too(server: WebServer) -> None:
    server.answers("/%C4%8Dit%20aj.ics", CALENDAR)
    server.answers("/cal.ics", status=302, Location="/čit aj.ics")
    assert get(server) == CALENDAR


@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",  # noqa: S104
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "2002:7f00:1::1", "2002:a9fe:a9fe::", "2001:0:0:0:0:0:80ff:fffe", "nonsense", ""])
def test_ss1_an_address_that_is_not_of_the_open_internet_is_refused(address: str) -> None:
    assert is_public(address) is False


@pytest.mark.parametrize("address", ["8.8.8.8", "142.250.1.1", "2a00:1450:4001::1", "::ffff:8.8.8.8",
                                     "64:ff9b::808:808"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address) is True


@given(st.ip_addresses(v=4))
def test_ss1_no_way_of_wrapping_an_address_makes_it_public(address: object) -> None:
    plain = is_public(str(address))
    octets = int(address)  # type: ignore[call-overload]
    wrapped = [f"::ffff:{address}", f"64:ff9b::{octets >> 16:x}:{octets & 0xffff:x}"]
    assert [is_public(form) for form in wrapped] == [plain, plain]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1",
                                  "[::1]", "[::ffff:127.0.0.1]", "[::]"])
def test_ss1_our_own_machine_is_refused_however_it_is_written(server: WebServer, host: str) -> None:
    server.answers("/cal.ics", CALENDAR)
    with pytest.raises(FetchError) as caught:
        fetch(f"http://{host}:{server.port}/cal.ics", limits=Limits(plain=True))
    assert (caught.value.code, server.requests) == ("not-public", [])


def test_ss1_one_private_address_among_public_ones_is_enough_to_refuse(
        monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
             for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    with pytest.raises(FetchError) as caught:
        resolve_public("calendar.example", 443)
    assert caught.value.code == "not-public"


def test_ss1_a_name_that_changes_its_meaning_is_asked_once(server: WebServer) -> None:
    server.answers("/cal.ics", CALENDAR)
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["203.0.113.1"]

    assert fetch(f"http://calendar.example:{server.port}/cal.ics", resolve=rebinding,
                 limits=Limits(plain=True)) == CALENDAR
    assert asked == ["calendar.example"]


@pytest.mark.parametrize(("address", "code"), [
    ("http://calendar.example/cal.ics", "plain-http"), ("file:///etc/passwd", "no-address"),
    ("gopher://calendar.example/", "no-address"), ("ftp://calendar.example/", "no-address"),
    ("https://user:word@calendar.example/", "password-in-address"), ("https://", "no-address"),
    ("https://calendar.example:25/", "no-address"), ("https://calendar.example:99999/", "no-address"),
    ("https://calendar.example/\r\nX: y", "no-address"), ("/cal.ics", "no-address"), ("", "no-address")])
def test_ss1_other_kinds_of_address_are_refused_before_anything_is_asked(address: str, code: str) -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    with pytest.raises(FetchError) as caught:
        fetch(address, limits=Limits(), resolve=nobody)
    assert caught.value.code == code


def test_a_redirect_is_followed(server: WebServer) -> None:
    server.answers("/cal.ics", status=302, Location="/new.ics")
    server.answers("/new.ics", CALENDAR)
    assert get(server) == CALENDAR


def test_ss1_a_redirect_is_looked_at_as_closely_as_the_first_address(server: WebServer) -> None:
    server.answers("/cal.ics", status=301, Location=f"http://localhost:{server.port}/secret")

    def resolve(host: str, port: int) -> list[str]:
        return loopback(host, port) if host == "calendar.example" else resolve_public(host, port)

    with pytest.raises(FetchError) as caught:
        fetch(f"http://calendar.example:{server.port}/cal.ics", resolve=resolve, limits=Limits(plain=True))
    assert (caught.value.code, len(server.requests)) == ("not-public", 1)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "https://a:b@calendar.example/"])
def test_ss1_a_redirect_to_another_kind_of_address_is_refused(server: WebServer, target: str) -> None:
    server.answers("/cal.ics", status=302, Location=target)
    assert why(server) in {"no-address", "password-in-address"}


@pytest.mark.parametrize("hops", [3, 4])
def test_three_redirects_are_followed_and_no_more(server: WebServer, hops: int) -> None:
    for hop in range(hops):
        server.answers(f"/{hop}", status=302, Location=f"/{hop + 1}")
    server.answers(f"/{hops}", CALENDAR)
    if hops == 3:
        assert get(server, "/0") == CALENDAR
    else:
        assert why(server, "/0") == "redirects"


@pytest.mark.parametrize(("status", "code"), [
    (401, "forbidden"), (403, "forbidden"), (404, "not-found"), (410, "not-found"), (500, "server-error"),
    (204, "server-error"), (304, "server-error")])
def test_a_refusal_is_told_apart(server: WebServer, status: int, code: str) -> None:
    server.answers("/cal.ics", status=status)
    assert why(server) == code


@pytest.mark.parametrize("length", [True, False])
def test_ss2_what_is_too_large_is_given_up(server: WebServer, length: bool) -> None:
    server.answers("/cal.ics", b"x" * 100_001, length=length)
    assert why(server, octets=100_000) == "too-large"


def test_what_is_just_small_enough_is_taken(server: WebServer) -> None:
    server.answers("/cal.ics", b"x" * 100_000, length=False)
    assert len(get(server, octets=100_000)) == 100_000


def test_ss2_a_bomb_is_not_unpacked(server: WebServer) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(300)) + packer.flush()
    server.answers("/cal.ics", bomb, Content_Encoding="gzip")
    assert (len(bomb) < 400_000, why(server)) == (True, "too-large")


def test_a_server_that_packs_although_it_was_asked_not_to_is_understood(server: WebServer) -> None:
    server.answers("/cal.ics", gzip.compress(CALENDAR), Content_Encoding="gzip")
    assert get(server) == CALENDAR
    assert "Accept-Encoding: identity" in server.requests[0]


@pytest.mark.parametrize("body", [gzip.compress(CALENDAR)[:-9], b"no gzip"], ids=["cut off", "no gzip"])
def test_a_packed_body_that_is_broken_is_no_calendar(server: WebServer, body: bytes) -> None:
    server.answers("/cal.ics", body, Content_Encoding="gzip")
    assert why(server) == "no-answer"


def test_a_body_that_breaks_off_is_no_calendar(server: WebServer) -> None:
    server.answers("/cal.ics", CALENDAR[:20], Content_Length="500", length=False)
    assert why(server) == "no-answer"


class Dripping:
    """A server's way to answer: the head at once, then octet by octet; it knows how many it got rid of."""

    def __init__(self, head: bytes, octets: bytes) -> None:
        self.head, self.octets, self.sent = head, octets, 0

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        connection.sendall(self.head)
        for octet in self.octets:
            connection.sendall(bytes([octet]))
            self.sent += 1
            time.sleep(0.1)


@pytest.mark.parametrize(("head", "octets"), [
    (b"HTTP/1.1 200 OK\r\n", b"X-Header: y\r\n" * 5),
    (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 50),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\n", b"x" * 50),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", b"x" * 50)],
    ids=["head", "endless", "closing", "body"])
def test_ss2_a_server_that_sends_a_byte_now_and_then_is_cut_off(
        server: WebServer, head: bytes, octets: bytes) -> None:
    server.paths["/cal.ics"] = dripping = Dripping(head, octets)
    assert why(server, seconds=0.5) == "too-slow"
    assert dripping.sent < len(octets)


def test_ss2_a_server_that_says_nothing_is_cut_off(server: WebServer) -> None:
    server.paths["/cal.ics"] = lambda connection, _request: (connection.recv(1), None)[1]
    assert why(server, seconds=0.3) == "too-slow"


def test_ss2_a_resolver_that_says_nothing_is_left_behind() -> None:
    def asleep(host: str, port: int) -> list[str]:
        time.sleep(3)
        return []

    with pytest.raises(FetchError) as caught:
        fetch("https://calendar.example/", limits=Limits(seconds=0.2), resolve=asleep)
    assert caught.value.code == "too-slow"


def test_nobody_at_home_is_no_answer(server: WebServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(FetchError) as caught:
        fetch(f"http://calendar.example:{port}/", limits=Limits(plain=True), resolve=loopback)
    assert caught.value.code == "no-answer"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for calendar.example that nobody has signed, with its key in the same file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path, "-out", f"{path}.crt",
         "-days", "36500", "-subj", "/CN=calendar.example", "-addext", "subjectAltName=DNS:calendar.example"],
        check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.mark.parametrize(("trusted", "host", "outcome"), [
    (True, "calendar.example", CALENDAR), (False, "calendar.example", "certificate"),
    (True, "other.example", "certificate")])
def test_with_tls_the_name_is_proven_although_the_connection_goes_to_an_address(
        certificate: Path, trusted: bool, host: str, outcome: object) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    ours = ssl.create_default_context(cafile=str(certificate) if trusted else None)
    with web_server(tls=context) as server:
        server.answers("/cal.ics", CALENDAR)
        try:
            got: object = fetch(f"https://{host}:{server.port}/cal.ics", resolve=loopback,
                                limits=Limits(context=ours))
        except FetchError as error:
            got = error.code
    assert got == outcome
