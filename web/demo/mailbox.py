"""A mail server that delivers to nobody, and a page on which its mails can be read.

For the demonstration only: it listens on this machine alone and keeps mails in a folder.
"""
from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask, Response, abort, render_template, request

PARSER = email.policy.default


class Keeper:
    """Writes each mail that arrives to `folder` as 00001.eml, 00002.eml, …"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.count = len(list(folder.glob("*.eml")))

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        self.count += 1
        path = self.folder / f"{self.count:05}.eml"
        arriving = path.with_suffix(".arriving")
        arriving.write_bytes(envelope.original_content)
        arriving.rename(path)
        return "250 kept"


def start_mail_server(folder: Path, *, host: str, port: int) -> Controller:
    """Start the SMTP server in a thread of its own; `stop()` ends it."""
    controller = Controller(Keeper(folder), hostname=host, port=port)
    controller.start()
    return controller


@dataclass(frozen=True)
class Mail:
    """A kept mail as the page shows it."""

    number: int
    message: EmailMessage

    @property
    def language(self) -> str:
        return str(self.message.get("Content-Language", ""))

    @property
    def when(self) -> str:
        sent = self.message.get("Date")
        return parsedate_to_datetime(str(sent)).strftime("%Y-%m-%d %H:%M:%S") if sent else ""

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return str(part.get_content()) if part else ""

    @property
    def calendar(self) -> str:
        for part in self.message.walk():
            if part.get_content_type() == "text/calendar":
                return str(part.get_content())
        return ""


def read_mails(folder: Path) -> list[Mail]:
    """All kept mails, the newest first."""
    mails = []
    for path in sorted(folder.glob("*.eml"), reverse=True):
        message = email.message_from_bytes(path.read_bytes(), policy=PARSER)
        mails.append(Mail(int(path.stem), message))
    return mails


def mailbox_app(folder: Path, *, home: str) -> Flask:
    """The mailbox page; `home` is the address of the application that it belongs to."""
    app = Flask(__name__, static_folder=str(Path(__file__).parent.parent / "static"))

    @app.get("/")
    def mails() -> str:
        wanted = request.args.get("q", "").casefold()
        found = [mail for mail in read_mails(folder)
                 if wanted in f"{mail.message['To']} {mail.message['Subject']} {mail.language}".casefold()]
        return render_template("mails.html", mails=found, home=home, wanted=request.args.get("q", ""))

    def mail_or_404(number: int) -> Mail:
        found = next((mail for mail in read_mails(folder) if mail.number == number), None)
        return found or abort(404)

    @app.get("/<int:number>")
    def mail(number: int) -> str:
        return render_template("mail.html", mail=mail_or_404(number), home=home)

    @app.get("/<int:number>/html")
    def html(number: int) -> Response:
        # What stands in a mail is shown in a frame that may do nothing but look like a mail.
        answer = Response(mail_or_404(number).html, content_type="text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = (
            "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; "
            "style-src 'unsafe-inline'; frame-ancestors 'self'")
        return answer

    @app.get("/<int:number>/invite.ics")
    def calendar(number: int) -> Response:
        return Response(mail_or_404(number).calendar, content_type="text/calendar; charset=utf-8")

    @app.get("/<int:number>/source")
    def source(number: int) -> Response:
        return Response(mail_or_404(number).message.as_bytes(), content_type="text/plain; charset=utf-8")

    return app
