"""Which calendar program a User-Agent speaks of, in words that somebody knows their device by."""
from __future__ import annotations

import re

from web.i18n import gettext as _

# In this order: many programs also call themselves Mozilla, and some name the system that they run on.
_NAMES = (
    (r"google-calendar-importer", "Google Calendar"),
    (r"thunderbird", "Thunderbird"),
    (r"icsx5|icsdroid", "ICSx⁵"),
    (r"davx5|davdroid", "DAVx⁵"),
    (r"nextcloud|owncloud", "Nextcloud"),
    (r"vdirsyncer|khal", "vdirsyncer"),
    (r"evolution", "GNOME Evolution"),
    (r"microsoft office|microsoft outlook|ms-office|outlook-(ios|android)", "Outlook"),
    (r"microsoft.?exchange|exchangeservices|owa/|outlook\.com", "Outlook.com / Microsoft 365"),
)
_BROWSERS = ((r"edg[ea]?/", "Edge"), (r"firefox|fxios", "Firefox"), (r"chrome|crios|chromium", "Chrome"),
             (r"safari", "Safari"))


def program_of(user_agent: str) -> str:
    """The program in words; "" where it did not say."""
    known = user_agent.lower()
    if not known.strip():
        return ""
    if re.match(r"(ios|ipados)/", known) or ("dataaccessd" in known and "mac" not in known):
        return _("Calendar on an iPhone or iPad")
    if re.search(r"calendaragent|ical/|coredav", known) or re.match(r"mac ?os", known):
        return _("Calendar on a Mac")
    for pattern, name in _NAMES:
        if re.search(pattern, known):
            return name
    if "mozilla" in known:
        browser = next((name for pattern, name in _BROWSERS if re.search(pattern, known)), "")
        return _("a web browser (%(name)s)", name=browser) if browser else _("a web browser")
    # The first word of most programs is their name.
    return re.split(r"[/\s(]", user_agent.strip())[0][:40] or _("another program")
