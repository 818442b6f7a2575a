"""How urgent something is, and the deadline that is often written beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from web.reading.dates import read_date
from web.reading.folding import fold, words
from web.reading.result import LONGEST, Question, Reading, Value, excerpt, fault, option, question

DEFAULT_WEIGHT = 2
_WEIGHTS = {
    1: "low nisko niska nizak 1 basse faible not_urgent nije_hitno",
    2: "medium normal srednje srednja srednji 2 normalno obicno moyenne normale regular",
    3: "high visoko visoka visok 3 haute elevee important vazno",
    5: "urgent hitno hitna hitan 5 urgente critical very_high emergency kriticno vrlo_hitno very_urgent",
}
_WORDS = {tuple(word.split("_")): weight for weight, listed in _WEIGHTS.items() for word in listed.split()}
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./] ?\d{1,2}[./] ?\d{2,4}")


@dataclass(frozen=True)
class Urgency:
    """A weight, the day by which everything should be done, and what else was written."""

    weight: int
    by: date | None = None
    remark: str = ""


def read_urgency(text: str, answers: Mapping[str, str] | None = None) -> Reading[Urgency]:
    """Read "high", "hitno", "URGENT - permit expires 18.12.2026"; the date's meaning is asked."""
    if len(text) > LONGEST:
        return fault("too-long", most=str(LONGEST))
    said = words(text)
    if not said:
        return Value(Urgency(DEFAULT_WEIGHT))
    for length in (2, 1):
        if said[:length] in _WORDS:
            weight = _WORDS[said[:length]]
            break
    else:
        return fault("urgency.unknown", text=excerpt(text))
    if len(said) == length:
        return Value(Urgency(weight))
    remark = _after_words(text, length)
    if not any(letter.isalpha() for letter in remark) and not _DATE.search(remark):
        remark = ""
    dates = _DATE.findall(text)
    if not dates:
        return Value(Urgency(weight, remark=remark))
    if len(dates) > 1:
        return fault("urgency.dates", text=excerpt(text))
    day = read_date(dates[0], answers)
    if not isinstance(day, Value):
        return day
    return _deadline(text, weight, day.value, remark, answers or {})


def _deadline(
    text: str, weight: int, day: date, remark: str, answers: Mapping[str, str]
) -> Value[Urgency] | Question:
    asked = f"deadline:{fold(text)}"
    chosen = answers.get(asked)
    if chosen:
        return Value(Urgency(weight, day if chosen == "by" else None, remark))
    return question(
        asked,
        "urgency.deadline",
        (option("by", "urgency.by", day=day.isoformat()), option("remark", "urgency.remark")),
        text=excerpt(text),
    )


def _after_words(text: str, count: int) -> str:
    for _ in range(count):
        text = re.sub(r"^\W*\w+", "", text, count=1)
    return text.strip(" \t\n-–—:,;.()!")
