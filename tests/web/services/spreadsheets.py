"""An office with topics, and files brought in to it."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.web.conftest import NOW
from web.models import Client, Topic, db
from web.reading.result import Fault, Question
from web.services import catalogue, import_files, importing

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(autouse=True)
def office_with_topics(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        from web.models import use_office

        use_office(1)
        db.session.add_all(Topic(**topic) for topic in catalogue.default_topics())
        db.session.commit()
        yield


def upload(content: bytes | str, kind: str = "") -> int:
    if isinstance(content, str):
        content = content.encode()
    file = import_files.upload(
        content=content, filename="people.csv", kind=kind, max_bytes=1_000_000, max_rows=1000, now=NOW
    )
    import_files.choose_columns(
        file_id=file.id, mapping={int(column): name for column, name in file.mapping.items()}
    )
    return file.id


def upload_file(name: str) -> int:
    return upload((DATA / name).read_bytes())


def answer_all(file_id: int) -> None:
    questions = importing.preview(file_id).checked.questions
    importing.answer(
        file_id=file_id,
        own={},
        answers={key: asked.question.options[0].answer for key, asked in questions.items()},
    )


def commit(file_id: int) -> importing.Done:
    return importing.commit(file_id=file_id, user_id=1, now=NOW)


def states(file_id: int) -> dict[int, str]:
    return {row.number: row.state for row in importing.preview(file_id).checked.rows}


def marked(file_id: int) -> dict[int, list[tuple[int | None, str]]]:
    """The marked cells by row: column and code of the fault or question."""
    return {
        row.number: [
            (each.column, each.found.code)
            for each in row.findings
            if isinstance(each.found, Fault | Question)
        ]
        for row in importing.preview(file_id).checked.rows
        if row.waits
    }


def client(code: str) -> Client:
    found: Client = db.session.scalars(db.select(Client).where(Client.code == code)).one()
    return found
