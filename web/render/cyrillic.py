"""Serbian in Latin letters -> Serbian in Cyrillic, leaving alone what is no Serbian word."""
from __future__ import annotations

import re

_LETTERS = {"lj": "љ", "nj": "њ", "dž": "џ",
            **dict(zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True))}
_LETTER = re.compile("|".join(_LETTERS), re.IGNORECASE)
# Words in which the two letters are two sounds: the place between them.
_APART = re.compile(
    r"(?i)\b(?:(?:nad|pod)(?=ž)|od(?=žal|živ|žv)|kon(?=jug|junk)|in(?=jek)|tan(?=jug)|van(?=jez))")
# Blanks to fill in, addresses, tags and entities; what has letters that Serbian lacks; units and names
# that are written in Latin letters in Cyrillic texts, too.
_KEPT = re.compile(
    r"%\(\w+\)[sd]|<[^<>]*>|&\w+;|https?://\S*|\S+@\S+|\{[^{}]*\}|\b[\w.]+\.com\b|\.ics\b"
    r"|\b(?:cm|mm|km|QR|SMS|PDF|ICS|Saputnik|Google|Apple|iPhone|iPad|Mac|iCloud|iCal|Outlook|Thunderbird"
    r"|WhatsApp|Viber)\b|\b\w*[qwxyQWXY]\w*\b")
_WORD = re.compile(r"[A-Za-zĐđŽžĆćČčŠš]+")


def to_cyrillic(text: str) -> str:
    """The same text in Cyrillic letters."""
    pieces, end = [], 0
    for kept in _KEPT.finditer(text):
        pieces += [_WORD.sub(_word, text[end:kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*pieces, _WORD.sub(_word, text[end:])])


def _word(match: re.Match[str]) -> str:
    word = _APART.sub(r"\g<0>|", match[0])
    return _LETTER.sub(lambda letter: _like(_LETTERS[letter[0].lower()], letter[0]), word).replace("|", "")


def _like(letter: str, sample: str) -> str:
    return letter.upper() if sample[0].isupper() else letter
