"""An uploaded spreadsheet on its way in, and what was learnt about its columns."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from web.models.base import Base, OfficeRow


class ImportFile(OfficeRow, Base):
    """A spreadsheet between its upload and its commit; erased with its commit."""

    __tablename__ = "import_files"
    kind: Mapped[str]  # clients, assistants
    filename: Mapped[str]
    state: Mapped[str] = mapped_column(default="mapping")  # mapping, checked
    # {"sheets": [{"name": …, "rows": [[4, ["…", …]], …]}, …], "sheet": 0, "header": 3, "done": {code: row}}
    # "header" is the row's number in the file; "done" has whom this file's rows already brought in.
    table: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)  # column's position, as text -> field
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # question -> chosen meaning
    created_at: Mapped[datetime]


class ImportMapping(OfficeRow, Base):
    """How the person mapped a header like this one last time."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("office_id", "kind", "header_hash"),)
    kind: Mapped[str]
    header_hash: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    used_at: Mapped[datetime]
