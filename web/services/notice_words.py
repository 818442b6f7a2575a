"""What tasks that came by mail say beyond their sentence."""
from __future__ import annotations

from datetime import datetime

from flask_babel import get_locale

from web.i18n import comma
from web.i18n import gettext as _
from web.models import Notice
from web.services.availability import WEEKDAYS


def reason_sentence(notice: Notice) -> str:
    """Why an answer was not applied, or a mail could not be dealt with; "" where there is no reason."""
    return {
        "unknown-appointment": _("It names an appointment that nobody knows here."),
        "wrong-attendee": _("It answers for somebody who was not invited."),
        "wrong-sender": _("It did not come from the client’s own address."),
        "forged": _("Our mail server says that it was not sent by whom it names."),
        "stale": _("The appointment has changed since, or a newer answer had come."),
        "too-late": _("The appointment has begun or was cancelled."),
        "not-free": _("The client wants to come after all, but the time is no longer free."),
        "no-answer": _("It is neither yes nor no."),
        "unreadable": _("It could not be read."),
        "unknown-sender": _("Nobody here has this address."),
        "too-large": _("It is too large."),
    }.get(notice.details.get("reason", ""), "")


def answer_sentence(notice: Notice) -> str:
    """What an answer that was not applied says."""
    return {"ACCEPTED": _("The answer was yes."), "DECLINED": _("The answer was no."),
            "TENTATIVE": _("The answer was perhaps.")}.get(notice.details.get("answer_was", ""), "")


def proposed(notice: Notice) -> datetime | None:
    """The time that a client's calendar proposes."""
    text = notice.details.get("proposed", "")
    return datetime.fromisoformat(text) if text else None


def suits(notice: Notice) -> str:
    """Which parts of the day and which days a client has ticked; "" where none."""
    parts = {"morning": _("in the morning"), "afternoon": _("in the afternoon")}
    names, details = get_locale().days["format"]["wide"], notice.details
    ticked = [words for part, words in parts.items() if part in details.get("parts", ())]
    days = [str(names[number]) for number, day in enumerate(WEEKDAYS) if day in details.get("days", ())]
    return " · ".join(comma().join(group) for group in (ticked, days) if group)
