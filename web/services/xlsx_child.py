"""Reads a workbook from standard input and writes its rows as JSON: a program of its own, run with limits.

It imports nothing of the application. Exit 0 done, 3 too many rows, 4 too many columns, else unreadable.
"""
from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta

import defusedxml
import openpyxl

MEMORY = 1_200_000_000  # bytes of address space, most of which numpy only reserves
CPU_SECONDS = 15
SPARE_ROWS = 100  # a title, blank rows and totals beyond the rows that count


def main() -> int:
    """Read, convert, write."""
    content = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    defusedxml.defuse_stdlib()  # type: ignore[attr-defined]
    most_rows, most_columns = int(sys.argv[1]) + SPARE_ROWS, int(sys.argv[2])
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    sheets, total = [], 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        # What a file says about its own size may be wrong or missing.
        sheet.reset_dimensions()
        rows = []
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [_text(value) for value in values]
            while cells and not cells[-1].strip():
                cells.pop()
            if len(cells) > most_columns:
                return 4
            if cells:
                rows.append([number, cells])
                total += 1
            if total > most_rows or number > 20 * most_rows:
                return 3
        sheets.append({"name": sheet.title, "rows": rows})
    json.dump(sheets, sys.stdout, ensure_ascii=True)
    return 0


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # Whole numbers, and telephone numbers above all, come out of workbooks as floats.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    return str(getattr(value, "text", value))[:20_000]


if __name__ == "__main__":
    sys.exit(main())
