"""How long a large spreadsheet takes from upload to commit: `python -m benchmarks.importing [rows]`.

Every row is another person with free-text languages, wishes, times and needs, as offices write them; the
same file is then imported again, which must change nothing. Prints seconds and rows a second.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from flask import Flask

from web import create_app
from web.models import Office, Topic, User, db, use_office
from web.services import catalogue, import_files, importing
from web.settings import load_settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEADER = (
    "Case no.",
    "Name and surname",
    "Sex",
    "Country of origin",
    "Languages (level)",
    "Wish: origin of assistant",
    "Wish: gender",
    "Needs",
    "Free when",
    "Urgency",
    "E-mail",
    "Phone",
    "Registered",
    "Remarks",
)
LANGUAGES = (
    "Dari (native), Pashto (B2)",
    "Arabic (Levantine) (native), English (A2)",
    "Somali (native)",
    "Kirundi (native), French (B2)",
    "Farsi native, Serbian A2",
)
HOURS = (
    "Mon–Thu 08:30–12:30",
    "Tue & Thu 12:00-18:00",
    "pon-sre 09-12, pet 10-14",
    "weekdays after 14:00",
    "2026-12-08 09:00-15:00, 2026-12-10 09:00-12:00",
)
NEEDS = (
    "work permit; bank account",
    "NES certificate",
    "orientation; Serbian practice",
    "health certificate",
)


def spreadsheet(rows: int) -> bytes:
    """A file of invented people."""
    rng = random.Random(5)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(HEADER)
    for number in range(rows):
        writer.writerow(
            (
                f"X-{number:05}",
                f"Person {number:05} Invented",
                rng.choice("MF"),
                rng.choice(("Afghanistan", "Syria", "Somalia", "Burundi", "Iran")),
                rng.choice(LANGUAGES),
                rng.choice(("", "prefers same country", "NOT same country")),
                rng.choice(("", "prefers a woman")),
                rng.choice(NEEDS),
                rng.choice(HOURS),
                rng.choice(("low", "medium", "high", "")),
                f"person{number}@example.org",
                f"+381 6{number % 6} {number // 1000 + 100} {number % 10000:04}",
                rng.choice(("12.11.2026.", "2026-10-21", "17/09/2026")),
                rng.choice(("", "two small children")),
            )
        )
    return out.getvalue().encode("utf-8-sig")


def main() -> None:
    """Measure and print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    content = spreadsheet(rows)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"SAPUTNIK_SECRET_KEY": "benchmark" * 5})
        app = create_app(replace(settings, database_url=f"sqlite:///{Path(folder) / 'saputnik.db'}"))
        for attempt in ("first", "again"):
            with _office(app):
                seconds, done = _import(content)
            total = sum(seconds.values())
            parts = ", ".join(f"{name} {spent:.2f} s" for name, spent in seconds.items())
            print(
                f"{attempt}: {rows} rows in {total:.2f} s ({rows / total:.0f} rows/s): {parts}; "
                f"added {done.added}, changed {done.changed}, unchanged {done.unchanged}, "
                f"waiting {done.waiting}"
            )


@contextmanager
def _office(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        db.create_all()
        office = db.session.get(Office, 1)
        if office is None:
            office = Office(name="Info Point", public_name="Info Point", levels=[])
            db.session.add(office)
            db.session.flush()
            use_office(office.id)
            db.session.add(User(email="mira@example.org", name="Mira", password_hash="", created_at=NOW))
            db.session.add_all(Topic(**topic) for topic in catalogue.default_topics())
        use_office(office.id)
        db.session.commit()
        yield
        db.session.remove()


def _import(content: bytes) -> tuple[dict[str, float], importing.Done]:
    seconds: dict[str, float] = {}
    start = perf_counter()
    file = import_files.upload(
        content=content, filename="people.csv", kind="", max_bytes=len(content), max_rows=100_000, now=NOW
    )
    file_id, mapping = file.id, {int(column): name for column, name in file.mapping.items()}
    import_files.choose_columns(file_id=file_id, mapping=mapping)
    seconds["read"] = perf_counter() - start
    start = perf_counter()
    importing.preview(file_id)
    seconds["dry run"] = perf_counter() - start
    start = perf_counter()
    done = importing.commit(file_id=file_id, user_id=1, now=NOW)
    seconds["commit"] = perf_counter() - start
    return seconds, done


if __name__ == "__main__":
    main()
