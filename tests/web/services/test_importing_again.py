"""The same people again: what a second file changes, what is remembered, and what never is."""
from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.builders import make_assistant, make_client, make_topic
from tests.web.conftest import NOW
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
from web.models import Assistant, AuditEntry, Client, ImportFile, ImportMapping, db
from web.services import import_files, importing
from web.services.errors import NotFoundError

__all__ = ["office_with_topics"]  # a fixture


def versions() -> list[tuple[str, int]]:
    return [
        (row.code, row.version)
        for table in (Client, Assistant)
        for row in db.session.scalars(db.select(table))
    ]


@pytest.mark.parametrize("name", ["clients-habits.csv", "assistants-habits.xlsx", "klijenti-1250.csv"])
def test_the_same_file_again_changes_nothing(name: str) -> None:
    first = upload_file(name)
    answer_all(first)
    added = commit(first).added
    before = versions()
    again = commit(upload_file(name))
    assert (again.added, again.changed, again.unchanged) == (0, 0, added)
    assert versions() == before


def test_a_changed_row_changes_only_what_the_file_says() -> None:
    commit(
        upload(
            "Code;Name;Sex;Country;Languages;Phone;Remarks\nT-1;Ana A;F;Iran;Farsi native;0612223344;old\n"
        )
    )
    ana = client("T-1")
    ana.email, ana.max_per_day = "ana@example.org", 3
    db.session.commit()
    file_id = upload("Code;Name;Phone;Remarks\nT-1;Ana A;0622223344;\n")
    (row,) = importing.preview(file_id).checked.rows
    assert (row.state, row.changes) == ("changed", ("phone",))
    assert commit(file_id) == importing.Done(added=0, changed=1, unchanged=0, waiting=0)
    ana = client("T-1")
    assert (ana.phone, ana.email, ana.max_per_day, ana.remarks, ana.gender) == (
        "+381 62 2223344",
        "ana@example.org",
        3,
        "old",
        "female",
    )


def test_a_number_of_somebody_with_another_name_is_asked() -> None:
    make_client(code="T-1", name="Ana Anić")
    file_id = upload("Code;Name;Phone\nT-1;Iva Babić;0612223344\n")
    assert marked(file_id) == {2: [(0, "rows.another")]}
    answer_all(file_id)
    commit(file_id)
    assert client("T-1").name == "Iva Babić"


ASSISTANT = ("Name;Sex;Country;Languages;E-mail;Available\n"
             "Reza M.;M;Iran;Farsi native;REZA@example.org;Mon 9-12\n")


def test_an_assistant_whose_address_somebody_has_is_asked_for_and_not_planned_twice() -> None:
    """One person listed twice would be sent to two appointments at once."""
    make_assistant(code="A-1", name="Reza Moradi", email="reza@example.org")
    file_id = upload(ASSISTANT, "assistants")
    assert marked(file_id) == {2: [(4, "rows.another")]}
    answer_all(file_id)
    assert commit(file_id) == importing.Done(added=0, changed=1, unchanged=0, waiting=0)
    assert [row.name for row in db.session.scalars(db.select(Assistant))] == ["Reza M."]


def test_two_assistants_may_share_an_address_where_somebody_says_so() -> None:
    make_assistant(code="A-1", name="Reza Moradi", email="reza@example.org")
    file_id = upload(ASSISTANT, "assistants")
    (question,) = importing.preview(file_id).checked.questions
    importing.answer(file_id=file_id, answers={question: "other"}, own={})
    assert commit(file_id).added == 1


def test_clients_of_a_family_share_an_address() -> None:
    make_client(code="T-1", name="Ana Anić", email="ana@example.org")
    header = "Name;Sex;Country;Languages;E-mail\n"
    file_id = upload(f"{header}Iva Anić;F;Iran;Farsi native;ana@example.org\n", "clients")
    assert states(file_id) == {2: "added"}


def test_a_code_used_twice_never_overwrites_on_a_second_try() -> None:
    file_id = upload_file("clients-habits.csv")
    commit(file_id)
    assert marked(file_id)[7] == [(0, "rows.code-twice")]
    assert client("T-02").name == "Marwan Saleh"
    import_files.correct_row(file_id=file_id, number=7, cells={0: "T-06"})
    commit(file_id)
    assert (client("T-02").name, client("T-06").name) == ("Marwan Saleh", "Anas Khalil")


def test_people_without_a_number_are_recognised_by_name_and_address() -> None:
    header = "Name;Sex;Country;Languages;E-mail;Phone;Free when\n"
    commit(
        upload(
            header + "Ana A;F;Iran;Farsi native;ana@example.org;;Mon 9-12\nIva B;F;Iran;Farsi native;;;\n",
            "clients",
        )
    )
    file_id = upload(
        header + "A Ana;F;Iran;Farsi native;ANA@example.org;;Tue 9-12\nAna A;F;Iran;Farsi native;"
        "other@example.org;;\nIva B;F;Iran;Farsi native;;;\nIva B;F;Iran;Farsi native;;;\n",
        "clients",
    )
    assert states(file_id) == {2: "changed", 3: "added", 4: "unchanged", 5: "faulty"}
    assert marked(file_id) == {5: [(0, "rows.person-twice")]}


def test_columns_and_answers_are_remembered_for_the_same_header() -> None:
    header = "Code;Who;Sex;Country;Languages;When\n"
    first = import_files.upload(
        content=(header + "T-1;Ana A;F;Iran;Farsi native;9-5\n").encode(),
        filename="a.csv",
        kind="clients",
        max_bytes=1000,
        max_rows=10,
        now=NOW,
    )
    chosen = {0: "code", 1: "name", 2: "gender", 3: "origin", 4: "languages", 5: "hours"}
    import_files.choose_columns(file_id=first.id, mapping=chosen)
    answer_all(first.id)
    commit(first.id)
    second = upload(header + "T-2;Iva B;F;Iran;Farsi native;9-5\n", "clients")
    file = db.session.get_one(ImportFile, second)
    assert {int(column): name for column, name in file.mapping.items()} == chosen
    assert states(second) == {2: "added"}
    assert db.session.scalars(db.select(ImportMapping.kind)).all() == ["clients"]


def test_needs_that_the_file_does_not_mention_stay() -> None:
    make_topic(code="extra", names={"en": "Extra"})
    commit(upload("Code;Name;Sex;Country;Languages;Needs\nT-1;Ana A;F;Iran;Farsi native;Extra; \n"))
    commit(upload("Code;Name;Needs\nT-1;Ana A;work permit\n"))
    assert [(need.topic.code, need.state) for need in client("T-1").needs] == [
        ("extra", "open"),
        ("work-permit", "open"),
    ]


def test_a_commit_is_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = upload_file("klijenti-1250.csv")

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr("web.services.importing.audit.record", fail)
    with pytest.raises(RuntimeError):
        commit(file_id)
    monkeypatch.undo()
    assert db.session.scalars(db.select(Client.code)).all() == []
    assert states(file_id) == {2: "added", 3: "added"}


def test_a_finished_file_is_erased_and_the_audit_holds_counts_only() -> None:
    file_id = upload_file("klijenti-1250.csv")
    commit(file_id)
    assert db.session.scalars(db.select(ImportFile.id)).all() == []
    (entry,) = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "import.committed"))
    assert (entry.subject, entry.details) == (
        f"import:{file_id}",
        {"added": 2, "changed": 0, "unchanged": 0, "waiting": 0},
    )
    with pytest.raises(NotFoundError):
        commit(file_id)


def test_a_file_that_waits_keeps_only_the_rows_that_wait() -> None:
    file_id = upload_file("clients-habits.csv")
    commit(file_id)
    assert "Samira" not in str(import_files.get_file(file_id).table)


def test_files_are_forgotten_after_a_day() -> None:
    file_id = upload_file("clients-habits.csv")
    import_files.forget_old(now=NOW + timedelta(hours=23))
    assert db.session.scalars(db.select(ImportFile.id)).all() == [file_id]
    import_files.forget_old(now=NOW + timedelta(hours=25))
    assert db.session.scalars(db.select(ImportFile.id)).all() == []
