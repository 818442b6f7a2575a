"""The main job on PostgreSQL, with the real server and worker, and its back-up as docs/installing.md says."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest
import vobject
from sqlalchemy import create_engine, text

from tests.postgresql import PROGRAMS, PostgreSQL
from tests.story.conftest import EMAIL, PASSWORD, installation
from tests.story.test_story import CLIENTS, mails_to, text_of, wait_for
from tests.story.visitor import Visitor
from web import schema
from web.database import driven

ASSISTANTS = """\
Name;Gender;Country of origin;Languages;Availability;E-mail
Reza M.;M;Iran;Farsi (native), Serbian C1;Mon-Fri 9:00-15:00;reza@example.org
Divine N.;F;Burundi;Kirundi (native), French C1, Serbian C1;Mon-Fri 10-17;divine@example.org
"""


def bring_in(visitor: Visitor, path: Path, kind: str, count: int) -> None:
    visitor.go("/import")
    visitor.send("Read the file", file=path)
    visitor.send("Read it like this", kind=kind)
    visitor.send("Check the rows")
    visitor.send(f"Import {count} rows")


@pytest.mark.timeout(240)
def test_the_main_job_is_done_and_survives_a_restored_back_up(
        postgresql: PostgreSQL, tmp_path: Path) -> None:
    url = postgresql.create()
    with installation(tmp_path, url) as site:
        visitor = Visitor(f"{site.url}/sign-in")
        visitor.go("/sign-in")
        visitor.send("Sign in", email=EMAIL, password=PASSWORD)
        for kind, count, rows in (("assistants", 2, ASSISTANTS), ("clients", 4, CLIENTS)):
            (tmp_path / f"{kind}.csv").write_text(rows, encoding="utf-8-sig")
            bring_in(visitor, tmp_path / f"{kind}.csv", kind, count)

        visitor.go("/rounds/new")
        visitor.send("Create round", title="Next week")
        round_address = visitor.at
        visitor.send("Solve")
        visitor.wait_at("/plan", seconds=60)
        visitor.go(f"{round_address}/publish")
        assert "S-4" in visitor.send("Publish now")

        starts = []
        for number in (1, 2):
            visitor.go(f"/assistants/{number}/calendar")
            visitor.send("Make an address", label="phone")
            address = re.search(r'readonly value="([^"]+)"', visitor.text)
            assert address is not None
            with urlopen(address[1], timeout=10) as answer:  # noqa: S310 - our own server
                calendar = vobject.readOne(answer.read().decode())
            starts += [event.dtstart.value for event in calendar.contents.get("vevent", [])]
        wait_for(lambda: len(site.mails.received) == 4)
        assert len(starts) == 4

        link = re.search(rf"{site.url}/a/\S+", text_of(mails_to(site, "aline@example.org")[0]))
        assert link is not None
        client = Visitor(link[0])
        client.go(link[0])
        client.send("Sinshobora kuza")  # I cannot come, in Kirundi
        wait_for(lambda: len(mails_to(site, "aline@example.org")) == 2)

    def libpq(program: str, *arguments: str | Path) -> None:
        subprocess.run([PROGRAMS / program, *arguments], check=True, capture_output=True)

    copy, again = tmp_path / "saputnik.dump", postgresql.create()
    libpq("pg_dump", "--format=custom", f"--file={copy}", f"--dbname={url}")
    libpq("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={again}", copy)
    engine = create_engine(driven(again))
    schema.require_newest(engine)
    with engine.connect() as connection:
        states = connection.execute(text("SELECT state, count(*) FROM appointments GROUP BY state")).all()
    engine.dispose()
    assert sorted(map(tuple, states)) == [("cancelled", 1), ("invited", 3)]
    for each in (url, again):
        postgresql.drop(each)
