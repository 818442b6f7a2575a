"""From a spreadsheet to people: what comes in, what waits, what is asked, and what never happens."""

from __future__ import annotations

import csv
import io
from datetime import date, time

import pytest

from tests.web.services.spreadsheets import (
    answer_all,
    client,
    commit,
    marked,
    office_with_topics,
    states,
    upload,
    upload_file,
)
from web.models import Assistant, Client, ImportFile, db
from web.services import import_files, importing
from web.services.errors import InvalidInputError, NotFoundError
from web.services.import_files import table_of

__all__ = ["office_with_topics"]  # a fixture


def test_columns_are_guessed_from_english_and_serbian_headers() -> None:
    guessed = {}
    for name in ("clients-habits.csv", "assistants-habits.xlsx", "klijenti-1250.csv"):
        file = db.session.get_one(ImportFile, upload_file(name))
        guessed[name] = (file.kind, table_of(file).header_number, list(file.mapping.values()))
    assert guessed == {
        "clients-habits.csv": (
            "clients",
            1,
            [
                "code",
                "name",
                "gender",
                "origin",
                "languages",
                "origin_wish",
                "gender_wish",
                "needs",
                "hours",
                "urgency",
                "email",
                "phone",
                "registered_on",
                "remarks",
            ],
        ),
        "assistants-habits.xlsx": (
            "assistants",
            3,
            [
                "name",
                "gender",
                "origin",
                "languages",
                "hours",
                "max_clients",
                "max_minutes_per_week",
                "email",
                "phone",
                "topics",
                "remarks",
            ],
        ),
        "klijenti-1250.csv": (
            "clients",
            1,
            [
                "code",
                "first_name",
                "last_name",
                "gender",
                "origin",
                "languages",
                "needs",
                "hours",
                "urgency",
                "gender_wish",
                "phone",
                "remarks",
            ],
        ),
    }


def test_columns_without_a_telling_header_are_guessed_from_their_cells() -> None:
    file_id = upload(
        "Name;A;B;C;D;E\nAna A;F;Iran;Farsi (native);ana@example.org;Mon 9-12\n"
        "Iva B;M;Syria;Dari (native);iva@example.org;Tue 9-12\n"
    )
    assert list(db.session.get_one(ImportFile, file_id).mapping.values()) == [
        "name",
        "gender",
        "origin",
        "languages",
        "email",
        "hours",
    ]


def test_each_fault_and_question_stands_at_its_cell() -> None:
    assert marked(upload_file("clients-habits.csv")) == {
        4: [(4, "languages.no-level"), (8, "hours.which-days-and-half")],
        5: [(9, "urgency.deadline")],
        6: [(3, "countries.near"), (9, "urgency.deadline")],
        7: [(0, "rows.code-twice")],
        8: [(4, "languages.empty")],
        9: [(8, "hours.end-before-start")],
        10: [(10, "contacts.email"), (2, "genders.empty")],
        11: [(1, "formula"), (7, "topics.near")],
        12: [(7, "topics.unknown")],
    }


def test_blank_and_total_rows_are_shown_as_skipped() -> None:
    rows = importing.preview(upload_file("clients-habits.csv")).checked.rows
    assert [(row.number, row.reason) for row in rows if row.state == "skipped"] == [
        (13, "blank"),
        (14, "total"),
    ]


def test_good_rows_come_in_and_the_others_wait() -> None:
    file_id = upload_file("clients-habits.csv")
    assert commit(file_id) == importing.Done(added=2, changed=0, unchanged=0, waiting=9)
    assert sorted(db.session.scalars(db.select(Client.code))) == ["T-01", "T-02"]
    assert sorted(states(file_id)) == [4, 5, 6, 7, 8, 9, 10, 11, 12]


def test_a_row_becomes_a_client_with_everything_it_says() -> None:
    file_id = upload_file("clients-habits.csv")
    answer_all(file_id)
    commit(file_id)
    samira, shirin = client("T-01"), client("T-04")
    assert (
        samira.name,
        samira.gender,
        samira.origin,
        samira.languages,
        samira.gender_wish,
        samira.weight,
    ) == ("Samira Osman", "female", "SO", {"so": "native", "en": "B1"}, "prefer-female", 3)
    assert (samira.email, samira.phone, samira.registered_on, samira.remarks) == (
        "samira@example.org",
        "+381 61 2223344",
        date(2026, 11, 12),
        "travels with a son",
    )
    assert [(row.weekdays, row.start, row.end) for row in samira.weekly_hours] == [
        (["mon", "tue", "wed", "thu"], time(8, 30), time(12, 30))
    ]
    assert [need.topic.code for need in samira.needs] == ["health-certificate", "orientation"]
    assert (shirin.weight, shirin.origin_wish, shirin.remarks, [need.by for need in shirin.needs]) == (
        5,
        "require-different",
        "papers end 18.12.2026",
        [date(2026, 12, 18)],
    )


def test_serbian_names_and_words_are_read_from_windows_1250() -> None:
    file_id = upload_file("klijenti-1250.csv")
    assert commit(file_id) == importing.Done(added=2, changed=0, unchanged=0, waiting=0)
    zeljka = client("K-1")
    assert (zeljka.name, zeljka.first_name, zeljka.gender_wish, zeljka.weight, zeljka.phone) == (
        "Željka Čolić",
        "Željka",
        "require-female",
        5,
        "+381 61 2223344",
    )
    assert [need.topic.code for need in zeljka.needs] == ["work-permit", "bank-account"]


def test_assistants_are_asked_about_and_then_come_in() -> None:
    file_id = upload_file("assistants-habits.xlsx")
    assert marked(file_id) == {5: [(10, "accepts.open")], 6: [(9, "topics.empty"), (10, "accepts.open")]}
    answer_all(file_id)
    assert commit(file_id) == importing.Done(added=3, changed=0, unchanged=0, waiting=0)
    rows = db.session.scalars(db.select(Assistant).order_by(Assistant.id)).all()
    assert [
        (
            row.code,
            row.name,
            row.max_clients,
            row.max_minutes_per_week,
            row.all_topics,
            sorted(topic.code for topic in row.topics),
            row.accepts_genders,
            row.phone,
        )
        for row in rows
    ] == [
        ("A-1", "Parisa K.", 12, 960, True, [], None, "+381 61 2223344"),
        ("A-2", "Fabrice N.", 6, 450, False, ["bank-account", "orientation"], ["female"], ""),
        ("A-3", "Salma H.", 8, 720, True, [], ["female"], ""),
    ]


def test_a_correction_is_checked_at_once() -> None:
    file_id = upload_file("clients-habits.csv")
    import_files.correct_row(file_id=file_id, number=4, cells={4: "Kirundi (native)", 8: "Mon 9-17"})
    assert states(file_id)[4] == "added"
    with pytest.raises(NotFoundError):
        import_files.correct_row(file_id=file_id, number=99, cells={0: "x"})


def test_an_answer_counts_for_every_row_and_can_be_taken_back() -> None:
    file_id = upload_file("clients-habits.csv")
    (key,) = [key for key in importing.preview(file_id).checked.questions if key.startswith("deadline")]
    assert importing.preview(file_id).checked.questions[key].rows == [5, 6]
    assert importing.answer(file_id=file_id, answers={key: "remark"}, own={}) == 1
    assert (states(file_id)[5], marked(file_id)[6]) == ("added", [(3, "countries.near")])
    importing.take_back(file_id=file_id, key=key)
    assert states(file_id)[5] == "open"


def test_a_question_about_times_takes_times_of_ones_own() -> None:
    file_id = upload("Code;Name;Sex;Country;Languages;Free when\nT-1;Ana A;F;Iran;Farsi native;9-5\n")
    (key,) = importing.preview(file_id).checked.questions
    with pytest.raises(InvalidInputError):
        importing.answer(file_id=file_id, answers={key: "own"}, own={key: "sometimes"})
    with pytest.raises(InvalidInputError):
        importing.answer(file_id=file_id, answers={key: "Mon 1-2"}, own={})
    importing.answer(file_id=file_id, answers={key: "own"}, own={key: "utorak 9-17"})
    commit(file_id)
    assert [row.weekdays for row in client("T-1").weekly_hours] == [["tue"]]


@pytest.mark.parametrize(("hours", "state"), [
    ("28.3.2027 02:30-10:00", "faulty"), ("31.10.2027 01:00-02:30", "faulty"),
    ("28.3.2027 03:00-10:00", "added")])
def test_t5_a_time_that_comes_twice_or_never_is_a_fault_of_its_row(hours: str, state: str) -> None:
    file_id = upload(f"Code;Name;Sex;Country;Languages;Free when\nT-1;Ana A;F;Iran;Farsi native;{hours}\n")
    assert states(file_id) == {2: state}


def test_a_missing_column_is_told_at_the_row() -> None:
    file_id = upload("Code;Name;Country;Languages\nT-1;Ana A;Iran;Farsi native\n")
    assert marked(file_id) == {2: [(None, "rows.no-column")]}


def test_two_columns_cannot_be_the_same_field() -> None:
    file_id = upload("Code;Name;Mail;Other\nT-1;Ana A;a@example.org;b@example.org\n")
    with pytest.raises(InvalidInputError) as caught:
        import_files.choose_columns(file_id=file_id, mapping={0: "code", 2: "email", 3: "email"})
    assert list(caught.value.faults) == ["column-3"]
    with pytest.raises(InvalidInputError) as caught:
        import_files.choose_columns(file_id=file_id, mapping={2: "email"})
    assert list(caught.value.faults) == ["columns"]


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-1+1", "'=1+1", "＝1+1", "|cmd"]
)
def test_formulas_are_faults(text: str) -> None:
    assert list(
        marked(
            upload(f'Code;Name;Sex;Country;Languages;Remarks\nT-1;Ana A;F;Iran;Farsi native;"{text}"\n')
        ).values()
    ) == [[(5, "formula")]]


@pytest.mark.parametrize("text", ["- has a lawyer", "+381 61 222 3344", "-", "a=b", "– waits"])
def test_what_only_begins_like_a_formula_is_none(text: str) -> None:
    assert states(
        upload(f'Code;Name;Sex;Country;Languages;Remarks\nT-1;Ana A;F;Iran;Farsi native;"{text}"\n')
    ) == {2: "added"}


def test_the_rows_that_wait_come_as_a_harmless_file() -> None:
    shown = importing.preview(upload_file("clients-habits.csv"))
    text = importing.faulty_csv(shown)
    assert text[0] == "\ufeff"
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    assert rows[0][:4] == ["What to correct", "Row", "Case no.", "Name and surname"]
    assert [row[1] for row in rows[1:]] == ["4", "5", "6", "7", "8", "9", "10", "11", "12"]
    assert rows[8][3].startswith("'=HYPERLINK")
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "@", "|")]


@pytest.mark.parametrize(("header", "cells"), [
    ("Channel", ("SMS", "paper card")), ("Kanal", ("sms poruka", "telefonom")),
    ("Начин обавештавања", ("СМС", "картица"))])
def test_a_column_says_how_clients_are_told(header: str, cells: tuple[str, str]) -> None:
    rows = "".join(f"T-{number};{name};F;Afghanistan;Dari (native);work permit;9-12;{cell}\n"
                   for number, (name, cell) in enumerate(zip(("Ana", "Ceca"), cells, strict=True)))
    file_id = upload(f"No;Name;Sex;Country;Languages;Needs;Available;{header}\n{rows}")
    answer_all(file_id)
    assert marked(file_id) == {}
    commit(file_id)
    assert [client(code).channel for code in ("T-0", "T-1")] == ["sms", "none"]
