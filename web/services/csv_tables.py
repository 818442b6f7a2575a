"""Delimited text as rows: which encoding, which delimiter."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter

from web.i18n import gettext as _
from web.i18n import number
from web.services.encodings import decode
from web.services.errors import InvalidInputError

DELIMITERS = ";,\t|"
_LOOK_AT = 60  # rows that tell the delimiter
_LONGEST_CELL = 20_000


def read_csv(content: bytes, *, max_rows: int) -> list[tuple[int, list[str]]]:
    """Read delimited text as numbered rows.

    Raises
    ------
    InvalidInputError
        For the field `file`, where it is no text, or a quotation mark is never closed.
    """
    text = decode(content)
    if text is None or "\x00" in text or _strange(text):
        raise _refusal(
            _("This is not a text that can be read as a table. Save the file as XLSX or as CSV (UTF-8).")
        )
    text = text.removeprefix(codecs.BOM_UTF8.decode()).replace("\r\n", "\n").replace("\r", "\n")
    first, _newline, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first) == 5:
        # Excel's own way to name the delimiter.
        return [(number + 1, cells) for number, cells in _rows(rest, first[4], max_rows)]
    return _rows(text, delimiter_of(text), max_rows)


def delimiter_of(text: str) -> str:
    """The delimiter under which most rows have the same number of cells."""
    best, best_score = ";", 0.0
    for delimiter in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for index, cells in enumerate(csv.reader(io.StringIO(text[:200_000]), delimiter=delimiter)):
                if index >= _LOOK_AT:
                    break
                if any(cells):
                    widths[len(cells)] += 1
        except csv.Error:
            continue
        if not widths:
            continue
        width, rows = max(widths.items(), key=lambda each: (each[1], each[0]))
        score = rows / widths.total() * (1 + min(width, 40) / 40) if width > 1 else 0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(text: str, delimiter: str, max_rows: int) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    lenient = False
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise _refusal(
                    _("Line %(line)s: a quotation mark opens here and is never closed.", line=line)
                ) from None
            if lenient or "field larger" in str(error):
                raise _refusal(_("Line %(line)s: a cell is too long or broken.", line=line)) from None
            # Quotation marks inside a cell that nobody doubled: read as they stand.
            reader, lenient, rows, line = csv.reader(io.StringIO(text), delimiter=delimiter), True, [], 1
            continue
        if any(len(cell) > _LONGEST_CELL for cell in cells):
            raise _refusal(_("Line %(line)s: a cell is too long or broken.", line=line))
        rows.append((len(rows) + 1, cells))
        if len(rows) > max_rows + 100:
            raise _refusal(_("The file has more than %(most)s rows. Divide it.", most=number(max_rows)))
        line = reader.line_num + 1


def _strange(text: str) -> bool:
    sample = text[:20_000]
    return sum(1 for letter in sample if ord(letter) < 32 and letter not in "\t\r\n\f\v") > len(sample) / 200


def _refusal(sentence: str) -> InvalidInputError:
    return InvalidInputError({"file": sentence})
