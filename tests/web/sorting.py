"""Watches that no database sorts texts: each would do it by rules of its own, and lists would differ."""
from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from web.models import Base, PlainText

_TEXTS = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
          if isinstance(column.type, PlainText)}
_ORDER = re.compile(r"ORDER BY (.+?)(?: LIMIT | FOR UPDATE|\)|$)", re.DOTALL)


@contextmanager
def no_sorted_texts(engine: Engine) -> Iterator[None]:
    """Fail at the end of the block where a statement in it was ordered by a text."""
    found = []

    def look(connection: object, cursor: object, statement: str, *rest: object) -> None:
        for order in _ORDER.findall(statement):
            # Tables that are joined for loading have a number behind their name.
            names = {re.sub(r"_\d+\.", ".", each.split()[0]) for each in order.split(",")}
            if names & _TEXTS:
                found.append(statement)

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", look)
    assert found == []
