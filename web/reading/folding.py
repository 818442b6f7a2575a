"""Text without what people leave out or add: case, accents, script and punctuation."""
from __future__ import annotations

import re
import unicodedata

_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "dj", "е": "e", "ж": "z", "з": "z", "и": "i",
    "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "ћ": "c", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "c", "џ": "dz", "ш": "s",
    "й": "j", "ё": "e", "ї": "i", "і": "i", "є": "e", "ґ": "g", "ы": "y", "э": "e", "ю": "ju", "я": "ja",
    "щ": "s", "ь": "", "ъ": "",
    "đ": "dj", "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i",
}
_TABLE = str.maketrans(_LATIN)
_NOT_WORD = re.compile(r"[^\w+]+")


def fold(text: str) -> str:
    """Lower case, Latin letters without accents, single spaces; punctuation stays."""
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text)
                   if not unicodedata.combining(letter))
    return " ".join(text.split())


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text, without punctuation."""
    return tuple(word for word in _NOT_WORD.sub(" ", fold(text)).replace("_", " ").split() if word)


def key(text: str) -> str:
    """What two spellings of the same name have in common: their folded words in any order."""
    return " ".join(sorted(words(text)))


def split_list(text: str, separators: str = ",;\n|") -> list[str]:
    """The parts of a list as people write it; separators inside brackets do not count."""
    parts: list[str] = []
    part: list[str] = []
    depth = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]" and depth > 0)
        if letter in separators and depth == 0:
            parts.append("".join(part))
            part = []
        else:
            part.append(letter)
    parts.append("".join(part))
    return [stripped for each in parts if (stripped := each.strip().strip("•*·").strip())]
