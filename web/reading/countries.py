"""Countries by their names in the application's written languages, short names and codes."""
from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale

from web.reading.folding import key, words
from web.reading.names import Names, make_names
from web.reading.result import Reading, Value, excerpt, fault, option, question

LOCALES = ("en", "sr_Latn", "fr", "ar", "fa")
# CLDR's "territories" that are no countries of origin.
_NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ AQ BV HM TF UM".split())
_ALIASES = (
    "AF AFG|BA Bosnia|BA Bosna|BI BDI|BY Belarus|BY Belorusija|CD DR Congo|CD DRC|CD DRK|CD RDC|CD Congo DR"
    "|CD Democratic Republic of Congo|CD Democratic Republic of the Congo|CD Congo Kinshasa|CD Zaire|CD DR Kongo"
    "|CD Demokratska Republika Kongo|CD République démocratique du Congo|CD Congo|CG Congo|CD Kongo|CG Kongo"
    "|CG Republic of the Congo|CG Congo Brazzaville|CG Republika Kongo|CI Ivory Coast|CI Obala Slonovače"
    "|CI Cote d'Ivoire|CM Cameroun|CU CUB|CV Cape Verde|CZ Czech Republic|CZ Češka|DE Nemačka"
    "|EG EGY|ER Eritreja|ET Etiopija|GB UK|GB Great Britain|GB England|GB Velika Britanija|GM The Gambia"
    "|IQ IRQ|IR IRN|IR Islamic Republic of Iran|KG Kyrgyz Republic|KP Korea|KR Korea|KP North Korea"
    "|KR South Korea|LA Laos|LY Libija|MA Maroko|MD Moldavija|MK Macedonia|MK Makedonija|MM Burma|NG NGA"
    "|PS Palestine|PS Palestina|PS State of Palestine|PS Gaza|PS West Bank|PS Palestinian Authority"
    "|RU Russian Federation|RU Ruska Federacija|SO SOM|SS South Sudan|SY SYR|SY Syrian Arab Republic|SY Sirija"
    "|SZ Swaziland|TR Turkey|TR Turska|TZ United Republic of Tanzania|UA UKR|UK GB|US USA|US United States of America"
    "|US SAD|VE Venezuela|VN Viet Nam|XK Kosovo|YE Yemen|PS Palestinian Territory|SY Syrie|LY Libya"
)


@cache
def country_names(locale: str = "en") -> Names:
    """Every country's names; titles are in `locale`."""
    spellings = []
    for each in (*LOCALES, "sr_Cyrl"):
        spellings += [(name, code) for code, name in Locale.parse(each).territories.items() if _is_country(code)]
    known = {code for _, code in spellings}
    spellings += [(code, code) for code in sorted(known)]
    for alias in _ALIASES.split("|"):
        code, name = alias.split(" ", 1)
        if code in known:
            spellings.append((name, code))
    titles = {code: str(name) for code, name in Locale.parse(locale).territories.items() if _is_country(code)}
    return make_names(spellings, titles)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES


def read_country(text: str, names: Names | None = None, answers: Mapping[str, str] | None = None) -> Reading[str]:
    """The ISO 3166-1 alpha-2 code; a near miss is asked, not taken."""
    names = names or country_names()
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
    return question(asked, "countries.several" if found else "countries.near", tuple(
        option(code, "name", name=names.title(code)) for code in offered), text=excerpt(text))
