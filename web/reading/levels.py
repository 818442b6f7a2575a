"""How well somebody speaks a language, as people write it."""

from __future__ import annotations

from collections.abc import Mapping

from web.reading.result import Question, Value, option, question

LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "native")

_NATIVE = (
    "native",
    "native speaker",
    "native language",
    "mother tongue",
    "first language",
    "maternji",
    "maternji jezik",
    "maternjem",
    "materinji",
    "langue maternelle",
    "maternelle",
    "maternel",
    "l1",
)
# What different people mean different levels by.
_VAGUE = {
    "fluent": ("C1", "C2", "native"),
    "fluently": ("C1", "C2", "native"),
    "tecno": ("C1", "C2", "native"),
    "tecan": ("C1", "C2", "native"),
    "courant": ("C1", "C2", "native"),
    "bilingual": ("C2", "native"),
    "excellent": ("C1", "C2"),
    "very good": ("B2", "C1"),
    "odlicno": ("C1", "C2"),
    "odlican": ("C1", "C2"),
    "vrlo dobro": ("B2", "C1"),
    "vrlo dobar": ("B2", "C1"),
    "advanced": ("C1", "C2"),
    "napredni": ("C1", "C2"),
    "good": ("B1", "B2"),
    "dobro": ("B1", "B2"),
    "dobar": ("B1", "B2"),
    "bon": ("B1", "B2"),
    "conversational": ("A2", "B1", "B2"),
    "intermediate": ("B1", "B2"),
    "srednji": ("B1", "B2"),
    "srednje": ("B1", "B2"),
    "basic": ("A1", "A2"),
    "basics": ("A1", "A2"),
    "osnovni": ("A1", "A2"),
    "osnovno": ("A1", "A2"),
    "osnove": ("A1", "A2"),
    "beginner": ("A1", "A2"),
    "pocetni": ("A1", "A2"),
    "pocetnik": ("A1", "A2"),
    "a little": ("A1", "A2"),
    "little": ("A1", "A2"),
    "malo": ("A1", "A2"),
    "slabo": ("A1", "A2"),
    "some": ("A1", "A2"),
    "weak": ("A1", "A2"),
    "poor": ("A1", "A2"),
    "speaks": ("A2", "B1", "B2"),
    "govori": ("A2", "B1", "B2"),
    "razume": ("A1", "A2", "B1"),
}
_EXACT = {level.casefold(): level for level in LEVELS} | dict.fromkeys(_NATIVE, "native")
# "B1+" is a good B1; the lower reading never promises too much.
_EXACT |= {f"{level.casefold()}+": level for level in LEVELS[:6]}
LONGEST_PHRASE = 3


def level_of(phrase: tuple[str, ...], answers: Mapping[str, str]) -> Value[str] | Question | None:
    """The level that these folded words name, a question where people differ, None where they name none."""
    text = " ".join(phrase)
    if text in _EXACT:
        return Value(_EXACT[text])
    if text not in _VAGUE:
        return None
    chosen = answers.get(f"level:{text}")
    if chosen in LEVELS:
        return Value(chosen)
    return question(
        f"level:{text}",
        "levels.vague",
        tuple(option(level, "levels.option", level=level) for level in _VAGUE[text]),
        text=text,
    )
