"""Which row is the header, and what each column is likely to be: offered, never taken as given."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence

from web.reading.countries import read_country
from web.reading.dates import read_date
from web.reading.folding import key, words
from web.reading.genders import read_gender
from web.reading.hours import read_hours
from web.reading.languages import is_language_list
from web.reading.result import Fault, Value
from web.services.import_fields import ASSISTANTS, CLIENTS, KINDS, fields_of, header_names
from web.services.import_meaning import Meanings

LOOK_FOR_HEADER = 20  # rows from the top
SAMPLES = 40  # cells that tell a column by its content
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_PHONE = re.compile(r"\+?[\d\s()/.-]{8,20}")

Cells = Sequence[str]


def header_row(rows: Sequence[tuple[int, Cells]]) -> int:
    """The position of the row that names the columns."""

    def score(cells: Cells) -> float:
        known = max(sum(bool(_named(cell, kind)) for cell in cells) for kind in KINDS)
        filled = [cell for cell in cells if cell]
        distinct = len({cell.casefold() for cell in filled}) == len(filled)
        return 3 * known + (len(filled) if distinct and not any(map(_is_value, filled)) else 0)

    top = rows[:LOOK_FOR_HEADER]
    return max(range(len(top)), key=lambda index: (score(top[index][1]), -index), default=0)


def likely_kind(header: Cells) -> str:
    """Whether these are columns of clients or of assistants."""

    def hits(kind: str) -> tuple[int, int]:
        found = [_named(cell, kind) for cell in header]
        own = {name for name, field in fields_of(kind).items() if len(field.kinds) == 1}
        return sum(1 for each in found if each and each[0] in own), sum(map(bool, found))

    return ASSISTANTS if hits(ASSISTANTS) > hits(CLIENTS) else CLIENTS


def guess(header: Cells, rows: Sequence[tuple[int, Cells]], kind: str, meanings: Meanings) -> dict[int, str]:
    """The likely field of each column, by its header first and by its content else."""
    fields = fields_of(kind)
    ranked = sorted(
        (
            (-score, column, name)
            for column, cell in enumerate(header)
            for name, score in [_named(cell, kind) or ("", 0.0)]
            if name
        )
    )
    mapping: dict[int, str] = {}
    for _score, column, name in ranked:
        if fields[name].many or name not in mapping.values():
            mapping[column] = name
    taken = set(mapping.values())
    if "last_name" in taken and "first_name" not in taken and "name" in taken:
        # "Ime" beside "Prezime" is the first name.
        mapping = {column: "first_name" if name == "name" else name for column, name in mapping.items()}
    for column in range(max([len(header), *(len(cells) for _number, cells in rows[:SAMPLES])])):
        if column not in mapping:
            texts = [
                cells[column] for _number, cells in rows[:SAMPLES] if len(cells) > column and cells[column]
            ]
            found = _by_content(texts, meanings)
            if found in fields and found not in mapping.values():
                mapping[column] = found
    return mapping


def header_hash(header: Cells) -> str:
    """What two files with the same columns have in common."""
    return hashlib.sha256("\n".join(key(cell) for cell in header).encode()).hexdigest()


def _named(header: str, kind: str) -> tuple[str, float] | None:
    """The field that a header names, with how sure that is."""
    if not header or len(header) > 80:
        return None
    names = header_names(kind)
    said = set(words(header))
    if found := names.find(header):
        return found[0], 2.0
    best: tuple[str, float] | None = None
    for known, fields in names.codes.items():
        alias = set(known.split())
        if alias < said and all(len(word) > 2 for word in alias):
            score = len(alias) / len(said)
            if score >= 0.34 and (best is None or score > best[1]):
                best = fields[0], score
    return best


def _is_value(text: str) -> bool:
    return bool(
        _EMAIL.fullmatch(text)
        or any(letter.isdigit() for letter in text[:3])
        or isinstance(read_date(text), Value)
    )


def _by_content(texts: Sequence[str], meanings: Meanings) -> str:
    tests: Mapping[str, Callable[[str], bool]] = {
        "email": lambda text: bool(_EMAIL.fullmatch(text)),
        "phone": lambda text: bool(_PHONE.fullmatch(text)) and sum(map(str.isdigit, text)) > 7,
        "gender": lambda text: isinstance(read_gender(text), Value) and not text.isdigit(),
        "registered_on": lambda text: not isinstance(read_date(text), Fault),
        "origin": lambda text: len(text) > 3 and isinstance(read_country(text, meanings.countries), Value),
        "hours": lambda text: isinstance(read_hours(text), Value),
        "languages": lambda text: is_language_list(text, meanings.languages),
    }
    if len(texts) < 2:
        return ""
    return next((field for field, test in tests.items() if sum(map(test, texts)) >= 0.8 * len(texts)), "")
