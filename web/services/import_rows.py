"""One row of a spreadsheet as what it says about a person, and what is wrong with its cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from web.i18n import gettext
from web.reading.genders import accepts_in_remark, wish_in_remark
from web.reading.hours import Dated, Weekly
from web.reading.result import Fault, Note, Question, Value, fault
from web.reading.urgency import Urgency
from web.services.import_fields import ASSISTANTS, fields_of
from web.services.import_readers import Reader
from web.services.people_data import (
    AssistantData,
    ClientData,
    DatedHoursData,
    NeedData,
    WeeklyHoursData,
    by_day,
)

# What an empty cell of a required field is told as.
_EMPTY = {"gender": "genders.empty", "origin": "countries.empty", "languages": "languages.empty"}
_FORMULA = re.compile(r"[=@|]|[+-](?=[^\d\s]|.*[(*!|=]|.*\d\s*[+/]\s*\d)")
_LIKE_PHONE = re.compile(r"\+\d[\d ()/.-]{6,30}")
_LIKE_TEXT = re.compile(r"[-–]\s*[^\W\d][^(|!=]*")


@dataclass(frozen=True)
class Finding:
    """Something about a cell, or about its whole row where there is no column."""

    column: int | None
    found: Fault | Question | Note

    @property
    def kind(self) -> str:
        """fault, question or note."""
        return type(self.found).__name__.lower()


@dataclass(frozen=True)
class Said:
    """What a row says: only fields that have a column and a text in it."""

    values: Mapping[str, Any]
    columns: Mapping[str, int]
    findings: tuple[Finding, ...]


def is_formula(text: str) -> bool:
    """Whether a spreadsheet program might calculate this; phone numbers and lists with dashes are none."""
    if not text or text[0].isalnum():
        return False
    # An apostrophe is how spreadsheet programs write that what follows is meant as a text.
    text = unicodedata.normalize("NFKC", text[:500]).strip().removeprefix("'").strip()
    if not text or text[0] not in "=@+-|":
        return False
    if _LIKE_TEXT.fullmatch(text) or _LIKE_PHONE.fullmatch(text) or text in "-–":
        return False
    return bool(_FORMULA.match(text))


def read_row(
    cells: Sequence[str],
    header: Sequence[str],
    mapping: Mapping[int, str],
    readers: Mapping[str, Reader],
    kind: str,
    answers: Mapping[str, str],
) -> Said:
    """Read a row's mapped cells."""
    values: dict[str, Any] = {}
    findings: list[Finding] = []
    remarks: list[str] = []
    several = sum(field == "remarks" for field in mapping.values()) > 1
    for column, field in mapping.items():
        text = cells[column] if column < len(cells) else ""
        if is_formula(text):
            findings.append(Finding(column, fault("formula")))
            continue
        if not text and field != "topics":
            continue
        reading = readers[field](text)
        if not isinstance(reading, Value):
            findings.append(Finding(column, reading))
            continue
        findings += [Finding(column, note) for note in reading.notes]
        if field == "remarks":
            remarks.append(f"{header[column]}: {text}" if several and column < len(header) else text)
            _hint(text, column, kind, mapping, answers, values, findings)
        else:
            values[field] = reading.value
    findings += [
        Finding(column, fault("too-many-cells"))
        for column in range(len(header), len(cells))
        if cells[column] and column not in mapping
    ][:1]
    if isinstance(urgency := values.get("urgency"), Urgency) and urgency.remark:
        remarks.append(urgency.remark)
    if remarks:
        values["remarks"] = "\n".join(remarks)
    return Said(values, {field: column for column, field in mapping.items()}, tuple(findings))


def _hint(
    text: str,
    column: int,
    kind: str,
    mapping: Mapping[int, str],
    answers: Mapping[str, str],
    values: dict[str, Any],
    findings: list[Finding],
) -> None:
    """Ask where a remark reads like a rule that has a field of its own."""
    field = "accepts_genders" if kind == ASSISTANTS else "gender_wish"
    given = next((column for column, name in mapping.items() if name == field), None)
    if given is not None and field in values and values[field] not in (None, "none"):
        return
    hint = accepts_in_remark(text, answers) if kind == ASSISTANTS else wish_in_remark(text, answers)
    if isinstance(hint, Question):
        findings.append(Finding(column, hint))
    elif isinstance(hint, Value) and hint.value is not None:
        values[field] = hint.value


def missing(said: Said, kind: str) -> list[Finding]:
    """The faults of a new person of whom something is not said at all."""
    told = {each.column for each in said.findings if each.kind != "note"}
    findings = []
    for field in fields_of(kind).values():
        if not field.required or field.name in said.values:
            continue
        if field.name == "name" and {"first_name", "last_name"} & set(said.values):
            continue
        column = said.columns.get(field.name)
        if column is None:
            findings.append(Finding(None, fault("rows.no-column", field=gettext(field.label))))
        elif column not in told:
            findings.append(Finding(column, fault(_EMPTY.get(field.name, "required"))))
    return findings


def person_from(said: Said, kind: str, before: Any = None) -> Any:
    """ClientData or AssistantData: what is known of the person, changed by what the row says."""
    values = dict(said.values)
    patch: dict[str, Any] = {"cultures": None}
    first, last = values.pop("first_name", ""), values.pop("last_name", "")
    if "name" not in values and (first or last):
        values["name"] = f"{first} {last}".strip()
    if first:
        patch["first_name"] = first
    elif before is not None and values.get("name", before.name) != before.name:
        patch["first_name"] = ""
    urgency, by = values.pop("urgency", None), values.pop("by", None)
    if urgency is not None:
        patch["weight"], by = urgency.weight, by or urgency.by
    if "hours" in values:
        patch |= _hours(values.pop("hours"), before)
    if "needs" in values:
        patch["needs"] = tuple(NeedData(topic=topic, by=by) for topic in values.pop("needs"))
    elif by is not None and before is not None:
        patch["needs"] = _with_deadline(before.needs, by)
    if "places" in values:
        patch["places"] = tuple(sorted(values.pop("places")))
    patch |= values
    if before is not None:
        return replace(before, **patch)
    required = {"name": "", "gender": "", "origin": "", "languages": {}}
    return (AssistantData if kind == ASSISTANTS else ClientData)(**(required | patch))


def _hours(hours: Sequence[Weekly | Dated], before: Any) -> dict[str, Any]:
    weekly = tuple(
        WeeklyHoursData(weekdays=each.weekdays, start=each.start, end=each.end)
        for each in hours
        if isinstance(each, Weekly)
    )
    if before is not None and [replace(each, place=None) for each in before.weekly_hours] == list(weekly):
        weekly = before.weekly_hours  # a place that was chosen by hand stays
    dated = by_day(
        DatedHoursData(day=each.day, available=True, start=each.start, end=each.end)
        for each in hours
        if isinstance(each, Dated)
    )
    return {"weekly_hours": weekly, "dated_hours": dated}


def _with_deadline(needs: Sequence[NeedData], by: date) -> tuple[NeedData, ...]:
    return tuple(replace(need, by=by) if need.state == "open" else need for need in needs)
