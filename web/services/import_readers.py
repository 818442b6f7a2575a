"""How each field's cells are read."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from web.i18n import CLIENT_LANGUAGES, comma
from web.reading.channels import read_channel
from web.reading.contacts import read_email, read_phone
from web.reading.countries import read_country
from web.reading.dates import read_date
from web.reading.genders import read_accepts, read_gender, read_gender_wish
from web.reading.hours import read_hours
from web.reading.languages import read_language, read_languages
from web.reading.numbers import read_count, read_hours_count, read_minutes, read_yes_no
from web.reading.origin_wish import read_origin_wish
from web.reading.places import read_listed
from web.reading.result import Fault, Question, Reading, Value, excerpt, fault
from web.reading.topics import read_covered, read_topics
from web.reading.urgency import read_urgency
from web.services import catalogue
from web.services.import_meaning import Meanings

Reader = Callable[[str], Reading[Any]]
LONGEST_LINE, LONGEST_REMARK = 120, 2000


def readers(meanings: Meanings, answers: Mapping[str, str]) -> dict[str, Reader]:
    """A reader for each field; each distinct text is read once."""
    of = meanings
    plain: dict[str, Reader] = {
        "code": _line, "name": _line, "first_name": _line, "last_name": _line, "remarks": _remark,
        "gender": read_gender,
        "origin": lambda text: read_country(text, of.countries, answers),
        "languages": lambda text: read_languages(text, of.languages, answers),
        "needs": lambda text: read_topics(text, of.topics, answers),
        "topics": lambda text: read_covered(text, of.topics, answers),
        "hours": lambda text: read_hours(text, answers),
        "origin_wish": lambda text: read_origin_wish(text, answers),
        "gender_wish": lambda text: read_gender_wish(text, answers),
        "urgency": lambda text: read_urgency(text, answers),
        "by": lambda text: read_date(text, answers),
        "registered_on": lambda text: read_date(text, answers),
        "email": read_email,
        "phone": lambda text: read_phone(text, of.region),
        "max_clients": read_count,
        "max_per_day": lambda text: read_count(text, most=10),
        "max_minutes_per_week": read_hours_count,
        "max_minutes_per_day": read_hours_count,
        "buffer_minutes": read_minutes,
        "accepts_genders": lambda text: read_accepts(text, answers),
        "tells_own_story": read_yes_no,
        "places": lambda text: read_listed(text, of.places, "place", answers),
        "mail_language": lambda text: _mail_language(text, of, answers),
        "channel": read_channel,
        "previous_assistant": lambda text: _one_assistant(text, of, answers),
        "not_with": lambda text: read_listed(text, of.assistants, "assistant", answers),
    }
    return {name: _once(reader) for name, reader in plain.items()}


def _once(reader: Reader) -> Reader:
    known: dict[str, Reading[Any]] = {}

    def read(text: str) -> Reading[Any]:
        if text not in known:
            known[text] = reader(text)
        return known[text]

    return read


def _line(text: str) -> Reading[str]:
    line = " ".join(text.split())
    return Value(line) if len(line) <= LONGEST_LINE else fault("too-long", most=str(LONGEST_LINE))


def _remark(text: str) -> Reading[str]:
    return Value(text) if len(text) <= LONGEST_REMARK else fault("too-long", most=str(LONGEST_REMARK))


def _mail_language(text: str, of: Meanings, answers: Mapping[str, str]) -> Reading[str]:
    reading = read_language(text, of.languages, answers)
    if isinstance(reading, Question | Fault):
        return reading
    written = catalogue.languages()[reading.value].mail
    if not written:
        return fault("mail-language.unknown", text=excerpt(text),
                     known=comma().join(language.name for language in CLIENT_LANGUAGES.values()))
    return Value(written)


def _one_assistant(text: str, of: Meanings, answers: Mapping[str, str]) -> Reading[str | None]:
    reading = read_listed(text, of.assistants, "assistant", answers)
    if not isinstance(reading, Value):
        return reading
    if len(reading.value) > 1:
        return fault("assistants.unknown", text=excerpt(text))
    return Value(reading.value[0] if reading.value else None)
