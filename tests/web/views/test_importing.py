"""The import pages as a coordinator walks through them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.web.browser import Browser
from web.models import Client, ImportFile, Topic, User, db
from web.services import catalogue

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(autouse=True)
def _topics(user: User) -> None:
    db.session.add_all(Topic(**topic) for topic in catalogue.default_topics())
    db.session.commit()


def upload(browser: Browser, content: bytes, name: str = "people.csv", kind: str = "") -> TestResponse:
    return browser.post("/import", data={"file": (io.BytesIO(content), name), "kind": kind})


def columns_of(page: str) -> dict[str, str]:
    """What the page's selects have chosen."""
    return {
        name: next(iter(re.findall(r'<option value="([^"]*)" selected', options)), "")
        for name, options in re.findall(r'<select name="(column-\d+)"[^>]*>(.*?)</select>', page, re.S)
    }


def checked(browser: Browser, name: str = "clients-habits.csv") -> str:
    """Upload a file, take the columns as they are offered, and return its page's address."""
    address = upload(browser, (DATA / name).read_bytes(), name).headers["Location"]
    answer = browser.post(address, data=columns_of(browser.get(address).text))
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_the_whole_way_from_a_file_to_clients(coordinator: Browser) -> None:
    address = checked(coordinator)
    page = coordinator.get(address).text
    assert "“Kirundi” has no level." in page
    assert "Write it as name@example.org, or leave it empty." in page
    keys = re.findall(r'name="key-(\d+)" value="([^"]*)"', page)
    form = {"questions": str(len(keys)), **{f"key-{number}": key for number, key in keys}}
    number = next(number for number, key in keys if key.startswith("deadline"))
    assert coordinator.post(f"{address}/answers", data={**form, f"answer-{number}": "by"}).status_code == 303
    assert (
        coordinator.post(
            f"{address}/rows/4", data={"cell-4": "Kirundi (native)", "cell-8": "Mon 9-17"}
        ).headers["Location"]
        == f"{address}#row-4"
    )
    answer = coordinator.post(f"{address}/commit")
    assert answer.headers["Location"] == address
    page = coordinator.get(address).text
    assert "Imported: 4 added, 0 changed, 0 unchanged." in page
    assert "7 rows still need you. They are kept here for a day." in page
    assert sorted(db.session.scalars(db.select(Client.code))) == ["T-01", "T-02", "T-03", "T-04"]


def test_a_finished_file_leads_to_the_people(coordinator: Browser) -> None:
    address = checked(coordinator, "klijenti-1250.csv")
    assert coordinator.post(f"{address}/commit").headers["Location"] == "/clients"
    assert coordinator.get(address).status_code == 404


def test_faulty_cells_are_marked_in_words_and_can_be_corrected_there(coordinator: Browser) -> None:
    page = coordinator.get(checked(coordinator)).text
    row = page[page.index('<tr id="row-9"') : page.index('<tr id="row-10"')]
    assert '<td class="import-bad">' in row
    assert "16:00–14:00 ends before it begins." in row
    assert re.findall(r'<input type="text" id="cell-9-8" name="cell-8" value="([^"]*)"', row) == [
        "Fri 16:00-14:00"
    ]


def test_all_rows_or_only_those_that_need_somebody_are_shown(coordinator: Browser) -> None:
    address = checked(coordinator)
    shown = [
        re.findall(r'<tr id="row-(\d+)"', coordinator.get(address + query).text)
        for query in ("", "?show=all")
    ]
    assert shown == [[str(number) for number in range(4, 13)], [str(number) for number in range(2, 15)]]


def test_a_wrong_answer_is_told_beside_its_question(coordinator: Browser) -> None:
    address = checked(coordinator)
    keys = re.findall(r'name="key-(\d+)" value="([^"]*)"', coordinator.get(address).text)
    number = next(number for number, key in keys if key == "hours:9-5")
    answer = coordinator.post(
        f"{address}/answers",
        data={
            "questions": str(len(keys)),
            **{f"key-{each}": key for each, key in keys},
            f"answer-{number}": "own",
            f"own-{number}": "sometimes",
        },
    )
    assert answer.status_code == 422
    assert (
        f'<p class="error" id="q-{number}-error">“sometimes” cannot be read as a day or a time.'
        in answer.text
    )
    assert f'name="own-{number}" value="sometimes"' in answer.text


def test_two_columns_of_one_kind_are_refused_with_the_choice_kept(coordinator: Browser) -> None:
    address = upload(coordinator, b"Code;Name;X\nT-1;Ana;a\n").headers["Location"]
    answer = coordinator.post(address, data={"column-0": "code", "column-1": "name", "column-2": "name"})
    assert answer.status_code == 422
    assert "Column 2 is this already. Choose another." in answer.text
    assert columns_of(answer.text) == {"column-0": "code", "column-1": "name", "column-2": "name"}


def test_the_header_row_and_the_kind_can_be_chosen(coordinator: Browser) -> None:
    address = upload(coordinator, b"x;y\nName;Topics\nAna;sve\n").headers["Location"]
    assert (
        coordinator.post(
            address.replace("/columns", "/table"), data={"kind": "assistants", "sheet": "0", "header": "2"}
        ).status_code
        == 303
    )
    assert columns_of(coordinator.get(address).text) == {"column-0": "name", "column-1": "topics"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n", "This is a picture."),
        (b"<html></html>", "This is a web page"),
        (b"", "The file is empty."),
    ],
)
def test_what_is_no_spreadsheet_is_refused_on_the_page(
    coordinator: Browser, content: bytes, sentence: str
) -> None:
    answer = upload(coordinator, content)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalars(db.select(ImportFile.id)).all() == []


def test_no_file_is_told(coordinator: Browser) -> None:
    answer = coordinator.post("/import", data={"kind": ""})
    assert (answer.status_code, "Choose a file." in answer.text) == (422, True)


def test_what_a_file_says_is_never_markup(coordinator: Browser) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    address = upload(coordinator, f"Code;Name;{evil}\nT-1;{evil};{evil}\n".encode(), f"{evil}.csv").headers[
        "Location"
    ]
    page = coordinator.get(address).text
    coordinator.post(address, data={"column-0": "code", "column-1": "name", "column-2": "languages"})
    assert "<img" not in page + coordinator.get(address.replace("/columns", "")).text


def test_a_files_name_is_only_shown(coordinator: Browser) -> None:
    upload(coordinator, b"Code;Name\nT-1;Ana\n", "../../etc/passwd\u202e.csv")
    assert db.session.scalars(db.select(ImportFile.filename)).all() == ["passwd.csv"]


def test_the_rows_to_correct_are_a_download(coordinator: Browser) -> None:
    answer = coordinator.get(f"{checked(coordinator)}/faulty.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rows-to-correct.csv"'
    assert answer.data[:3] == b"\xef\xbb\xbf"


def test_a_file_can_be_forgotten(coordinator: Browser) -> None:
    address = checked(coordinator)
    assert coordinator.post(f"{address}/discard").headers["Location"] == "/import"
    assert db.session.scalars(db.select(ImportFile.id)).all() == []
    assert coordinator.get(address).status_code == 404


def test_strangers_are_sent_to_the_sign_in(anonymous: Browser) -> None:
    assert [anonymous.get(path).status_code for path in ("/import", "/import/1", "/import/1/faulty.csv")] == [
        303
    ] * 3
