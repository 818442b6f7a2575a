"""Places by name or code, and assistants by code or name."""

from __future__ import annotations

from collections.abc import Mapping

from web.reading.folding import key, split_list, words
from web.reading.names import Names
from web.reading.result import LONGEST, Fault, Question, Reading, Value, excerpt, fault, option, question


def read_listed(
    text: str, names: Names, kind: str, answers: Mapping[str, str] | None = None
) -> Reading[tuple[str, ...]]:
    """Codes of the things listed; `kind` ("place", "assistant") names them in questions and faults."""
    if len(text) > LONGEST:
        return fault("too-long", most=str(LONGEST))
    found: list[str] = []
    open_question: Question | None = None
    for part in split_list(text):
        if not words(part):
            continue
        reading = read_one(part, names, kind, answers or {})
        if isinstance(reading, Fault):
            return reading
        if isinstance(reading, Question):
            open_question = open_question or reading
        else:
            found.append(reading.value)
    return open_question or Value(tuple(dict.fromkeys(found)))


def read_one(text: str, names: Names, kind: str, answers: Mapping[str, str]) -> Reading[str]:
    """Code of the one thing meant; asked where the spelling is only near a known one."""
    asked = f"{kind}:{key(text)}"
    found = names.find(text)
    if len(found) == 1:
        return Value(found[0])
    if answers.get(asked) in names.titles:
        return Value(answers[asked])
    offered = found or names.near(text)
    if not offered:
        return fault(
            f"{kind}s.unknown", text=excerpt(text), known=", ".join(list(names.titles.values())[:12])
        )
    return question(
        asked,
        f"{kind}s.near",
        tuple(option(code, "name", name=names.title(code)) for code in offered),
        text=excerpt(text),
    )
