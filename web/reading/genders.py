"""Genders: of people, wished for, and accepted."""
from __future__ import annotations

from collections.abc import Mapping

from web.reading.folding import words
from web.reading.result import Option, Question, Reading, Value, excerpt, fault, option, question

GENDERS = ("female", "male", "other")
_FEMALE = frozenset((
    "f", "female", "woman", "women", "lady", "ladies", "girl", "zena", "zene", "zenu", "zenom",
    "zenama", "zensko", "zenski", "zenska", "zenskog", "zenskih", "z", "w", "femme", "femmes",
    "feminin", "fem", "females"
))
_MALE = frozenset((
    "m", "male", "man", "men", "boy", "muskarac", "muskarci", "muskarca", "muskarcem", "muskarcima",
    "musko", "muski", "muska", "muskog", "muskih", "homme", "hommes", "masculin", "masc", "males"
))
_OTHER = frozenset((
    "o", "x", "other", "divers", "diverse", "nonbinary", "drugo", "ostalo", "drugi", "autre", "inter",
    "trans"
))
_MUST = frozenset((
    "only", "must", "required", "requires", "strictly", "exclusively", "samo", "iskljucivo", "obavezno",
    "uniquement", "seulement", "needs", "mora", "just"
))
_RATHER = frozenset((
    "prefer", "prefers", "preferred", "preferably", "preference", "rather", "possible", "radije",
    "rado", "pozeljno", "zeli", "bolje", "voleo", "volela", "mogucnosti", "prefere", "preferait",
    "plutot", "better"
))
_NONE = frozenset((
    "", "no", "none", "any", "no preference", "no wish", "nema", "svejedno", "ne", "nevazno", "all",
    "everyone",
    "everybody", "anyone", "svi", "sve", "n a", "all genders", "bez zelje", "nije vazno", "either", "both",
    "oba", "tous", "indifferent", "does not matter", "doesn t matter"
))
# Words that say nothing more about a gender wish.
_FILLERS = frozenset((
    "a", "an", "with", "the", "sa", "s", "by", "from", "assistant", "assistants", "asistent",
    "asistentkinja", "asistenta", "asistentkinju", "client", "clients", "klijent", "klijenti",
    "klijenata", "klijentkinje", "klijentkinjama", "works", "rad", "radi", "to", "if", "po", "for",
    "za", "works", "work", "person", "osoba", "wants", "would", "like", "speak", "radi", "une", "un",
    "avec"
))


def read_gender(text: str) -> Reading[str]:
    """female, male or other."""
    said = words(text[:100])
    if not said:
        return fault("genders.empty")
    for gender, known in (("female", _FEMALE), ("male", _MALE), ("other", _OTHER)):
        if len(said) == 1 and said[0] in known:
            return Value(gender)
    if said in (("non", "binary"), ("ne", "binarno")):
        return Value("other")
    return fault("genders.unknown", text=excerpt(text))


def _parts(text: str) -> tuple[str, str] | None:
    """(strength, gender) of a text that is about a gender and nothing else."""
    said = [word for word in words(text[:200]) if word not in _FILLERS]
    genders = {"female" for word in said if word in _FEMALE} | {"male" for word in said if word in _MALE}
    strengths = {"require" for word in said if word in _MUST} | {"prefer" for word in said if word in _RATHER}
    rest = [word for word in said if word not in _FEMALE | _MALE | _MUST | _RATHER]
    if len(genders) != 1 or len(strengths) > 1 or rest:
        return None
    return (strengths.pop() if strengths else ""), genders.pop()


def read_gender_wish(text: str, answers: Mapping[str, str] | None = None) -> Reading[str]:
    """none, prefer-female, require-female, prefer-male or require-male."""
    said = words(text[:200])
    if " ".join(said) in _NONE:
        return Value("none")
    if parts := _parts(text):
        strength, gender = parts
        if strength:
            return Value(f"{strength}-{gender}")
        asked = f"gender-wish:{gender}"
        chosen = (answers or {}).get(asked)
        if chosen:
            return Value(chosen)
        return question(asked, "wishes.how-strong", tuple(
            option(each, f"wishes.{each}") for each in (f"prefer-{gender}", f"require-{gender}")),
            text=excerpt(text))
    return fault("wishes.gender-unknown", text=excerpt(text))


def read_accepts(text: str, answers: Mapping[str, str] | None = None) -> Reading[tuple[str, ...] | None]:
    """Which clients' genders an assistant accepts; None is everybody.

    "Rather with women" has no place in the plan's rules, so it is asked which of the two it means.
    """
    said = words(text[:200])
    if " ".join(said) in _NONE:
        return Value(None)
    plain = {gender for word in said for gender, known in (
        ("female", _FEMALE), ("male", _MALE), ("other", _OTHER)) if word in known}
    if len(plain) > 1 and all(word in _FEMALE | _MALE | _OTHER | {"and", "i", "et"} for word in said):
        return Value(tuple(gender for gender in GENDERS if gender in plain) if len(plain) < 3 else None)
    if parts := _parts(text):
        strength, gender = parts
        if strength != "prefer":
            return Value((gender,))
        return _ask_accepts(text, gender, answers or {})
    return fault("wishes.accepts-unknown", text=excerpt(text))


def _ask_accepts(text: str, gender: str, answers: Mapping[str, str]) -> Reading[tuple[str, ...] | None]:
    asked = f"accepts:{' '.join(words(text))}"
    chosen = answers.get(asked)
    if chosen:
        return Value(None if chosen == "everybody" else (chosen,))
    return question(asked, "accepts.open", (
        option(gender, f"accepts.{gender}"), option("everybody", "accepts.remark")), text=excerpt(text))


def accepts_in_remark(text: str, answers: Mapping[str, str]) -> Reading[tuple[str, ...] | None]:
    """What an assistant's remark like "only women" says of the clients: always asked."""
    parts = _parts(text)
    return _ask_accepts(text, parts[1], answers) if parts and parts[0] else Value(None)


def wish_in_remark(text: str, answers: Mapping[str, str]) -> Value[str | None] | Question:
    """What a client's remark like "only a woman" says of the assistant: always asked."""
    parts = _parts(text)
    if not parts or not parts[0]:
        return Value(None)
    asked = f"remark-wish:{' '.join(words(text))}"
    chosen = answers.get(asked)
    if chosen:
        return Value(None if chosen == "remark" else chosen)
    options: tuple[Option, ...] = tuple(
        option(each, f"wishes.{each}") for each in (f"require-{parts[1]}", f"prefer-{parts[1]}"))
    return question(asked, "wishes.in-remark", (*options, option("remark", "accepts.remark")),
                    text=excerpt(text))
