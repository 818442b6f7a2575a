"""A whole file checked: what each row would do, what is wrong with which cell, what has to be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from web.models import db
from web.reading.folding import key, words
from web.reading.result import Fault, Option, Question, fault, option, question
from web.services.import_columns import Cells
from web.services.import_known import Known, identity, kind_of, load_known
from web.services.import_meaning import Answers, load_meanings
from web.services.import_readers import readers
from web.services.import_rows import Finding, Said, missing, person_from, read_row
from web.services.people_rows import load_directory

ADDED, CHANGED, UNCHANGED, FAULTY, OPEN, SKIPPED = (
    "added",
    "changed",
    "unchanged",
    "faulty",
    "open",
    "skipped",
)
_TOTALS = frozenset(
    [
        "total",
        "totals",
        "sum",
        "ukupno",
        "svega",
        "zbir",
        "suma",
        "total:",
        "subtotal",
        "medjuzbir",
        "ukupan",
        "somme",
        "gesamt",
    ]
)
# Fields of people's data that a column of another name says.
_FIELD_OF = {"weekly_hours": "hours", "dated_hours": "hours", "weight": "urgency"}


@dataclass(frozen=True)
class CheckedRow:
    """A row with what it would do."""

    number: int
    cells: Cells
    state: str
    findings: tuple[Finding, ...] = ()
    person: Any = None  # ClientData or AssistantData, where the row can be imported
    changes: tuple[str, ...] = ()  # fields that differ from what the office has
    reason: str = ""  # why it is skipped: blank, total, header

    def at(self, column: int | None) -> list[Finding]:
        """The findings at a cell."""
        return [each for each in self.findings if each.column == column]

    @property
    def waits(self) -> bool:
        """Whether it needs a person before it can be imported."""
        return self.state in (FAULTY, OPEN)


@dataclass(frozen=True)
class Asked:
    """A question with the rows in which it arises."""

    question: Question
    rows: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Checked:
    """What a file would do."""

    rows: tuple[CheckedRow, ...]
    questions: Mapping[str, Asked]
    used_answers: frozenset[str]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows are in each state."""
        return Counter(row.state for row in self.rows)

    @property
    def ready(self) -> list[CheckedRow]:
        """The rows that can be imported and change something."""
        return [row for row in self.rows if row.state in (ADDED, CHANGED)]


def check(
    *,
    kind: str,
    header: Cells,
    rows: list[tuple[int, Cells]],
    mapping: Mapping[int, str],
    answers: Mapping[str, str],
    done: Mapping[str, int],
) -> Checked:
    """Check every row.

    Parameters
    ----------
    rows
        Numbered rows below the header.
    mapping
        From column to field.
    done
        Numbers of people whom earlier rows of the same file brought in, with those rows.
    """
    directory = load_directory(db.session())
    given = Answers(answers)
    titles = [title.casefold() for title in header]
    read = readers(load_meanings(directory), given)
    said: dict[int, Said] = {}
    skipped: dict[int, str] = {}
    for number, cells in rows:
        if reason := _skip(cells, titles):
            skipped[number] = reason
        else:
            said[number] = read_row(cells, header, mapping, read, kind, given)
    known = load_known(kind, [each.values for each in said.values()], directory)
    checking = _Checking(kind, known, directory.known, dict(done), given)
    checked = [
        CheckedRow(number, cells, SKIPPED, reason=skipped[number])
        if number in skipped
        else checking.row(number, cells, said[number])
        for number, cells in rows
    ]
    questions: dict[str, Asked] = {}
    for row in checked:
        for finding in row.findings:
            if isinstance(finding.found, Question):
                asked = questions.setdefault(finding.found.key, Asked(finding.found))
                asked.rows.append(row.number)
    return Checked(tuple(checked), questions, frozenset(given.used))


def _skip(cells: Cells, titles: list[str]) -> str:
    filled = [cell for cell in cells if cell]
    if not filled:
        return "blank"
    if len(filled) <= 3 and (first := words(filled[0][:60])) and first[0] in _TOTALS:
        return "total"
    again = len(filled) > 1 and [cell.casefold() for cell in cells] == titles[: len(cells)]
    return "header" if again else ""


def _name_of(said: Said) -> str:
    values = said.values
    return str(values.get("name") or f"{values.get('first_name', '')} {values.get('last_name', '')}").strip()


def _same_key(said: Said, before: Any) -> str:
    return f"same:{before.code}:{key(_name_of(said))}"


class _Checking:
    """Rows one after the other, each against the office and the rows before."""

    def __init__(
        self, kind: str, known: Known, refer: Any, done: dict[str, int], answers: Mapping[str, str]
    ) -> None:
        self.kind, self.known, self.refer, self.answers = kind, known, refer, answers
        self.of = kind_of(kind)
        self.seen: dict[str | tuple[str, ...], int] = dict(done.items())

    def row(self, number: int, cells: Cells, said: Said) -> CheckedRow:
        findings = list(said.findings)
        found = self.known.find(said.values)
        before = self.known.people.get(found[0]) if len(found) == 1 else None
        if not found and (namesake := self.known.with_address(said.values)):
            findings += (asked := self._same(said, namesake, "email", (option("other", "rows.other"),)))
            if not asked and self.answers[_same_key(said, namesake)] == "same":
                found, before = (namesake.code,), namesake
        if before is None:
            findings += missing(said, self.kind)
        findings += self._twice(number, said, found) or self._another(said, before)
        if any(isinstance(each.found, Fault) for each in findings):
            return CheckedRow(number, cells, FAULTY, tuple(findings))
        if any(isinstance(each.found, Question) for each in findings):
            return CheckedRow(number, cells, OPEN, tuple(findings))
        person = person_from(said, self.kind, before)
        if before is not None:
            person = self.of.complete(person, before)
            if person == before:
                return CheckedRow(number, cells, UNCHANGED, tuple(findings), before)
        data, faults = self.of.check(person, self.refer)
        if faults:
            findings += [
                Finding(
                    said.columns.get(_FIELD_OF.get(name, name.split("-")[0])),
                    fault("rows.refused", text=text),
                )
                for name, text in faults.items()
            ]
            return CheckedRow(number, cells, FAULTY, tuple(findings))
        if before is None:
            return CheckedRow(number, cells, ADDED, tuple(findings), data)
        changes = tuple(
            dict.fromkeys(
                _FIELD_OF.get(each.name, each.name)
                for each in fields(data)
                if getattr(data, each.name) != getattr(before, each.name)
            )
        )
        return CheckedRow(number, cells, CHANGED if changes else UNCHANGED, tuple(findings), data, changes)

    def _another(self, said: Said, before: Any) -> list[Finding]:
        """Ask where a number is somebody's with quite another name: one person must not overwrite another."""
        name = _name_of(said)
        if before is None or not name or set(words(name)) & set(words(before.name)):
            return []
        return self._same(said, before, "code")

    def _same(self, said: Said, before: Any, column: str, others: tuple[Option, ...] = ()) -> list[Finding]:
        """Ask whether somebody whom the office has is this person; nothing where that is answered."""
        asked, name = _same_key(said, before), _name_of(said)
        options = (option("same", "rows.same", name=name), *others)
        if self.answers.get(asked) in {each.answer for each in options}:
            return []
        return [Finding(said.columns.get(column), question(
            asked, "rows.another", options, code=before.code, old=before.name, name=name))]

    def _twice(self, number: int, said: Said, found: tuple[str, ...]) -> list[Finding]:
        """Faults of a row that means somebody whom an earlier row means, or several people at once."""
        code = said.values.get("code")
        column = said.columns.get("code" if code else "name", said.columns.get("first_name"))
        if not code and len(found) > 1:
            return [Finding(column, fault("rows.several"))]
        who: str | tuple[str, ...] | None = code or (found[0] if found else identity(said.values))
        if who is None:
            return []
        earlier = self.seen.setdefault(who, number)
        if earlier == number:
            return []
        if code:
            return [Finding(column, fault("rows.code-twice", code=code, row=str(earlier)))]
        return [Finding(column, fault("rows.person-twice", row=str(earlier)))]
