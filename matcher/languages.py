"""How well two people understand each other when they speak: levels and bridges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEVEL_NAMES: Final = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
CEFR: Final[Mapping[str, int]] = {name: rank for rank, name in enumerate(LEVEL_NAMES, start=1)}


def level_name(level: int) -> str:
    """Name a level 1..7 as the Common European Framework does, with `native` on top."""
    return LEVEL_NAMES[level - 1]


def language_name(tag: str) -> str:
    """Name a language in English; a tag that is not in the table speaks for itself."""
    return tag
