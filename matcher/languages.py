"""How well two people understand each other when they speak: levels, names and bridges.

Spoken, not written: Dari and Farsi share nearly everything by ear, Hindi and Urdu share no script.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from matcher.parts import Bridge

LEVEL_NAMES: Final = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
CEFR: Final[Mapping[str, int]] = {name: rank for rank, name in enumerate(LEVEL_NAMES, start=1)}

# English names, for reasons in plain words; tags are those of the IANA registry (BCP 47).
NAMES: Final[Mapping[str, str]] = {
    "acm": "Iraqi Arabic",
    "aeb": "Tunisian Arabic",
    "am": "Amharic",
    "apc": "Levantine Arabic",
    "ar": "Standard Arabic",
    "arq": "Algerian Arabic",
    "ary": "Moroccan Arabic",
    "arz": "Egyptian Arabic",
    "az": "Azerbaijani",
    "bn": "Bengali",
    "bs": "Bosnian",
    "ckb": "Sorani Kurdish",
    "cnr": "Montenegrin",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Farsi",
    "fr": "French",
    "ha": "Hausa",
    "hi": "Hindi",
    "hr": "Croatian",
    "kmr": "Kurmanji Kurdish",
    "ln": "Lingala",
    "my": "Burmese",
    "ne": "Nepali",
    "pa": "Punjabi",
    "prs": "Dari",
    "ps": "Pashto",
    "pt": "Portuguese",
    "rn": "Kirundi",
    "rom": "Romani",
    "ru": "Russian",
    "rw": "Kinyarwanda",
    "so": "Somali",
    "sq": "Albanian",
    "sr": "Serbian",
    "sw": "Swahili",
    "tg": "Tajik",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "zh": "Chinese",
}


def level_name(level: int) -> str:
    """Name a level 1..7 as the Common European Framework does, with `native` on top."""
    return LEVEL_NAMES[level - 1]


def language_name(tag: str) -> str:
    """Name a language in English; a tag that is not in the table speaks for itself."""
    return NAMES.get(tag, tag)


def _between(loss: int, *tags: str) -> tuple[Bridge, ...]:
    return tuple(Bridge(client=x, assistant=y, loss=loss) for x in tags for y in tags if x != y)


def _toward(loss: int, client: str, assistant: str) -> tuple[Bridge, ...]:
    return (Bridge(client=client, assistant=assistant, loss=loss),)


# What an office starts from and may change. The sources say which languages carry over and which
# way; the losses in levels are our cautious reading of them and no measured values. What is not
# listed does not count, even where speakers often manage: an office knows its people better.
DEFAULT_BRIDGES: Final[tuple[Bridge, ...]] = (
    # Varieties of one language by ear (Windfuhr ed. 2009, The Iranian Languages, on Persian and
    # Tajik); Tajik is farther, by its words from Russian and Uzbek.
    *_between(0, "prs", "fa"),
    *_between(1, "prs", "tg"),
    *_between(2, "fa", "tg"),
    # Close neighbours in the Great Lakes group (Nurse and Philippson eds. 2003, The Bantu Languages).
    *_between(1, "rn", "rw"),
    # Dialects of the Mashriq carry over among each other, and Egyptian is known everywhere from
    # film; speakers from the Maghreb follow it, and seldom the other way (S'hiri 2002; Trentman and
    # Shiri 2020, on the mutual intelligibility of Arabic dialects).
    *_between(1, "apc", "arz"),
    *_between(1, "apc", "acm"),
    *_between(1, "ary", "arq"),
    *_toward(2, "acm", "arz"),
    *_toward(2, "ary", "arz"),
    *_toward(2, "arq", "arz"),
    *_toward(2, "aeb", "arz"),
    # One spoken standard under four names (Kordić 2010; Golubović 2016, Mutual intelligibility in
    # the Slavic language area).
    *_between(0, "sr", "hr", "bs", "cnr"),
    # Most speakers of Ukrainian follow Russian; without exposure not the other way.
    *_toward(2, "uk", "ru"),
    # One spoken base, with learned words from different sources (Masica 1991, The Indo-Aryan Languages).
    *_between(1, "ur", "hi"),
    # Oghuz neighbours; Turkish television carries one way farther than the other.
    *_toward(2, "az", "tr"),
)
