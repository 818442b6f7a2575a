"""Uploaded files as rows: by their content, in any encoding, and never at the cost of the server."""
from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import openpyxl
import pytest
from flask import Flask
from openpyxl.utils import get_column_letter

from web.services.errors import InvalidInputError
from web.services.tables import Sheet, read_table

SERBIAN = "Ime;Pol\nŽeljko Šćekić;muški\nĐorđe Čolić;muški\n"
FRENCH = "Nom;Pays\nÉgide Hélène;Côte d’Ivoire\nBéatrice à Genève;Congo\n"


@pytest.fixture(autouse=True)
def _words(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def read(content: bytes, max_rows: int = 1000) -> tuple[Sheet, ...]:
    return read_table(content, max_bytes=1_000_000, max_rows=max_rows)


def refusal(content: bytes, **limits: int) -> str:
    with pytest.raises(InvalidInputError) as caught:
        read(content, **limits)
    return caught.value.faults["file"]


def workbook(*rows: Sequence[object], title: str = "People") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.parametrize(("text", "encoding"), [
    (SERBIAN, "utf-8"), (SERBIAN, "utf-8-sig"), (SERBIAN, "utf-16"), (SERBIAN, "utf-16-le"),
    (SERBIAN, "cp1250"), (SERBIAN, "iso8859-2"), (FRENCH, "cp1252"), (FRENCH.replace("’", "'"), "iso8859-15"),
    ("Име;Пол\nНада Петровић;женски\n", "cp1251"), ("Име;Пол\nНада Петровић;женски\n", "utf-16-be"),
])
def test_the_encoding_is_found_out(text: str, encoding: str) -> None:
    (sheet,) = read(text.encode(encoding))
    assert "".join(";".join(cells) + "\n" for _number, cells in sheet.rows) == text


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(delimiter: str, newline: str) -> None:
    lines = (("a", "b", "c"), ("1", "2", "3"), ("4", "5", "6"))
    (sheet,) = read(newline.join(delimiter.join(line) for line in lines).encode())
    assert [cells for _number, cells in sheet.rows] == list(lines)


def test_a_cell_may_hold_a_new_line_and_its_row_keeps_its_number() -> None:
    (sheet,) = read(b'a;b\n"x\ny";2\n\n3;4\n')
    assert sheet.rows == ((1, ("a", "b")), (2, ("x\ny", "2")), (4, ("3", "4")))


def test_an_unclosed_quotation_mark_names_its_line() -> None:
    assert refusal(b'a;b\n1;2\n3;"4\n5;6\n') == "Line 3: a quotation mark opens here and is never closed."


@pytest.mark.parametrize(("content", "part"), [
    (b"\x89PNG\r\n\x1a\n", "a picture"), (b"<!DOCTYPE html><table>", "a web page"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file"), (b"%PDF-1.7", "a PDF"), (b"", "empty"),
    (b"PK\x03\x04broken", "damaged"), (b"\x00\x01\x02\x03" * 50, "not a text"),
    (archive(word__document_xml=b"<x/>"), "another kind of document"),
])
def test_what_is_no_spreadsheet_is_refused_in_words(content: bytes, part: str) -> None:
    assert part in refusal(content)


def test_limits_hold() -> None:
    assert "longer than 1 MB" in refusal(b"a;b\n" * 300_000)
    assert "more than 5 rows" in refusal(b"a;b\n" * 200, max_rows=5)
    assert "more than 100 columns" in refusal(b";".join([b"x"] * 101))
    assert "more than 5 rows" in refusal(workbook(*[["a", "b"]] * 200), max_rows=5)


def test_a_workbooks_values_are_read_as_people_see_them() -> None:
    (sheet,) = read(workbook(
        ["Title"], [], ["a", "b", "c", "d", "e"],
        [12, 7.5, 381612223344.0, date(2026, 12, 8), datetime(2026, 12, 8, 9, 30)],  # noqa: DTZ001  # a cell has no zone
        ["=1+1", True, None, "x"]))
    assert sheet.rows == (
        (1, ("Title",)), (3, ("a", "b", "c", "d", "e")),
        (4, ("12", "7.5", "381612223344", "2026-12-08", "2026-12-08 09:30")), (5, ("=1+1", "yes", "", "x")))


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    bomb = archive(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=b" " * 30_000_000)
    assert "unpacks to more" in refusal(bomb)


def test_a_workbook_with_entities_is_refused() -> None:
    good = workbook(["a"], ["b"])
    out = io.BytesIO()
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = entity + content.partition(b"?>")[2]
            target.writestr(name, content)
    assert "cannot be read" in refusal(out.getvalue())


@pytest.mark.long
@pytest.mark.timeout(120)
def test_a_workbook_that_keeps_the_reader_busy_is_refused_by_what_it_has_counted() -> None:
    """Seconds of its own work: a busy machine, on which a small workbook only waits, refuses nothing."""
    good, out, columns = workbook(["a"]), io.BytesIO(), [get_column_letter(n) for n in range(1, 2001)]
    with zipfile.ZipFile(io.BytesIO(good)) as source, \
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                cells = ("".join(f'<c r="{column}{row}"/>' for column in columns) for row in range(2, 3302))
                rows = "".join(f"<row>{row}</row>" for row in cells)
                content = content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            target.writestr(name, content)
    with pytest.raises(InvalidInputError, match="takes too long"):
        read_table(out.getvalue(), max_bytes=20_000_000, max_rows=1000)
