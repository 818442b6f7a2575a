"""Languages, countries, cultures and first topics: what config/ says, and CLDR's names of countries."""
from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

from matcher.languages import CEFR, LEVEL_NAMES
from web.i18n import CLIENT_LANGUAGES, current_language, find_language, language_of
from web.i18n.clients import topic_words

CONFIG = Path(__file__).parents[2] / "config"
LEVELS = LEVEL_NAMES
# Codes of CLDR that are no country that somebody can come from.
_NO_COUNTRY = {"AC", "AQ", "BV", "CP", "CQ", "DG", "EA", "EU", "EZ", "HM", "IC", "QO", "TA", "UM", "UN", "XA",
               "XB", "ZZ"}


@dataclass(frozen=True)
class SpokenLanguage:
    """A language as people speak it."""

    code: str
    names: Mapping[str, str]  # by the code of the page's language; "en" and "sr" are always there
    mail: str  # the language of mails that a speaker reads as their own, or ""
    aliases: tuple[str, ...]

    def name_in(self, page: str) -> str:
        """The language's name for a page in `page`."""
        if page in self.names:
            return self.names[page]
        return Locale.parse(language_of(page).locale).languages.get(self.code) or self.names["en"]


@lru_cache(maxsize=4)
def _read(filename: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / filename).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def languages() -> Mapping[str, SpokenLanguage]:
    """All languages on offer, by code."""
    return {
        entry["code"]: SpokenLanguage(
            code=entry["code"],
            names={page: entry[page] for page in ("en", "sr", "fr", "ar", "fa") if page in entry},
            mail=entry.get("mail", ""), aliases=tuple(entry.get("aliases", ())))
        for entry in _read("languages.toml")["languages"]
    }


def language_name(code: str, page: str | None = None) -> str:
    """A language's name on a page; the code itself where the catalogue no longer has it."""
    found = languages().get(code)
    return found.name_in(page or current_language().code) if found else code


def ambiguous_languages() -> Mapping[str, list[str]]:
    """Names, in small letters, that may mean several languages: {"kurdish": ["kmr", "ckb", …]}."""
    ambiguous: dict[str, list[str]] = _read("languages.toml")["ambiguous"]
    return ambiguous


@lru_cache(maxsize=8)
def countries(page: str) -> Mapping[str, str]:
    """Country names by ISO 3166-1 alpha-2 code, in the language of the page, sorted by name."""
    named = Locale.parse(language_of(page).locale).territories
    english = Locale.parse("en").territories
    found = {code: str(named.get(code) or name) for code, name in english.items()
             if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY}
    return dict(sorted(found.items(), key=lambda entry: entry[1].casefold()))


def country_name(code: str, page: str | None = None) -> str:
    """A country's name on a page; the code itself where CLDR has no name."""
    return countries(page or current_language().code).get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Countries to choose from on this page; typing the first letters of a usual name finds one."""
    usual = {"CD": "DR Congo", "CI": "Ivory Coast", "PS": "Palestine", "TR": "Turkey", "MM": "Burma"}
    named = list(countries(current_language().code).items())
    if current_language().code == "en":
        named = [(code, f"{usual[code]} ({name})" if code in usual else name) for code, name in named]
        named.sort(key=lambda entry: entry[1].casefold())
    return named


def language_choices() -> list[tuple[str, str]]:
    """Languages to choose from on this page, by name."""
    page = current_language().code
    return sorted(((code, language.name_in(page)) for code, language in languages().items()),
                  key=lambda entry: entry[1].casefold())


def country_aliases() -> Mapping[str, list[str]]:
    """Further names of countries, in small letters, by code: {"CD": ["dr congo", …]}."""
    aliases: dict[str, list[str]] = _read("languages.toml")["country_aliases"]
    return aliases


def cultures() -> list[str]:
    """Every culture that the catalogue knows, sorted."""
    document = _read("languages.toml")
    return sorted({*document["cultures"], *document["language_cultures"]})


def cultures_of(country: str, spoken: Mapping[str, str] | None = None) -> list[str]:
    """The cultures of a country and of the languages that somebody speaks as their own, sorted."""
    document = _read("languages.toml")
    own = {code for code, level in (spoken or {}).items() if level == "native"}
    return sorted(
        {culture for culture, members in document["cultures"].items() if country in members}
        | {culture for culture, members in document["language_cultures"].items() if own & set(members)})


def suggested_mail_language(spoken: Mapping[str, str]) -> str:
    """The language of mails that somebody reads best; English where they speak none that we write."""
    found = (find_language(code) for code in reading_order(spoken))
    return next((language.code for language in found if language), "en")


def reading_order(spoken: Mapping[str, str]) -> list[str]:
    """Languages of mails that somebody reads, the best spoken first: never one that they do not speak."""
    best = sorted((-CEFR.get(level, 0), code) for code, level in spoken.items())
    written = (languages()[code].mail for _, code in best if code in languages())
    return [language for language in dict.fromkeys(written) if language]


def default_topics() -> list[dict[str, Any]]:
    """The topics that a new office begins with: code, minutes, windows as rows have them, names, bring."""
    return [{"code": topic["code"], "minutes": topic["minutes"],
             "windows": [_window(text) for text in topic["windows"]],
             "names": topic_words(topic["name"]),
             "bring": _together([topic_words(text) for text in topic["bring"]])}
            for topic in _read("topics.toml")["topics"]]


def _together(lines: list[dict[str, str]]) -> dict[str, list[str]]:
    """What to bring, in each language that has all of it."""
    return {code: [line[code] for line in lines] for code in CLIENT_LANGUAGES
            if all(code in line for line in lines)}


def _window(text: str) -> dict[str, Any]:
    days, _, hours = text.partition(" ")
    first, _, last = days.partition("-")
    week = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    start, _, end = hours.partition("-")
    return {"days": list(week[week.index(first):week.index(last or first) + 1]), "from": start, "to": end}
