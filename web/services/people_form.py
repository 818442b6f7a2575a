"""The fields of the forms for clients and assistants: from data to text, and from text to data."""
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import MultiDict

from web.i18n import gettext as _
from web.models import Topic
from web.services.catalogue import cultures_of
from web.services.form_reader import Form, Reader
from web.services.hours_text import hours_lines, parse_hours
from web.services.people_checks import check_assistant, check_client, one_line
from web.services.people_data import AssistantData, ClientData, DatedHoursData, NeedData
from web.services.people_rows import Directory


def read_client(form: Form, directory: Directory) -> tuple[ClientData, Reader]:
    """What a client's form says; the reader holds what is wrong with it, by the form's fields."""
    reader = Reader(form)
    needs, need_rows = [], []
    for row in reader.rows("needs"):
        need_id = reader.whole(f"needs-{row}-id")
        if not (need_id or reader.text(f"needs-{row}-topic")):
            continue
        need_rows.append(row)
        needs.append(NeedData(
            id=need_id, topic=reader.text(f"needs-{row}-topic"), minutes=reader.whole(f"needs-{row}-minutes"),
            by=reader.day(f"needs-{row}-by"), optional=bool(reader.text(f"needs-{row}-optional")),
            state=reader.text(f"needs-{row}-state") or "open"))
    weight, per_day = reader.whole("weight"), reader.whole("max_per_day")
    data = ClientData(
        **_person(reader, directory), needs=tuple(needs), weight=2 if weight is None else weight,
        origin_wish=reader.text("origin_wish") or "none", gender_wish=reader.text("gender_wish") or "none",
        registered_on=reader.day("registered_on"), max_per_day=1 if per_day is None else per_day,
        reminders=bool(reader.text("reminders")), channel=reader.text("channel") or "mail",
        previous_assistant=reader.text("previous_assistant") or None,
        not_with=tuple(form.getlist("not_with")))
    found = check_client(data, directory.known)[1]
    for name, sentence in found.items():
        if match := re.fullmatch(r"needs-(\d+)-(\w+)", name):
            name = f"needs-{need_rows[int(match[1])]}-{match[2]}"
        reader.faults.setdefault(name, sentence)
    return data, reader


def read_assistant(form: Form, directory: Directory) -> tuple[AssistantData, Reader]:
    """What an assistant's form says; the reader holds what is wrong with it, by the form's fields."""
    reader = Reader(form)
    data = AssistantData(
        **_person(reader, directory),
        topics=None if reader.text("all_topics") == "all" else tuple(form.getlist("topics")),
        accepts_genders=tuple(form.getlist("accepts_genders")),
        max_clients=reader.whole("max_clients"),
        max_minutes_per_week=reader.minutes("max_minutes_per_week"),
        max_minutes_per_day=reader.minutes("max_minutes_per_day"),
        buffer_minutes=reader.whole("buffer_minutes") or 0,
        tells_own_story=bool(reader.text("tells_own_story")))
    for name, sentence in check_assistant(data, directory.known)[1].items():
        reader.faults.setdefault(name, sentence)
    return data, reader


def _person(reader: Reader, directory: Directory) -> dict[str, Any]:
    languages: dict[str, str] = {}
    for row in reader.rows("languages"):
        code, level = reader.text(f"languages-{row}-code"), reader.text(f"languages-{row}-level")
        if bool(code) != bool(level):
            reader.faults["languages"] = _("Choose both a language and its level in each row.")
        elif code in languages:
            reader.faults["languages"] = _("A language stands there twice. Keep one of the two rows.")
        elif code:
            languages[code] = level
    hours = parse_hours(reader.form.get("hours", ""), directory.places)
    if hours.faults:
        reader.faults["hours"] = " ".join(hours.faults)
    reader.notes = hours.notes
    off = []
    for row in reader.rows("off"):
        day = reader.day(f"off-{row}-day")
        start, end = reader.time(f"off-{row}-from"), reader.time(f"off-{row}-to")
        if day is not None:
            off.append(DatedHoursData(day=day, available=False, start=start, end=end,
                                      reason=one_line(reader.text(f"off-{row}-reason"))[:100]))
        elif (start or end) and f"off-{row}-day" not in reader.faults:
            reader.faults[f"off-{row}-day"] = _("Choose the day.")
    own = reader.text("own_cultures")
    return {
        **{name: reader.form.get(name, "") for name in (
            "code", "name", "first_name", "gender", "origin", "mail_language", "email", "phone", "remarks")},
        "languages": languages, "cultures": tuple(reader.form.getlist("cultures")) if own else None,
        "places": tuple(reader.form.getlist("places")), "weekly_hours": hours.weekly,
        "dated_hours": (*hours.dated, *dict.fromkeys(off)),
    }


def client_form(data: ClientData) -> Form:
    """The fields of a client's form."""
    form = _person_form(data)
    for name in ("origin_wish", "gender_wish", "weight", "max_per_day", "channel"):
        form[name] = str(getattr(data, name))
    form["registered_on"] = data.registered_on.isoformat() if data.registered_on else ""
    form["reminders"] = "1" if data.reminders else ""
    form["previous_assistant"] = data.previous_assistant or ""
    _many(form, "not_with", data.not_with)
    for row, need in enumerate(data.needs):
        form.update({f"needs-{row}-{name}": str(value) if value is not None else "" for name, value in (
            ("id", need.id), ("topic", need.topic), ("minutes", need.minutes), ("by", need.by),
            ("optional", "1" if need.optional else ""), ("state", need.state))})
    return form


def assistant_form(data: AssistantData) -> Form:
    """The fields of an assistant's form."""
    form = _person_form(data)
    form["all_topics"] = "all" if data.topics is None else "some"
    _many(form, "topics", data.topics or ())
    genders = data.accepts_genders
    _many(form, "accepts_genders", genders if genders is not None else ("female", "male", "other"))
    form["max_clients"] = "" if data.max_clients is None else str(data.max_clients)
    for name in ("max_minutes_per_week", "max_minutes_per_day"):
        minutes = getattr(data, name)
        form[name] = "" if minutes is None else f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    form["buffer_minutes"] = str(data.buffer_minutes)
    form["tells_own_story"] = "1" if data.tells_own_story else ""
    return form


def _many(form: Form, name: str, values: Iterable[str]) -> None:
    # A key of a MultiDict without any value breaks its items().
    for value in values:
        form.add(name, value)


def _person_form(data: ClientData | AssistantData) -> Form:
    form: Form = MultiDict({name: getattr(data, name) for name in (
        "code", "name", "first_name", "gender", "origin", "mail_language", "email", "phone", "remarks")})
    for row, (code, level) in enumerate(data.languages.items()):
        form[f"languages-{row}-code"], form[f"languages-{row}-level"] = code, level
    if data.cultures is not None and list(data.cultures) != cultures_of(data.origin, data.languages):
        form["own_cultures"] = "1"
    _many(form, "cultures", data.cultures or ())
    _many(form, "places", data.places)
    form["hours"] = "\n".join(hours_lines(data.weekly_hours, data.dated_hours))
    off = (each for each in data.dated_hours if not each.available)
    for row, each in enumerate(off):
        form.update({
            f"off-{row}-day": each.day.isoformat(), f"off-{row}-reason": each.reason,
            f"off-{row}-from": f"{each.start:%H:%M}" if each.start else "",
            f"off-{row}-to": f"{each.end:%H:%M}" if each.end else ""})
    return form


def row_numbers(form: Form, prefix: str, key: str, *, spare: int) -> list[int]:
    """The rows of a form that hold something in their field `key`, and some empty ones after them."""
    used = [row for row in Reader(form).rows(prefix) if form.get(f"{prefix}-{row}-{key}")]
    first = max(used, default=-1) + 1
    return [*used, *range(first, first + spare)]


def differences(mine: Form, theirs: Form) -> dict[str, tuple[str, str]]:
    """The fields in which two forms differ: what I wrote, and what stands there now."""
    names = sorted({*mine, *theirs} - {"version", "csrf_token", "preview", "save"})
    pairs = {name: (", ".join(sorted(mine.getlist(name))), ", ".join(sorted(theirs.getlist(name))))
             for name in names}
    return {name: (own, other) for name, (own, other) in pairs.items()
            if own.split() != other.split() and not name.endswith("-id")}


def topics_on_offer(directory: Directory, form: Form) -> list[Topic]:
    """Topics that are in use by the office or by this form."""
    used = {*form.getlist("topics"), *(value for name, value in form.items() if name.endswith("-topic"))}
    return [topic for topic in directory.topics.values() if topic.active or topic.code in used]
