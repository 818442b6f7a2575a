"""A mail as octets: text, html and calendar, the same for the same facts however often it is sent."""
from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from web.render.headers import one_address, phrase, words
from web.render.ical import clean
from web.render.invitation import invitation, method_of
from web.render.telling import Telling, telling
from web.render.wording import Wording

# Seven bits on every way; the parts choose between quoted-printable and base64, whichever is shorter.
POLICY = SMTP.clone(cte_type="7bit")
TEMPLATES = Path(__file__).parent.parent / "templates" / "mail"


@dataclass(frozen=True)
class Mail:
    """What is handed to the mail server."""

    sender: str
    recipient: str
    octets: bytes


@cache
def environment() -> Environment:
    """The mails' templates, in the language of the `mail` that they are given."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    made.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, _ngettext, newstyle=True)
    return made


@pass_context
def _gettext(context: Context, sentence: str) -> str:
    wording: Wording = context["mail"].wording
    return wording.gettext(sentence)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, num: int) -> str:
    wording: Wording = context["mail"].wording
    return wording.ngettext(singular, plural, num)


def subject_of(tell: Telling) -> str:
    """What the mail is and when the appointment is; nothing of what it is about (rule M7, PV5)."""
    gettext = tell.wording.gettext
    forms = {
        "invitation": gettext("Invitation: appointment on %(day)s, %(time)s"),
        "update": gettext("Changed: appointment on %(day)s, %(time)s"),
        "cancellation": gettext("Cancelled: appointment on %(day)s, %(time)s"),
        "reminder": gettext("Reminder: appointment on %(day)s, %(time)s"),
        "assistant-new": gettext("New: appointment on %(day)s, %(time)s"),
    }
    if tell.reason == "elsewhere":
        return forms["update"] % {"day": tell.when.day, "time": tell.when.start}
    forms |= {"assistant-moved": forms["update"], "assistant-cancelled": forms["cancellation"]}
    return forms[tell.kind] % {"day": tell.when.day, "time": tell.when.start}


def make_mail(kind: str, facts: Mapping[str, Any], *, link: str, message_id: str) -> Mail:
    """Make the mail of one kind from its frozen facts and the client's secret link."""
    tell = telling(kind, facts, link=link)
    text = environment().get_template(f"{kind}.txt").render(mail=tell)
    html = environment().get_template(f"{kind}.html").render(mail=tell, subject=subject_of(tell))
    entry = invitation(facts, tell)
    identity = hashlib.sha256(message_id.encode()).hexdigest()[:32]

    body = EmailMessage(policy=POLICY)
    body.set_content(text)
    body.add_alternative(html, subtype="html")
    part = EmailMessage(policy=POLICY)
    # As octets, so that nothing on the way changes a line; base64, because Outlook lost entries in
    # quoted-printable; without a Content-Disposition, which would turn the invitation into a file.
    part.set_content(entry, "text", "calendar", cte="base64", params={
        "charset": "utf-8", "method": method_of(kind), "component": "VEVENT"})
    body.attach(part)
    body.set_boundary(f"=_alternative_{identity}")

    message = EmailMessage(policy=POLICY)
    message.make_mixed(boundary=f"=_mixed_{identity}")
    message.attach(body)
    attached = EmailMessage(policy=POLICY)
    attached.set_content(entry, "application", "ics", cte="base64", disposition="attachment",
                         filename="invite.ics")
    message.attach(attached)
    for inner in (body, part, attached, *body.iter_parts()):
        del inner["MIME-Version"]
    more = []
    if kind == "reminder":
        # Only reminders can be turned off; an unread cancellation would cost somebody a journey.
        more = [f"List-Unsubscribe: <{link}/reminders>",
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    head = head_of(facts, subject=subject_of(tell), wording=tell.wording, message_id=message_id, more=more)
    return Mail(sender=facts["from_address"], recipient=facts["recipient"],
                octets=head + message.as_bytes())


def head_of(facts: Mapping[str, Any], *, subject: str, wording: Wording, message_id: str,
            more: Sequence[str] = ()) -> bytes:
    """A mail's first lines, from its facts."""
    # Written here because the standard library of Python 3.11 loses spaces where it folds a long
    # subject of another script, and encodes long identifiers that do not fit a line.
    office = " ".join(clean(facts["office"]).split())
    lines = [
        f"Message-ID: {message_id}",
        f"Date: {format_datetime(datetime.fromisoformat(facts['written_at']))}",
        f"From: {phrase(office)} <{one_address(facts['from_address'])}>",
        f"To: {one_address(facts['recipient'])}",  # no name: it must be the ATTENDEE exactly
        f"Subject: {words(subject)}",
    ]
    if facts.get("reply_to"):
        lines.append(f"Reply-To: {one_address(facts['reply_to'])}")
    if facts["thread"] and facts["thread"] != message_id:
        lines += [f"In-Reply-To: {facts['thread']}", f"References: {facts['thread']}"]
    lines += [*more, "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All",
              f"Content-Language: {wording.language.tag}", "MIME-Version: 1.0"]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")
