"""Mails to assistants: that an appointment of theirs changes soon, and the link to their own pages.

They hold what the assistant's calendar may hold (a number or a first name, and the place) and no more.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from web.render.mail import POLICY, Mail, environment, head_of, subject_of
from web.render.telling import telling
from web.render.wording import Wording, wording_of


@dataclass(frozen=True)
class SignIn:
    """What the mail with a sign-in link tells."""

    wording: Wording
    client: str  # whom it greets
    office: str
    phone: str
    link: str
    until: str
    unread: bool = True  # what is answered to it is about no appointment, and shown nowhere


def make_assistant_mail(kind: str, facts: Mapping[str, Any], *, message_id: str) -> Mail:
    """Make a mail about a change, from its frozen facts. Without a calendar part: the feed has the entry."""
    tell = telling(kind, facts, link="")
    return _mail("assistant", tell, facts, subject=subject_of(tell), message_id=message_id)


def make_sign_in_mail(facts: Mapping[str, Any], *, link: str, message_id: str) -> Mail:
    """Make the mail with a sign-in link."""
    wording = wording_of(facts["language"])
    until = datetime.fromisoformat(facts["until"]).astimezone(ZoneInfo(facts["timezone"]))
    tell = SignIn(wording=wording, client=wording.isolate(facts["client"]), link=link,
                  office=wording.isolate(facts["office"]), phone=wording.left_to_right(facts["phone"]),
                  until=wording.hour(until))
    return _mail("sign-in", tell, facts, subject=wording.gettext("Your sign-in link"), message_id=message_id)


def _mail(template: str, tell: Any, facts: Mapping[str, Any], *, subject: str, message_id: str) -> Mail:
    body = EmailMessage(policy=POLICY)
    body.set_content(environment().get_template(f"{template}.txt").render(mail=tell))
    body.add_alternative(environment().get_template(f"{template}.html").render(mail=tell, subject=subject),
                         subtype="html")
    body.set_boundary(f"=_{message_id[1:33]}")
    for inner in (body, *body.iter_parts()):
        del inner["MIME-Version"]
    head = head_of(facts, subject=subject, wording=tell.wording, message_id=message_id)
    return Mail(sender=facts["from_address"], recipient=facts["recipient"], octets=head + body.as_bytes())
