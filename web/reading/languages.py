"""The languages somebody speaks and how well: "Dari (native), English B1", "srpski – maternji"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from web.reading.folding import fold, key, split_list, words
from web.reading.levels import LEVELS, LONGEST_PHRASE, level_of
from web.reading.names import Names
from web.reading.result import LONGEST, Fault, Question, Reading, Value, excerpt, fault, option, question

_AND = re.compile(r" (?:and|i|und|et|&|\+) ")
_SLASH = re.compile(r"(?<![abcABC][12])\s*/\s*")


def read_language(text: str, names: Names, answers: Mapping[str, str] | None = None) -> Reading[str]:
    """The code of one language's name."""
    answers = answers or {}
    asked = f"language:{key(text)}"
    if asked in answers:
        return Value(answers[asked])
    found = names.find(text)
    if len(found) == 1:
        return Value(found[0])
    several = found or names.containing(text)
    offered = several or names.near(text)
    if not offered:
        return fault("languages.unknown", text=excerpt(text))
    return question(
        asked,
        "languages.several" if several else "languages.near",
        tuple(option(code, "name", name=names.title(code)) for code in offered),
        text=excerpt(text),
    )


def read_languages(
    text: str, names: Names, answers: Mapping[str, str] | None = None
) -> Reading[dict[str, str]]:
    """Each language's code with its level, in the order written; every language needs a level."""
    if len(text) > LONGEST:
        return fault("too-long", most=str(LONGEST))
    answers = answers or {}
    spoken: dict[str, str] = {}
    parts = [part for listed in split_list(text) for part in _parts(listed, names)]
    if not parts:
        return fault("languages.empty")
    open_question: Question | None = None
    for part in parts:
        reading = _entry(part, names, answers)
        if isinstance(reading, Fault):
            return reading
        if isinstance(reading, Question):
            open_question = open_question or reading
            continue
        code, level = reading.value
        if code in spoken:
            return fault("languages.twice", name=names.title(code))
        spoken[code] = level
    return open_question or Value(spoken)


def _parts(text: str, names: Names) -> list[str]:
    pieces = [text]
    for separator in (_SLASH, _AND):
        pieces = [
            piece for each in pieces for piece in ([each] if names.find(each) else separator.split(each))
        ]
    return [piece for piece in pieces if piece.strip()]


def _entry(text: str, names: Names, answers: Mapping[str, str]) -> Reading[tuple[str, str]]:
    said = tuple(word for word in words(text) if word not in ("level", "nivo", "-"))
    level, name = _split_level(said, answers)
    if isinstance(level, Question):
        return level
    code = (
        read_language(" ".join(name), names, answers)
        if name
        else fault("languages.unknown", text=excerpt(text))
    )
    if not isinstance(code, Value):
        return code
    if level is None:
        return fault("languages.no-level", name=excerpt(text), levels=", ".join(LEVELS))
    return Value((code.value, level.value))


def _split_level(
    said: tuple[str, ...], answers: Mapping[str, str]
) -> tuple[Value[str] | Question | None, tuple[str, ...]]:
    if len(said) > 2 and said[-1].upper() in LEVELS and said[-2].upper() in LEVELS:
        asked = f"level:{said[-2]}-{said[-1]}"
        if answers.get(asked) in LEVELS:
            return Value(answers[asked]), said[:-2]
        return question(
            asked,
            "levels.vague",
            tuple(option(each.upper(), "levels.option", level=each.upper()) for each in said[-2:]),
            text=f"{said[-2]}–{said[-1]}".upper(),
        ), said[:-2]
    for length in range(min(LONGEST_PHRASE, len(said) - 1), 0, -1):
        for phrase, rest in ((said[-length:], said[:-length]), (said[:length], said[length:])):
            level = level_of(phrase, answers)
            if level is not None:
                return level, rest
    return None, said


def written_languages(spoken: Mapping[str, str], names: Names) -> str:
    """Languages as `read_languages` reads them back."""
    return ", ".join(f"{names.title(code)} ({level})" for code, level in spoken.items())


def is_language_list(text: str, names: Names) -> bool:
    """Whether a cell begins with a known language, level or not: how a column is recognised."""
    first = split_list(text[:LONGEST])[:1]
    if not first:
        return False
    _, name = _split_level(tuple(words(first[0])), {})
    return bool(names.find(" ".join(name))) and len(fold(text)) > 1
