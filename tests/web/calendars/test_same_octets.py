"""F8: the same data gives the same octets in every process: whatever its hashes, zone and locale are."""
from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.web.conftest import NOW
from tests.web.render.test_mail import facts
from tests.web.settings import make_settings
from web import create_app
from web.models import Assistant, Office
from web.render import feed
from web.render.mail import make_mail

ROOT = Path(__file__).parents[3]


def everything() -> list[str]:
    """The hash of a feed in each of three languages, and of the calendar part of each kind of mail."""
    office = Office(public_name="Info Point", timezone="Europe/Belgrade", first_name_in_feed=False)
    entries = {feed.Entry(
        uid=f"{number}@example.org", sequence=number, revised_at=NOW, created_at=NOW,
        starts_at=NOW + timedelta(hours=number % 7), ends_at=NOW + timedelta(hours=8),
        cancelled=number % 3 == 0, code=f"C-{number}", first_name="Zahra", place="Office",
        address="Nemanjina 1") for number in range(40)}
    made = []
    with create_app(make_settings("sqlite://")).app_context():
        for language in ("en", "sr", "fa"):
            assistant = Assistant(mail_language=language, first_name_in_feed=False)
            made.append(feed.render(office, assistant, entries))  # a set: in the order of its hashes
    for kind in ("invitation", "update", "cancellation", "reminder"):
        mail = message_from_bytes(make_mail(kind, facts(kind, "ps"), link="https://example.org/a/x",
                                            message_id="<1@example.org>").octets)
        made += [part.get_payload(decode=True) for part in mail.walk()  # type: ignore[misc]
                 if part.get_content_type() in ("text/calendar", "application/ics")]
    return [hashlib.sha256(octets).hexdigest() for octets in made]


@pytest.mark.long  # another process imports all of the application
def test_f8_a_process_with_other_hashes_zone_and_locale_writes_the_same_octets() -> None:
    code = "from tests.web.calendars.test_same_octets import everything; print(*everything())"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
                         env={**os.environ, "PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C"})
    other, here = ran.stdout.split(), everything()
    assert other == here
    assert (len(here), len(set(here))) == (11, 5)  # of the mails: what asks is alike, what cancels is not
