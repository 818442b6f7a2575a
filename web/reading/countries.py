"""Countries by their names in the application's written languages, short names and codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from babel import Locale

from web.reading.folding import key, words
from web.reading.names import Names, make_names
from web.reading.result import Reading, Value, excerpt, fault, option, question

LOCALES = ("en", "sr_Latn", "fr", "ar", "fa")
# CLDR's "territories" that are no countries of origin.
_NOT_COUNTRIES = frozenset(
    [
        "AC",
        "CP",
        "CQ",
        "DG",
        "EA",
        "EU",
        "EZ",
        "IC",
        "QO",
        "TA",
        "UN",
        "XA",
        "XB",
        "ZZ",
        "AQ",
        "BV",
        "HM",
        "TF",
        "UM",
    ]
)
# Names that more than one country goes by in common speech.
_SHARED = (
    ("Congo", "CD"),
    ("Congo", "CG"),
    ("Kongo", "CD"),
    ("Kongo", "CG"),
    ("Korea", "KP"),
    ("Korea", "KR"),
    ("Koreja", "KP"),
    ("Koreja", "KR"),
)


def country_names(locale: str = "en", aliases: Mapping[str, Iterable[str]] | None = None) -> Names:
    """Every country's names; titles are in `locale`, `aliases` are further names by code."""
    spellings = list(_SHARED)
    for each in (*LOCALES, "sr_Cyrl"):
        spellings += [
            (name, code) for code, name in Locale.parse(each).territories.items() if _is_country(code)
        ]
    spellings += [(code, code) for code in sorted({code for _, code in spellings})]
    spellings += [(name, code) for code, names in (aliases or {}).items() for name in names]
    titles = {code: str(name) for code, name in Locale.parse(locale).territories.items() if _is_country(code)}
    return make_names(spellings, titles)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES


def read_country(text: str, names: Names, answers: Mapping[str, str] | None = None) -> Reading[str]:
    """The ISO 3166-1 alpha-2 code; a near miss is asked, not taken."""
    if not words(text):
        return fault("countries.empty")
    if len(text) > 100:
        return fault("countries.unknown", text=excerpt(text))
    asked = f"country:{key(text)}"
    answers = answers or {}
    if asked in answers:
        return Value(answers[asked])
    found = names.find(text)
    if len(found) == 1:
        return Value(found[0])
    offered = found or names.near(text)
    if not offered:
        return fault("countries.unknown", text=excerpt(text))
    return question(
        asked,
        "countries.several" if found else "countries.near",
        tuple(option(code, "name", name=names.title(code)) for code in offered),
        text=excerpt(text),
    )
