"""Work that a worker leases: what one row of it says about how far it is."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from web.models.base import OfficeRow


class Leased(OfficeRow):
    """One piece of work that a coordinator watches while a worker does it in a process of its own."""

    state: Mapped[str] = mapped_column(default="queued")  # queued, running, done, failed, stopped
    time_limit: Mapped[int]  # seconds
    stop_asked: Mapped[bool] = mapped_column(default=False)
    # How far it is, as the process tells it: see where each kind of work is done.
    progress: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    # Why it failed: a code that web/services/wording.py puts into words, perhaps with a detail after ":".
    error: Mapped[str] = mapped_column(default="")
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
