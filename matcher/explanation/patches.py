"""JSON Patch (RFC 6902), as far as a fix needs it: `add` and `replace`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Operation = Mapping[str, Any]
Document = dict[str, Any]


def add(path: str, value: Any) -> Operation:
    """Put a value where none is, or after a list's last where the path ends with `/-`."""
    return {"op": "add", "path": path, "value": value}


def change(path: str, value: Any) -> Operation:
    """Put a value in another's stead."""
    return {"op": "replace", "path": path, "value": value}


def patched(document: Document, patch: Iterable[Operation]) -> Document:
    """Return a copy of a document to which a patch was applied.

    Raises
    ------
    KeyError, IndexError, ValueError
        A path leads nowhere, or an operation is neither `add` nor `replace`.
    """
    out: Document = json.loads(json.dumps(document))
    for operation in patch:
        *way, last = (_unescaped(part) for part in str(operation["path"]).split("/")[1:])
        at: Any = out
        for part in way:
            at = at[int(part)] if isinstance(at, list) else at[part]
        value = json.loads(json.dumps(operation["value"]))
        _put(at, last, operation["op"], value)
    return out


def _put(at: Any, last: str, kind: str, value: Any) -> None:
    if kind not in ("add", "replace"):
        raise ValueError(f"{kind} is not used by fixes")
    if isinstance(at, list):
        if kind == "add":
            at.insert(len(at) if last == "-" else int(last), value)
        else:
            at[int(last)] = value
        return
    if kind == "replace" and last not in at:
        raise KeyError(last)
    at[last] = value


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
