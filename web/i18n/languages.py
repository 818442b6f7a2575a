"""The languages the application speaks: to coordinators in five, to clients and assistants in all of them."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from babel import Locale
from babel.core import get_global


@dataclass(frozen=True)
class Language:
    """A language of pages and mails."""

    code: str  # as rows and addresses write it
    locale: str  # as CLDR and the folder under translations/ write it
    name: str  # in itself
    interface: bool = False  # coordinators' pages speak it, too

    @property
    def tag(self) -> str:
        """The language as HTML and mails name it (BCP 47)."""
        return self.locale.replace("_", "-")

    @cached_property
    def rtl(self) -> bool:
        """Whether it is written from right to left; CLDR knows."""
        return Locale.parse(self.locale).text_direction == "rtl"

    @property
    def direction(self) -> str:
        """The value of HTML's `dir`."""
        return "rtl" if self.rtl else "ltr"

    @cached_property
    def script(self) -> str:
        """The ISO 15924 code of its script, e.g. "Ethi"."""
        usual: str = get_global("likely_subtags")[self.locale.partition("_")[0]]
        return next(part for part in f"{self.locale}_{usual}".split("_") if len(part) == 4)


# In the order of menus. CLDR has no code of its own for Kurmanji: its "ku" is Kurmanji in Latin letters.
CLIENT_LANGUAGES = {
    language.code: language
    for language in (
        Language("en", "en", "English", interface=True),
        Language("sr", "sr_Latn", "srpski", interface=True),
        Language("sr-Cyrl", "sr_Cyrl", "српски"),
        Language("fr", "fr", "français", interface=True),
        Language("ar", "ar", "العربية", interface=True),
        Language("fa", "fa", "فارسی", interface=True),
        Language("prs", "fa_AF", "دری"),
        Language("ps", "ps", "پښتو"),
        Language("ur", "ur", "اردو"),
        Language("ckb", "ckb", "کوردیی ناوەندی"),
        Language("kmr", "ku", "kurmancî"),
        Language("tr", "tr", "Türkçe"),
        Language("rn", "rn", "Ikirundi"),
        Language("sw", "sw", "Kiswahili"),
        Language("so", "so", "Soomaali"),
        Language("ti", "ti", "ትግርኛ"),
        Language("ru", "ru", "русский"),
        Language("uk", "uk", "українська"),
        Language("es", "es", "español"),
    )
}
LANGUAGES = {code: language for code, language in CLIENT_LANGUAGES.items() if language.interface}

# What a tag stands for where its own parts do not say it, nearest first.
_STANDS_FOR = {
    "fa-af": ("prs", "fa"), "prs": ("prs", "fa"), "ku": ("kmr",), "ku-arab": ("ckb",), "sr-latn": ("sr",),
    "sh": ("sr",),
}
_BY_SMALL_CODE = {code.lower(): code for code in CLIENT_LANGUAGES}


def find_language(tag: str, among: Mapping[str, Language] = CLIENT_LANGUAGES) -> Language | None:
    """The language that a tag such as "fa_AF", "prs" or "sr-Cyrl-RS" asks for; None where there is none."""
    wanted = tag.replace("_", "-").lower()
    while wanted:
        for code in _STANDS_FOR.get(wanted, (_BY_SMALL_CODE.get(wanted, ""),)):
            if code in among:
                return among[code]
        wanted = wanted.rpartition("-")[0]
    return None


def language_of_locale(locale: str) -> Language:
    """The language that CLDR calls so, English where the application does not speak it."""
    return next((one for one in CLIENT_LANGUAGES.values() if one.locale == locale), CLIENT_LANGUAGES["en"])


def language_of(code: str) -> Language:
    """The language with this code, English where the application does not speak it."""
    return find_language(code) or CLIENT_LANGUAGES["en"]
