"""Writing r4r-round/1: a round that was read is written back as it came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any

from matcher.languages import level_name
from matcher.parts import Part


def clock(minutes: int) -> str:
    """Write minutes after midnight as HH:MM, the day's end as 24:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def moment(value: datetime) -> str:
    """Write a local time as YYYY-MM-DDTHH:MM."""
    return value.isoformat(timespec="minutes")


# The document's name and form of those fields that are not written as they are.
_NAMES: Mapping[str, str] = {"from_": "from"}
_FORMS: Mapping[str, Callable[[Any], object]] = {
    "minimum_level": level_name,
    "from_": clock,
    "to": clock,
    "languages": lambda levels: {tag: level_name(level) for tag, level in levels.items()},
}


def part_document(part: Part) -> dict[str, Any]:
    """Write a part; an optional field that holds its default only if it stood in the source."""
    out = {}
    # Classes are hashable, whatever mypy makes of the class's own __hash__.
    kind: Any = type(part)
    for field, name, default, form in _fields(kind):
        value = getattr(part, field)
        if value != default or name in part.given:
            out[name] = form(value)
    return out


@cache
def _fields(kind: Any) -> tuple[tuple[str, str, object, Callable[[Any], object]], ...]:
    """List the fields of a kind of part: name, name in a document, default, and how it is written."""
    return tuple(
        (field.name, _NAMES.get(field.name, field.name), field.default, _FORMS.get(field.name, _plain))
        for field in fields(kind) if field.name != "given"
    )


def _plain(value: object) -> object:
    if isinstance(value, Part):
        return part_document(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value
