"""Numbers with their units: "16 h", "12 klijenata", 12.0 out of a spreadsheet; yes and no."""

from __future__ import annotations

import re
from fractions import Fraction

from web.reading.folding import fold
from web.reading.result import Reading, Value, excerpt, fault

_NUMBER = re.compile(
    r"(?:max\.? |najvise |do |up to |at most )?(\d{1,6})(?:[.,](\d{1,4}))? ?"
    r"(h|hours?|hrs?|sati|sata|sat|casova|casa|cas|heures?|min|minutes?|minuta|clients?|klijenata|klijenta|klijent"
    r"|people|osoba)?\.?(?: ?(?:/|per |a |na |)(?:week|w|nedeljno|nedelja|nedelju|day|dnevno|dan|month))?"
)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")
_YES = frozenset(["yes", "y", "da", "d", "true", "1", "x", "oui", "✓", "✔", "tacno"])
_NO = frozenset(["no", "n", "ne", "false", "0", "non", "-", "nije"])
MOST_HOURS = 168


def read_count(text: str, most: int = 1000) -> Reading[int]:
    """A whole number from 0 to `most`."""
    match = _NUMBER.fullmatch(fold(text)) if len(text) < 60 else None
    if not match or (match[2] and int(match[2])) or (match[3] or "")[:1] in ("h", "m", "s"):
        return fault("numbers.count", text=excerpt(text), most=str(most))
    if int(match[1]) > most:
        return fault("numbers.count", text=excerpt(text), most=str(most))
    return Value(int(match[1]))


def read_hours_count(text: str) -> Reading[int]:
    """Hours as minutes: "16", "16 h", "7,5", "90 min", "7:30"."""
    folded = fold(text) if len(text) < 60 else ""
    if clock := _CLOCK.fullmatch(folded):
        minutes = Fraction(int(clock[1]) * 60 + int(clock[2]))
    elif (match := _NUMBER.fullmatch(folded)) and (match[3] or "")[:2] not in ("cl", "kl", "pe", "os"):
        number = Fraction(f"{match[1]}.{match[2] or 0}")
        minutes = number if (match[3] or "").startswith("min") else number * 60
    else:
        return fault("numbers.hours", text=excerpt(text))
    if minutes.denominator != 1 or minutes > MOST_HOURS * 60:
        return fault("numbers.hours", text=excerpt(text))
    return Value(int(minutes))


def read_minutes(text: str) -> Reading[int]:
    """Minutes: "30", "30 min", "1 h"."""
    folded = fold(text) if len(text) < 60 else ""
    match = _NUMBER.fullmatch(folded)
    if not match or (match[2] and int(match[2])):
        return fault("numbers.minutes", text=excerpt(text))
    minutes = int(match[1]) * (
        60 if (match[3] or "")[:1] in ("h", "s") or (match[3] or "")[:3] == "cas" else 1
    )
    return Value(minutes) if minutes <= 1440 else fault("numbers.minutes", text=excerpt(text))


def read_yes_no(text: str) -> Reading[bool]:
    """Yes or no; an empty cell is no."""
    folded = fold(text[:60]).rstrip(".")
    if not folded or folded in _NO:
        return Value(False)
    return Value(True) if folded in _YES else fault("numbers.yes-no", text=excerpt(text))
