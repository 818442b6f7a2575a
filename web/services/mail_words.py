"""What a mail's state is called where people read it, beside its appointment (rule D6)."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from web.i18n import gettext as _
from web.i18n import local_time, ngettext, number
from web.models import Message


@dataclass(frozen=True)
class MailState:
    """A word, the tone of its badge, and what else there is to know."""

    word: str
    tone: str
    more: str = ""


def kind_of(mail: Message) -> str:
    """What a mail is."""
    if mail.kind == "reminder" and mail.hours_ahead:
        if mail.hours_ahead % 24 == 0:
            return ngettext("Reminder, a day before", "Reminder, %(num)s days before", mail.hours_ahead // 24)
        return ngettext("Reminder, an hour before", "Reminder, %(num)s hours before", mail.hours_ahead)
    kinds = {"invitation": _("Invitation"), "update": _("Update"), "cancellation": _("Cancellation"),
             "reminder": _("Reminder"), "note": _("To a coordinator"),
             "assistant-new": _("To the assistant: new"), "assistant-moved": _("To the assistant: moved"),
             "assistant-cancelled": _("To the assistant: cancelled"), "sign-in": _("Sign-in link"),
             "farewell": _("To the former address")}
    return kinds.get(mail.kind, mail.kind)


def state_of(mail: Message) -> MailState:
    """How far a mail came, and what the server said where it did not come far."""
    if mail.state == "queued" and mail.attempts:
        return MailState(_("could not be sent yet"), "warn",
                         _("Next try: %(when)s", when=local_time(mail.next_attempt_at)))
    if mail.state == "sent" and mail.sent_at is not None:
        return MailState(_("sent"), "good", local_time(mail.sent_at))
    states = {
        "queued": (_("waits to be sent"), "info"), "claimed": (_("being sent"), "info"),
        "handover": (_("being sent"), "info"), "sent": (_("sent"), "good"),
        "failed": (_("refused by the mail server"), "bad"),
        "refused": (_("there is no such mailbox, says the mail server"), "bad"),
        "too-late": (_("too late, not sent"), "bad"),
        "superseded": (_("replaced by a newer mail"), "neutral"),
        "uncertain": (_("may or may not have arrived"), "warn"),
        "bounced": (_("came back, not delivered"), "bad"),
    }
    word, tone = states.get(mail.state, (mail.state, "neutral"))
    return MailState(word, tone)


def limit_reached(channel: str, span: timedelta, most: int) -> str:
    """Why mails wait that could leave, were it not for what the provider takes."""
    spans = {timedelta(minutes=1): _("in one minute"), timedelta(hours=1): _("in one hour")}
    values = {"most": number(most), "span": spans.get(span, _("in 24 hours"))}
    if channel == "sms":
        return _("The limit of your SMS provider is reached (%(most)s %(span)s). "
                 "What waits leaves by itself, as soon as it may.", **values)
    return _("The limit of your mail provider is reached (%(most)s %(span)s). "
             "What waits leaves by itself, as soon as it may.", **values)


def words_of_server(mail: Message) -> str:
    """What the mail server said, where somebody should know."""
    tried = mail.state == "queued" and mail.attempts > 0
    troubled = tried or mail.state in ("failed", "refused", "uncertain", "bounced")
    return mail.last_answer if troubled else ""
