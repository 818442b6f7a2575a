"""Parsing JSON from outside: whatever is wrong with it becomes a fault, and never a traceback."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from matcher.errors import Fault
from matcher.reading import under

DEEPEST = 64


class _Findings:
    """Remembers what the parser meets on the way, and finds its place when the document is whole."""

    def __init__(self) -> None:
        self.twice: dict[int, str] = {}
        self.constants: dict[int, str] = {}
        self._kept: list[object] = []

    def fields(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        fields = dict(pairs)
        if len(fields) != len(pairs):
            self.twice[id(fields)] = Counter(name for name, _ in pairs).most_common(1)[0][0]
            self._kept.append(fields)
        return fields

    def constant(self, name: str) -> object:
        constant = object()
        self.constants[id(constant)] = name
        self._kept.append(constant)
        return constant

    def faults(self, document: object) -> Iterable[Fault]:
        """Walk the document in its own order, and only if there is something to find."""
        todo = [("", document)] if self.twice or self.constants else []
        while todo:
            pointer, item = todo.pop()
            if id(item) in self.twice:
                yield Fault(under(pointer, self.twice[id(item)]), "stands twice", "write each field once")
            if id(item) in self.constants:
                told = f"{self.constants[id(item)]} is not JSON"
                yield Fault(pointer, told, "write a whole number")
            todo += reversed([(under(pointer, token), child) for token, child in _children(item)])


def _children(item: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(item, dict):
        return item.items()
    return enumerate(item) if isinstance(item, list) else ()


def _too_deep(document: object) -> bool:
    layer = [document]
    for _ in range(DEEPEST):
        layer = [child for item in layer for _, child in _children(item)]
        if not layer:
            return False
    return True


def parse_json(data: bytes | str, bad: Callable[[Iterable[Fault]], Exception]) -> object:
    """Parse JSON strictly: UTF-8, no field twice, no NaN, not too deep; else raise `bad` of the faults."""
    deep = Fault("", f"is nested deeper than {DEEPEST} levels", "see the format: it needs no more than 8")
    findings = _Findings()
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        document: object = json.loads(
            text, object_pairs_hook=findings.fields, parse_constant=findings.constant
        )
    except UnicodeDecodeError as error:
        raise bad([Fault("", f"is not UTF-8 at byte {error.start}", "save the file as UTF-8")]) from None
    except RecursionError:
        raise bad([deep]) from None
    except json.JSONDecodeError as error:
        if text.startswith("\ufeff"):
            bom = Fault("", "begins with a byte-order mark", "save the file as UTF-8 without it")
            raise bad([bom]) from None
        where = f"is not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        raise bad([Fault("", where, "write one JSON document")]) from None
    except ValueError:
        # The one other ValueError of json: an integer of more digits than Python will read.
        raise bad([Fault("", "holds a number of thousands of digits", "write a sane number")]) from None
    if _too_deep(document):
        raise bad([deep])
    if faults := list(findings.faults(document)):
        raise bad(faults)
    return document


def read_json(path: Path, bad: Callable[[Iterable[Fault]], Exception]) -> object:
    """Read one JSON document from a file; else raise `bad` with what is wrong about the file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise bad([Fault("", f"cannot read {path}: {reason}", "name a file that can be read")]) from None
    return parse_json(data, bad)
