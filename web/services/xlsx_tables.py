"""A workbook as rows of texts: guarded first, then read by a child process that may not do much."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from web.i18n import gettext as _
from web.i18n import number
from web.services.errors import InvalidInputError

CHILD = Path(__file__).with_name("xlsx_child.py")
SECONDS = 60  # on a busy machine; the child itself counts its work
MOST_ENTRIES = 500
MOST_UNPACKED = 120_000_000  # bytes of all parts together
MOST_RATIO = 150  # a sheet of equal rows packs about 60:1
_RATIO_COUNTS_FROM = 1_000_000  # bytes; small parts may well pack tightly


def read_xlsx(
    content: bytes, *, max_rows: int, max_columns: int
) -> list[tuple[str, list[tuple[int, list[str]]]]]:
    """Read each visible sheet's numbered rows.

    Raises
    ------
    InvalidInputError
        For the field `file`, where the workbook is none, unpacks to too much, or cannot be read.
    """
    _guard(content)
    try:
        # The interpreter and the script are our own; the file goes in through a pipe.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(CHILD), str(max_rows), str(max_columns)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=child_environment(),
        )
    except subprocess.TimeoutExpired:
        raise _too_long() from None
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):  # its time was up
        raise _too_long()
    if done.returncode == 3:
        raise _refusal(_("The file has more than %(most)s rows. Divide it.", most=number(max_rows)))
    if done.returncode == 4:
        raise _refusal(_("The file has more than %(most)s columns.", most=max_columns))
    if done.returncode != 0:
        raise _refusal(
            _("The workbook cannot be read. Open it, save it again as .xlsx or CSV, and choose that file.")
        )
    document: list[dict[str, Any]] = json.loads(done.stdout)
    return [(sheet["name"], [(number, cells) for number, cells in sheet["rows"]]) for sheet in document]


def child_environment() -> dict[str, str]:
    """What a child process gets to know: no secret of the application; numpy, if found, starts no threads."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    return kept | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _guard(content: bytes) -> None:
    """Refuse what the directory of the archive already gives away; the child's limits catch what lies."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    # zipfile says NotImplementedError where an archive is of a kind that it does not know.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        raise _refusal(_("The file is damaged or no workbook. Save it again as .xlsx or CSV.")) from None
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise _refusal(
            _("This is an archive or another kind of document. Choose a spreadsheet: XLSX or CSV.")
        )
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MOST_ENTRIES
        or unpacked > MOST_UNPACKED
        or any(part.flag_bits & 1 for part in parts)
        or any(
            part.file_size > _RATIO_COUNTS_FROM and part.file_size > MOST_RATIO * max(part.compress_size, 1)
            for part in parts
        )
    ):
        raise _refusal(_("The workbook unpacks to more than can be read safely. Save its sheet as CSV."))
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
        raise _refusal(_("The file is damaged or no workbook. Save it again as .xlsx or CSV."))


def _too_long() -> InvalidInputError:
    return _refusal(_("The workbook takes too long to read. Save its sheet as CSV."))


def _refusal(sentence: str) -> InvalidInputError:
    return InvalidInputError({"file": sentence})
