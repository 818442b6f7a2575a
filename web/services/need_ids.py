"""How a need is named in a round's document."""
from __future__ import annotations


def need_id(row_id: int) -> str:
    """A need's name in the document."""
    return f"n{row_id}"


def row_id(need: str) -> int:
    """The row that `need_id` named."""
    return int(need.removeprefix("n"))
