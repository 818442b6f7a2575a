"""What became of the last reading of an assistant's own calendar: in words, with what to do."""
from __future__ import annotations

from web.i18n import gettext as _
from web.i18n import local_time, ngettext
from web.models import OwnCalendar


def problem_sentence(code: str) -> str:
    """What is wrong, and what helps."""
    by_itself = _("It is tried again by itself.")
    sentences = {
        "no-address": _("This is not the address of a calendar. It begins with https:// or webcal:// and is "
                        "copied from the calendar’s settings."),
        "plain-http": _("The address begins with http://: anybody on the way could read along. "
                        "Use one that begins with https://."),
        "password-in-address": _("The address holds a name or a password. Use one that needs none."),
        "unknown-host": _("There is no server of that name. Copy the address again."),
        "not-public": _("The address leads into a private network. Only the open internet is read."),
        "certificate": _("The server cannot prove who it is. Ask whoever runs it, or upload a file instead."),
        "redirects": _("The address leads on and on. Copy it again from the calendar’s settings."),
        "forbidden": _("The server does not let us read the calendar. Use its secret address, or "
                       "share it by a public link."),
        "not-found": _("There is no calendar at this address any more. Copy the address again."),
        "server-error": _("The server has a fault.") + " " + by_itself,
        "no-answer": _("The server does not answer.") + " " + by_itself,
        "too-slow": _("The server is too slow.") + " " + by_itself,
        "too-large": _("The calendar is larger than 5 MB. Use one with fewer entries."),
        "too-many": _("The calendar has too many entries, or one that repeats too often. Use a smaller one."),
        "not-a-calendar": _("This is a web page or another kind of file, and no calendar. In Google "
                            "Calendar, copy the “Secret address in iCal format”."),
        "not-understood": _("The calendar cannot be understood. Save it again as .ics, and upload "
                            "that file."),
        "incomplete": _("Some entries could not be understood and do not count."),
        "sealed": _("The address can no longer be read here. Remove it and enter it again."),
    }
    return sentences.get(code, by_itself)


def said(calendar: OwnCalendar) -> tuple[str, str]:
    """The last reading in a sentence or two, and their tone: good, warn, bad, info."""
    if calendar.tried_at is None:
        return _("Not read yet: that takes a minute."), "info"
    sentences = []
    if calendar.read_at is not None:
        sentences.append(ngettext("%(num)s busy time, read %(when)s.", "%(num)s busy times, read %(when)s.",
                                  len(calendar.busy), when=local_time(calendar.read_at)))
    if not calendar.problem:
        return sentences[0], "good"
    if calendar.failures:
        sentences.insert(0, _("It could not be read (%(when)s).", when=local_time(calendar.tried_at)))
        sentences.insert(1, problem_sentence(calendar.problem))
        if calendar.read_at is not None:
            sentences.append(_("These go on to count."))
        return " ".join(sentences), "bad"
    return " ".join([*sentences, problem_sentence(calendar.problem)]), "warn"
