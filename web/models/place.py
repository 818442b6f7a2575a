"""Where people meet."""
from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from web.models.base import Base, OfficeRow


class Place(OfficeRow, Base):
    """A place with an address that a stranger to the city can find."""

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("office_id", "code"),)
    code: Mapped[str]  # short, stable, e.g. "office"; the optimiser's id
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    directions: Mapped[dict[str, str]] = mapped_column(default=dict)  # by language
    active: Mapped[bool] = mapped_column(default=True)
