"""A mail to a coordinator: that a client has written, and where that stands.

What was written is not in it. A client may write anything, of their asylum or their health, and a
coordinator's mailbox lies with a provider that nobody here has chosen.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from web.render.headers import one_address, phrase, words
from web.render.ical import clean
from web.render.mail import POLICY, Mail
from web.render.wording import office_wording_of


def make_note(facts: Mapping[str, Any], *, message_id: str) -> Mail:
    """Make the mail from its frozen facts: the client's number, the day, and the page to open."""
    wording = office_wording_of(facts["language"])
    gettext = wording.gettext
    said = {"client": wording.isolate(facts["client"]), "link": facts["link"],
            "day": wording.day(date.fromisoformat(facts["day"]))}
    text = "\n\n".join((
        gettext("%(client)s has answered a mail about the appointment on %(day)s.") % said,
        gettext("What was written stands here: %(link)s") % said,
        gettext("It is not in this mail, because mails can be read on their way. "
                "An answer to this mail reaches nobody.")))
    body = EmailMessage(policy=POLICY)
    body.set_content(text + "\n")
    office = " ".join(clean(facts["office"]).split())
    head = "".join(f"{line}\r\n" for line in (
        f"Message-ID: {message_id}",
        f"Date: {format_datetime(datetime.fromisoformat(facts['written_at']))}",
        f"From: {phrase(office)} <{one_address(facts['from_address'])}>",
        f"To: {one_address(facts['recipient'])}",
        f"Subject: {words(gettext('%(client)s has written') % said)}",
        "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All",
        f"Content-Language: {wording.language.tag}"))
    return Mail(sender=facts["from_address"], recipient=facts["recipient"],
                octets=head.encode("ascii") + body.as_bytes())
