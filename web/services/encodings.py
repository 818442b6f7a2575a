"""Which encoding a text file has: Unicode where it can be, else the one whose letters make sense.

General detectors take a short Serbian file in Windows-1250 for Windows-1252 or Turkish as often as not;
what offices here write is known well enough to count letters.
"""

from __future__ import annotations

import codecs
import re

_SERBIAN = "čćžšđČĆŽŠĐ"
_WESTERN = "éèêëàâîïôöùûüçñáíóúäßÉÈÊÀÂÇÖÜÄÑœŒ"
_WESTERN_ONLY = "éêëàâîïôöùûüñáíóúä"  # letters that Serbian has no use for, at places of their own
_SINGLE = ("cp1250", "cp1252", "iso8859-2", "iso8859-15")
_CYRILLIC_WORD = re.compile(rb"[\xc0-\xff\x90\x9a\x9c\x9d\x9e\x9f\x80\x8a\x8c\x8d\x8e\x8f\xa3\xbc]{3,}")
_LATIN_WORD = re.compile(rb"[A-Za-z]{3,}")


def decode(content: bytes) -> str | None:
    """The text, None where it is none."""
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(bom):
            return _try(content, encoding)
    sample = content[:4000]
    if b"\x00" in sample:
        # UTF-16 without its mark: delimiters and line ends have their zero on one side only.
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if even and odd:
            return None
        return _try(content, "utf-16-be" if even else "utf-16-le")
    text = _try(content, "utf-8")
    if text is not None:
        return text
    if len(_CYRILLIC_WORD.findall(content)) > len(_LATIN_WORD.findall(content)) / 4:
        cyrillic = _try(content, "cp1251")
        if cyrillic is not None:
            return cyrillic
    texts = [text for encoding in _SINGLE if (text := _try(content, encoding)) is not None]
    return max(texts, key=_sense, default=None)


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _sense(text: str) -> float:
    """How much the letters beyond ASCII make sense in a file of an office here."""
    score = 0.0
    for letter in text:
        if letter < "\x80":
            continue
        if letter in _SERBIAN:
            score += 1.0
        elif letter in _WESTERN_ONLY or letter in "–—„“”’‘€…•":
            score += 0.9
        elif letter in _WESTERN:
            score += 0.8
        elif "\x80" <= letter < "\xa0":
            score -= 5
        else:
            score -= 1
    return score
