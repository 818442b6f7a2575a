"""What names mean in this office: its topics and places, and the catalogue's languages and countries."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from web.i18n import current_language, language_of
from web.models import Assistant, Topic, db
from web.reading.countries import country_names
from web.reading.names import Names, make_names
from web.services import catalogue
from web.services.people_rows import Directory


@dataclass(frozen=True)
class Meanings:
    """Everything that names in a file may stand for."""

    languages: Names
    countries: Names
    topics: Names
    places: Names
    assistants: Names
    region: str


class Answers(Mapping[str, str]):
    """Answers to questions, by key; remembers which were of use."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.used: set[str] = set()

    def __getitem__(self, key: str) -> str:
        found = self._given[key]
        self.used.add(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def load_meanings(directory: Directory) -> Meanings:
    """Bring together what the office and the catalogue know; titles are in the page's language."""
    page = current_language().code
    topics = [topic for topic in directory.topics.values() if topic.active]
    places = [place for place in directory.places.values() if place.active]
    people = db.session.execute(
        db.select(Assistant.code, Assistant.name).where(Assistant.ended_on.is_(None))).all()
    return Meanings(
        languages=_languages(page),
        countries=_countries(page),
        topics=make_names([(name, topic.code) for topic in topics for name in _names_of(topic)],
                          {topic.code: topic.name_in(page) for topic in topics}),
        places=make_names([(name, place.code) for place in places for name in (place.name, place.code)],
                          {place.code: place.name for place in places}),
        assistants=make_names([(text, code) for code, name in people for text in (code, name)],
                              {code: f"{code} {name}" for code, name in people}),
        region=directory.office.country)


def _names_of(topic: Topic) -> list[str]:
    return [*topic.names.values(), topic.code]


@lru_cache(maxsize=8)
def _languages(page: str) -> Names:
    known = catalogue.languages()
    spellings = [(name, code) for code, language in known.items()
                 for name in (*language.names.values(), *language.aliases,
                              *(language.name_in(each) for each in ("fr", "ar", "fa")), code)]
    spellings += [(name, code) for name, codes in catalogue.ambiguous_languages().items() for code in codes]
    return make_names(spellings, {code: language.name_in(page) for code, language in known.items()})


@lru_cache(maxsize=8)
def _countries(page: str) -> Names:
    return country_names(language_of(page).locale, catalogue.country_aliases())
