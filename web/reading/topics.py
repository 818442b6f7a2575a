"""What somebody needs or covers, against the office's own topics."""

from __future__ import annotations

from collections.abc import Mapping

from web.reading.folding import split_list, words
from web.reading.names import Names
from web.reading.places import read_one
from web.reading.result import LONGEST, Fault, Question, Reading, Value, excerpt, fault, option, question

_ALL = frozenset(
    (
        "sve",
        "all",
        "everything",
        "all topics",
        "any",
        "svi",
        "sve oblasti",
        "every topic",
        "sve teme",
        "tout",
        "tous",
        "all areas",
    )
)
_NONE = frozenset(("none", "nema", "nista", "no", "aucun"))


def read_topics(
    text: str, names: Names, answers: Mapping[str, str] | None = None
) -> Reading[tuple[str, ...]]:
    """The codes of the topics listed, each once, in their order."""
    if len(text) > LONGEST:
        return fault("too-long", most=str(LONGEST))
    answers = answers or {}
    found: list[str] = []
    open_question: Question | None = None
    unread: list[str] = []
    faulty = False
    for part in _parts(text, names):
        reading = read_one(part, names, "topic", answers)
        if isinstance(reading, Value):
            found.append(reading.value)
            continue
        unread.append(part)
        faulty = faulty or isinstance(reading, Fault)
        if isinstance(reading, Question):
            open_question = open_question or reading
    if faulty:
        # A misspelt topic beside an unknown one is told with it: the cell is corrected once.
        return _unknown("; ".join(unread), names)
    if open_question:
        return open_question
    if len(set(found)) < len(found):
        twice = next(code for code in found if found.count(code) > 1)
        return fault("topics.twice", name=names.title(twice))
    return Value(tuple(found))


def read_covered(
    text: str, names: Names, answers: Mapping[str, str] | None = None
) -> Reading[tuple[str, ...] | None]:
    """Which topics an assistant covers; None is every topic. An empty cell is asked."""
    said = " ".join(words(text[:100]))
    if said in _ALL:
        return Value(None)
    if said in _NONE:
        return fault("topics.none")
    if said:
        return read_topics(text, names, answers)
    chosen = (answers or {}).get("topics:empty")
    if chosen:
        return Value(None)
    return question("topics:empty", "topics.empty", (option("all", "topics.all"),))


def _parts(text: str, names: Names) -> list[str]:
    parts = []
    for part in split_list(text):
        joined = (
            [part]
            if names.find(part)
            else [each for half in part.split(" and ") for each in half.split(" i ")]
        )
        # "Work and residence" unknown as a whole and in its halves is told as it was written.
        parts += joined if len(joined) == 1 or any(names.find(each) for each in joined) else [part]
    return [part for part in parts if words(part)]


def _unknown(text: str, names: Names) -> Fault:
    return fault("topics.unknown", text=excerpt(text), known=", ".join(names.titles.values()))
