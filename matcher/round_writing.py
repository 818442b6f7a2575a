"""Writing r4r-round/1: a round that was read is written back as it came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
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
    for field in fields(part):
        value = getattr(part, field.name)
        name = _NAMES.get(field.name, field.name)
        if field.name == "given" or (name not in part.given and _is_default(field, value)):
            continue
        out[name] = _FORMS[field.name](value) if field.name in _FORMS else _plain(value)
    return out


def _is_default(field: Field[Any], value: object) -> bool:
    return field.default is not MISSING and bool(value == field.default)


def _plain(value: object) -> object:
    if isinstance(value, Part):
        return part_document(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value
