"""Uploaded spreadsheets between their upload and their commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import undefer

from web.i18n import gettext as _
from web.models import ImportFile, ImportMapping, db
from web.services.errors import InvalidInputError, NotFoundError
from web.services.import_columns import Cells, guess, header_hash, header_row, likely_kind
from web.services.import_fields import KINDS, fields_of
from web.services.import_meaning import load_meanings
from web.services.people_rows import load_directory
from web.services.tables import read_table
from web.services.transactions import transaction

KEPT_FOR = timedelta(days=1)
LONGEST_FILENAME = 80
MOST_BLANKS = 10  # shown of each gap


@dataclass(frozen=True)
class Table:
    """The sheet of a file that is looked at."""

    sheet: int
    sheets: tuple[str, ...]
    header_number: int
    header: Cells
    rows: tuple[tuple[int, Cells], ...]  # below the header
    top: tuple[tuple[int, Cells], ...]  # the first rows of the sheet, among which the header is chosen
    done: Mapping[str, int]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return max([len(self.header), *(len(cells) for _number, cells in self.rows)])

    def samples(self, column: int) -> list[str]:
        """A few different cells of a column."""
        cells = (row[column] for _number, row in self.rows if column < len(row) and row[column])
        return list(dict.fromkeys(cells))[:3]


def table_of(file: ImportFile) -> Table:
    """The rows of the chosen sheet, with the blank ones that lie between them."""
    document = file.table
    rows = [(number, tuple(cells)) for number, cells in document["sheets"][document["sheet"]]["rows"]]
    header = next((cells for number, cells in rows if number == document["header"]), ())
    below: list[tuple[int, Cells]] = [
        (number, cells) for number, cells in rows if number > document["header"]
    ]
    if not document.get("done"):
        below = _with_blanks(document["header"], below)
    return Table(
        sheet=document["sheet"],
        sheets=tuple(sheet["name"] for sheet in document["sheets"]),
        header_number=document["header"],
        header=header,
        rows=tuple(below),
        top=tuple(rows[:20]),
        done=document.get("done", {}),
    )


def _with_blanks(header: int, rows: list[tuple[int, Cells]]) -> list[tuple[int, Cells]]:
    """Put back a few of the blank rows between others, so that the page can say they were skipped."""
    filled: list[tuple[int, Cells]] = []
    last = header
    for number, cells in rows:
        filled += [(blank, ()) for blank in range(last + 1, min(number, last + 1 + MOST_BLANKS))]
        filled.append((number, cells))
        last = number
    return filled


def upload(
    *, content: bytes, filename: str, kind: str, max_bytes: int, max_rows: int, now: datetime
) -> ImportFile:
    """Read an uploaded file and keep its texts; columns known from last time are filled in.

    Raises
    ------
    InvalidInputError
        For the field `file`.
    """
    sheets = read_table(content, max_bytes=max_bytes, max_rows=max_rows)
    # The sheet with most rows is the likely one; the person may choose another.
    sheet = max(range(len(sheets)), key=lambda index: (len(sheets[index].rows), -index))
    document: dict[str, Any] = {"sheets": [each.document() for each in sheets], "sheet": sheet, "done": {}}
    document["header"] = _header_number(document)
    shown = "".join(
        letter for letter in filename.replace("\\", "/").rpartition("/")[2] if letter.isprintable()
    )
    with transaction() as session:
        forget_old(now=now)
        file = ImportFile(
            kind=kind if kind in KINDS else "",
            filename=shown[-LONGEST_FILENAME:],
            table=document,
            state="mapping",
            mapping={},
            answers={},
            created_at=now,
        )
        table = table_of(file)
        if not table.rows:
            raise InvalidInputError({"file": _("The file has no rows below its header.")})
        if file.kind not in KINDS:
            file.kind = likely_kind(table.header)
        session.add(file)
        _fill_in(file, table)
        session.flush()
    return file


def get_file(file_id: int) -> ImportFile:
    """A file under way; raises NotFoundError where there is none."""
    file = db.session.scalar(
        select(ImportFile).where(ImportFile.id == file_id).options(undefer(ImportFile.table))
    )
    if file is None:
        raise NotFoundError(
            _("This file is no longer here: it was imported, discarded, or older than a day.")
        )
    return file


def files_under_way() -> Sequence[ImportFile]:
    """Files that wait for somebody, the newest first."""
    return db.session.scalars(
        select(ImportFile).order_by(ImportFile.created_at.desc(), ImportFile.id.desc())
    ).all()


def choose_table(*, file_id: int, kind: str, sheet: int, header: int) -> None:
    """Choose what the file is about, its sheet and its header row; columns are guessed anew."""
    with transaction():
        file = get_file(file_id)
        document = dict(file.table)
        if kind not in KINDS or not 0 <= sheet < len(document["sheets"]):
            raise InvalidInputError({"sheet": _("Choose a sheet of this file.")})
        if sheet != document["sheet"]:
            document["sheet"] = sheet
            document["header"] = _header_number(document)
        elif header in {number for number, _cells in document["sheets"][sheet]["rows"]}:
            document["header"] = header
        file.table, file.kind = document, kind
        _fill_in(file, table_of(file))
        file.state = "mapping"


def choose_columns(*, file_id: int, mapping: Mapping[int, str]) -> None:
    """Say what each column is.

    Raises
    ------
    InvalidInputError
        For `column-3` where two columns are the same field, and for `columns` where none gives a name.
    """
    with transaction():
        file = get_file(file_id)
        fields, width = fields_of(file.kind), table_of(file).width
        chosen = {
            column: name for column, name in sorted(mapping.items()) if name in fields and column < width
        }
        faults, first = dict[str, str](), dict[str, int]()
        for column, name in chosen.items():
            if not fields[name].many and first.setdefault(name, column) != column:
                faults[f"column-{column}"] = _(
                    "Column %(number)s is this already. Choose another.", number=first[name] + 1
                )
        if not {"code", "name", "first_name", "last_name"} & set(chosen.values()):
            faults["columns"] = _("Choose the column that says who it is: a number or a name.")
        if faults:
            raise InvalidInputError(faults)
        file.mapping = {str(column): name for column, name in chosen.items()}
        file.state = "checked"


def correct_row(*, file_id: int, number: int, cells: Mapping[int, str]) -> None:
    """Write other texts into cells of one row."""
    with transaction():
        file = get_file(file_id)
        document, width = dict(file.table), table_of(file).width
        sheets = [dict(sheet) for sheet in document["sheets"]]
        rows = [list(row) for row in sheets[document["sheet"]]["rows"]]
        row = next((row for row in rows if row[0] == number), None)
        if row is None:
            raise NotFoundError(_("There is no such row in the file."))
        texts = [*row[1], *[""] * (width - len(row[1]))]
        for column, text in cells.items():
            if 0 <= column < width:
                texts[column] = text.replace("\x00", "").strip()[:4000]
        row[1] = texts
        sheets[document["sheet"]]["rows"] = rows
        file.table = document | {"sheets": sheets}


def discard(*, file_id: int) -> None:
    """Forget a file."""
    with transaction() as session:
        session.delete(get_file(file_id))


def forget_old(*, now: datetime) -> None:
    """Erase files of every office that nobody finished within a day: they hold people's data."""
    with transaction() as session:
        session.execute(
            delete(ImportFile).where(ImportFile.created_at < now - KEPT_FOR),
            execution_options={"all_offices": True, "synchronize_session": False},
        )


def remember(file: ImportFile, *, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep what was chosen for a header like this one; for within a transaction."""
    fingerprint = header_hash(table_of(file).header)
    row = _remembered(file.kind, fingerprint)
    if row is None:
        row = ImportMapping(kind=file.kind, header_hash=fingerprint, mapping={}, answers={}, used_at=now)
        db.session.add(row)
    row.mapping, row.answers, row.used_at = dict(file.mapping), {**row.answers, **answers}, now


def _remembered(kind: str, fingerprint: str) -> ImportMapping | None:
    return db.session.scalar(
        select(ImportMapping).where(ImportMapping.kind == kind, ImportMapping.header_hash == fingerprint)
    )


def _header_number(document: dict[str, Any]) -> int:
    rows = [(number, tuple(cells)) for number, cells in document["sheets"][document["sheet"]]["rows"]]
    return int(rows[header_row(rows)][0])


def _fill_in(file: ImportFile, table: Table) -> None:
    last_time = _remembered(file.kind, header_hash(table.header))
    if last_time is not None:
        file.mapping, file.answers = dict(last_time.mapping), dict(last_time.answers)
        return
    meanings = load_meanings(load_directory(db.session()))
    file.mapping = {
        str(column): name
        for column, name in sorted(guess(table.header, table.rows, file.kind, meanings).items())
    }
    file.answers = {}
