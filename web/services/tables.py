"""An uploaded spreadsheet as rows of texts, told apart by its content and not by its name."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from web.i18n import gettext as _
from web.services.csv_tables import read_csv
from web.services.errors import InvalidInputError
from web.services.xlsx_tables import read_xlsx

MOST_COLUMNS = 100

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM6", b"RIFF")


@dataclass(frozen=True)
class Sheet:
    """One sheet; `rows` has a list of texts per row that is not blank, with the row's number in the file."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def document(self) -> dict[str, Any]:
        """As JSON stores it."""
        return {"name": self.name, "rows": [[number, list(cells)] for number, cells in self.rows]}


def read_table(content: bytes, *, max_bytes: int, max_rows: int) -> tuple[Sheet, ...]:
    """Read a CSV or XLSX file's sheets that hold anything.

    Raises
    ------
    InvalidInputError
        For the field `file`, where it is too long, or no spreadsheet that can be read.
    """
    if len(content) > max_bytes:
        raise refusal(_("The file is longer than %(most)s MB. Divide it.", most=f"{max_bytes / 1e6:g}"))
    if not content.strip():
        raise refusal(_("The file is empty."))
    _refuse_by_content(content)
    if content.startswith(b"PK"):
        raw = read_xlsx(content, max_rows=max_rows, max_columns=MOST_COLUMNS)
    else:
        raw = [("", read_csv(content, max_rows=max_rows))]
    sheets = tuple(filter(lambda sheet: sheet.rows, (_sheet(name, rows) for name, rows in raw)))
    if not sheets:
        raise refusal(_("The file has no rows."))
    if any(len(cells) > MOST_COLUMNS for sheet in sheets for _number, cells in sheet.rows):
        raise refusal(_("The file has more than %(most)s columns.", most=MOST_COLUMNS))
    return sheets


def refusal(sentence: str) -> InvalidInputError:
    """A fault of the file as a whole."""
    return InvalidInputError({"file": sentence})


def _refuse_by_content(content: bytes) -> None:
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(_("This is an old Excel file (.xls) or one with a password. "
                        "Save it as .xlsx without a password, or as CSV."))
    if content.startswith(_PICTURES):
        raise refusal(_("This is a picture. Choose a spreadsheet: XLSX or CSV."))
    if content.startswith(b"%PDF"):
        raise refusal(_("This is a PDF. Choose a spreadsheet: XLSX or CSV."))
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<script", b"<svg")):
        raise refusal(_("This is a web page, even if its name says otherwise. "
                        "Open it in the spreadsheet program and save it as XLSX or CSV."))
    if start.startswith(b"{\\rtf"):
        raise refusal(_("This is a text document. Choose a spreadsheet: XLSX or CSV."))


def _sheet(name: str, rows: list[tuple[int, list[str]]]) -> Sheet:
    cleaned = []
    for number, cells in rows:
        texts = [cell.replace("\xa0", " ").strip() for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            cleaned.append((number, tuple(texts)))
    return Sheet(name, tuple(cleaned))
