"""From an uploaded spreadsheet to people: look it over, answer, correct, commit."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from web.i18n import gettext as _
from web.models import ImportFile
from web.reading.hours import format_hours, read_hours
from web.reading.result import Fault, Question, Value
from web.reading.words import remedy, say_option, say_question, what
from web.services import audit, people
from web.services.errors import InvalidInputError
from web.services.import_checking import ADDED, CHANGED, FAULTY, OPEN, UNCHANGED, Checked, CheckedRow, check
from web.services.import_files import Table, get_file, remember, table_of
from web.services.import_known import kind_of
from web.services.import_memory import no_collection
from web.services.import_rows import Finding, is_formula
from web.services.transactions import transaction

OWN_ANSWER = "own"  # instead of an option: a text of the person's own
_OWN = frozenset(("hours.which-days", "hours.which-days-and-half", "hours.which-half", "hours.whole-day"))


@dataclass(frozen=True)
class Preview:
    """A file as its page shows it."""

    file: ImportFile
    table: Table
    mapping: Mapping[int, str]
    checked: Checked


@dataclass(frozen=True)
class Done:
    """What a commit did."""

    added: int
    changed: int
    unchanged: int
    waiting: int  # rows with faults or open questions that stay for a second try


def preview(file_id: int) -> Preview:
    """Check a file without changing anything."""
    with no_collection():
        return _preview(get_file(file_id))


def _preview(file: ImportFile) -> Preview:
    table = table_of(file)
    mapping = {int(column): name for column, name in file.mapping.items()}
    answers = {key: each["answer"] for key, each in file.answers.items()}
    checked = check(
        kind=file.kind,
        header=table.header,
        rows=list(table.rows),
        mapping=mapping,
        answers=answers,
        done=table.done,
    )
    return Preview(file, table, mapping, checked)


def takes_own_answer(question: Question) -> bool:
    """Whether a question may also be answered with a text of one's own."""
    return question.code in _OWN


def answer(*, file_id: int, answers: Mapping[str, str], own: Mapping[str, str]) -> int:
    """Answer open questions; returns how many.

    Parameters
    ----------
    answers
        From a question's key to the chosen option's answer, or `OWN_ANSWER`.
    own
        From a question's key to a text of one's own.

    Raises
    ------
    InvalidInputError
        By question's key, where a text cannot be read or an option is none of the question's.
    """
    with transaction():
        file = get_file(file_id)
        questions = _preview(file).checked.questions
        given, faults = dict(file.answers), dict[str, str]()
        for key, chosen in answers.items():
            if key not in questions or not chosen:
                continue
            question = questions[key].question
            text = {option.answer: say_option(option) for option in question.options}.get(chosen)
            if chosen == OWN_ANSWER and takes_own_answer(question):
                reading = read_hours(own.get(key, ""))
                if isinstance(reading, Value):
                    chosen = text = format_hours(reading.value)
                elif isinstance(reading, Question):
                    faults[key] = say_question(reading)
                else:
                    faults[key] = f"{what(reading)} {remedy(reading)}"
            if text is None:
                faults.setdefault(key, _("Choose one of the answers."))
            elif key not in faults:
                given[key] = {"answer": chosen, "question": say_question(question), "text": text}
        if faults:
            raise InvalidInputError(faults)
        answered = len(given) - len(file.answers)
        file.answers = given
        return answered


def take_back(*, file_id: int, key: str) -> None:
    """Ask a question again."""
    with transaction():
        file = get_file(file_id)
        file.answers = {each: given for each, given in file.answers.items() if each != key}


def commit(*, file_id: int, user_id: int, now: datetime) -> Done:
    """Bring in every row that is ready, in one transaction; rows that wait stay in the file.

    The file is checked again within the transaction, so that what it is compared with is what is changed.
    """
    with no_collection(), transaction() as session:
        shown = _preview(get_file(file_id))
        file, ready = shown.file, shown.checked.ready
        saved = people.save_all(
            kind_of(file.kind), people=[row.person for row in ready], user_id=user_id, now=now
        )
        counts = shown.checked.counts
        waiting = [row for row in shown.checked.rows if row.waits]
        remember(
            file,
            answers={key: given for key, given in file.answers.items() if key in shown.checked.used_answers},
            now=now,
        )
        done = Done(
            sum(each.outcome == "added" for each in saved),
            sum(each.outcome == "changed" for each in saved),
            counts.get(UNCHANGED, 0),
            len(waiting),
        )
        audit.record(
            session,
            user_id=user_id,
            action="import.committed",
            subject=f"import:{file.id}",
            now=now,
            details={
                "added": done.added,
                "changed": done.changed,
                "unchanged": done.unchanged,
                "waiting": done.waiting,
            },
        )
        if waiting:
            codes = {each.code: row.number for each, row in zip(saved, ready, strict=True)}
            same = {row.person.code: row.number for row in shown.checked.rows if row.state == UNCHANGED}
            _keep(file, shown.table, waiting, {**same, **codes, **shown.table.done})
        else:
            session.delete(file)
        return done


def _keep(file: ImportFile, table: Table, waiting: list[CheckedRow], done: Mapping[str, int]) -> None:
    """Leave only the waiting rows, of this sheet alone: the others' data has no business here any more."""
    rows = [[table.header_number, list(table.header)], *[[row.number, list(row.cells)] for row in waiting]]
    file.table = {
        "sheets": [{"name": table.sheets[table.sheet], "rows": rows}],
        "sheet": 0,
        "header": table.header_number,
        "done": dict(done),
    }


def faulty_csv(shown: Preview) -> str:
    """The rows that wait, as a file for a spreadsheet program, with a first column that says why."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("What to correct"), _("Row"), *map(_harmless, shown.table.header)])
    for row in shown.checked.rows:
        if row.waits:
            told = " | ".join(
                f"{column_name(shown, finding)}: {sentence(finding)}"
                for finding in row.findings
                if finding.kind != "note"
            )
            writer.writerow([_harmless(told), str(row.number), *map(_harmless, row.cells)])
    return "\ufeff" + out.getvalue()


def column_name(shown: Preview, finding: Finding) -> str:
    """The header of the column that a finding is about."""
    if finding.column is None:
        return _("Row")
    header = shown.table.header
    return (header[finding.column] if finding.column < len(header) else "") or _(
        "Column %(number)s", number=finding.column + 1
    )


def sentence(finding: Finding) -> str:
    """What is wrong and what to write, or what is asked."""
    found = finding.found
    if isinstance(found, Question):
        return say_question(found)
    return f"{what(found)} {remedy(found)}" if isinstance(found, Fault) else ""


def _harmless(text: str) -> str:
    # A spreadsheet program must not calculate what somebody wrote into a cell.
    starts = text.lstrip().startswith(("=", "@", "|", "%", "\t", "\r")) or is_formula(text)
    return f"'{text}" if starts else text


__all__ = [
    "ADDED",
    "CHANGED",
    "FAULTY",
    "OPEN",
    "OWN_ANSWER",
    "UNCHANGED",
    "Done",
    "Preview",
    "answer",
    "column_name",
    "commit",
    "faulty_csv",
    "preview",
    "sentence",
    "take_back",
    "takes_own_answer",
]
