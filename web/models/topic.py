"""What clients need help with."""
from __future__ import annotations

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from web.models.base import Base, OfficeRow


class Topic(OfficeRow, Base):
    """A kind of help: how long it takes, when its counter is open, what to bring."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("office_id", "code"),)
    code: Mapped[str]  # e.g. "bank-account"; the optimiser's id
    minutes: Mapped[int]
    names: Mapped[dict[str, str]]  # by language; "en" is always there
    bring: Mapped[dict[str, list[str]]] = mapped_column(default=dict)  # what to bring, by language
    # [{"days": ["mon", …], "from": "09:00", "to": "15:00"}]; empty: any time
    windows: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)

    def name_in(self, language: str) -> str:
        """The topic's name in `language`, in English where it has none."""
        return self.names.get(language) or self.names["en"]
