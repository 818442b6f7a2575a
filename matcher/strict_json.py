"""Parsing JSON from outside: whatever is wrong with it becomes a fault, and never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from matcher.errors import Fault
from matcher.reading import shown

DEEPEST = 64


class _RefusedError(Exception):
    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.fault = Fault("", message, remedy)


def _no_constant(name: str) -> object:
    raise _RefusedError(f"holds {name}, which is not JSON", "write a whole number")


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusedError(f"the field {shown(twice)} stands twice in one object", "write each field once")
    return fields


def _depth(value: object) -> int:
    deepest, todo = 0, [(value, 1)]
    while todo:
        item, depth = todo.pop()
        deepest = max(deepest, depth)
        if depth > DEEPEST:
            break
        inner = item.values() if isinstance(item, Mapping) else item if isinstance(item, list) else ()
        todo += [(child, depth + 1) for child in inner]
    return deepest


def parse_json(data: bytes | str, bad: Callable[[Iterable[Fault]], Exception]) -> object:
    """Parse JSON strictly: UTF-8, no field twice, no NaN, not too deep; else raise `bad` of the fault."""
    too_deep = Fault("", f"is nested deeper than {DEEPEST} levels", "see the format: it needs no more than 8")
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        document: object = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise bad([Fault("", f"is not UTF-8 at byte {error.start}", "save the file as UTF-8")]) from None
    except _RefusedError as error:
        raise bad([error.fault]) from None
    except RecursionError:
        raise bad([too_deep]) from None
    except json.JSONDecodeError as error:
        where = f"is not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        raise bad([Fault("", where, "write one JSON document")]) from None
    except ValueError:
        # The one other ValueError of json: an integer of more digits than Python will read.
        raise bad([Fault("", "holds a number of thousands of digits", "write a sane number")]) from None
    if _depth(document) > DEEPEST:
        raise bad([too_deep])
    return document


def read_json(path: Path, bad: Callable[[Iterable[Fault]], Exception]) -> object:
    """Read one JSON document from a file; else raise `bad` with what is wrong about the file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise bad([Fault("", f"cannot read {path}: {reason}", "name a file that can be read")]) from None
    return parse_json(data, bad)
