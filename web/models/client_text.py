"""An office's own words for what the application says to clients."""
from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from web.models.base import Base, OfficeRow


class ClientText(OfficeRow, Base):
    """One sentence in one language, in place of the built-in one."""

    __tablename__ = "client_texts"
    __table_args__ = (UniqueConstraint("office_id", "language", "sentence"),)
    language: Mapped[str]  # a code of CLIENT_LANGUAGES
    sentence: Mapped[str]  # in English, as the program says it
    forms: Mapped[list[str]]  # one; of a sentence with a count, one for each plural form of the language
