"""Somebody who reads pages and sends their forms: a browser without a screen, where none is needed."""
from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """A form with what stands in its fields, and the words on its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: str = ""


class _Forms(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._in_form = False
        self._select = ""

    def handle_starttag(self, tag: str, attributes: Attributes) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
            self._in_form = True
        elif self._in_form and tag == "input" and given.get("name"):
            if given.get("type") not in ("checkbox", "radio", "file") or "checked" in given:
                self.found[-1].fields[given["name"]] = given.get("value", "")
        elif self._in_form and tag == "select":
            self._select = given.get("name", "")
        elif self._in_form and tag == "option" and (
                "selected" in given or self._select not in self.found[-1].fields):
            self.found[-1].fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        if self._in_form:
            self.found[-1].buttons += data


class Visitor:
    """Goes from page to page with cookies."""

    def __init__(self, home: str) -> None:
        self.at = home
        self.text = ""
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def go(self, address: str) -> str:
        """Open a page."""
        return self._read(Request(urljoin(self.at, address)))  # noqa: S310 - our own server

    def send(self, button: str, *, file: Path | None = None, **fields: str) -> str:
        """Send the form with this button, with some fields filled in."""
        parser = _Forms()
        parser.feed(self.text)
        form = next(form for form in parser.found if button in form.buttons)
        body, kind = _body({**form.fields, **fields}, file)
        return self._read(Request(urljoin(self.at, form.action), body, {"Content-Type": kind}))  # noqa: S310

    def wait_at(self, address: str, *, seconds: float) -> None:
        """Load the page again until it has led on to an address that ends so."""
        end = time.monotonic() + seconds
        while not self.at.endswith(address):
            assert time.monotonic() < end, self.at
            time.sleep(0.2)
            self.go(self.at)

    def _read(self, request: Request) -> str:
        with self._opener.open(request, timeout=30) as answer:
            self.at, self.text = answer.url, answer.read().decode()
        return self.text


def _body(fields: dict[str, str], file: Path | None) -> tuple[bytes, str]:
    if file is None:
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    mark = secrets.token_hex(16)
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
                 f"Content-Type: application/octet-stream\r\n\r\n".encode() + file.read_bytes() + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
