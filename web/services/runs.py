"""A run as a coordinator watches it."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from web.i18n import gettext as _
from web.models import Office, Round, SolveRun, current_office_id, db
from web.services.errors import NotFoundError
from web.services.leases import ACTIVE
from web.services.review import LevelRow, Names, progress_rows
from web.services.wording import rule, run_error


@dataclass(frozen=True, kw_only=True)
class Watched:
    """How far a run is."""

    run: SolveRun
    levels: tuple[LevelRow, ...]
    elapsed: int  # seconds since it began
    left: int  # seconds until its time limit
    error: str
    conflicts: tuple[tuple[str, tuple[str, ...]], ...]  # the rule, and the pins in words

    @property
    def active(self) -> bool:
        """Whether it still waits or works."""
        return self.run.state in ACTIVE

    @property
    def proven(self) -> int:
        """How many levels are proven."""
        return sum(level.proven for level in self.levels)


def latest(round: Round) -> SolveRun | None:
    """Read a round's last run."""
    return db.session.scalars(select(SolveRun).where(SolveRun.round_id == round.id)
                              .order_by(SolveRun.id.desc()).limit(1)).first()


def watch(round: Round, run_id: int, *, now: datetime) -> Watched:
    """Read a run and how far it has come."""
    run = db.session.scalar(select(SolveRun).where(SolveRun.id == run_id, SolveRun.round_id == round.id))
    if run is None:
        raise NotFoundError(_("There is no such run."))
    office = db.session.get_one(Office, current_office_id())
    elapsed = 0 if run.started_at is None else int(((run.ended_at or now) - run.started_at).total_seconds())
    names = Names()
    return Watched(
        run=run, levels=tuple(progress_rows(office.levels, run.progress)), elapsed=max(0, elapsed),
        left=max(0, run.time_limit - elapsed), error=run_error(run.error) if run.error else "",
        conflicts=tuple((rule(one["code"]), tuple(pin_words(pin, names) for pin in one["pins"]))
                        for one in run.conflicts))


def pin_words(pin: dict[str, Any], names: Names) -> str:
    """A pin of a round's document, by name."""
    client, assistant = names.client_apart(pin["client"]), names.assistant(pin["assistant"])
    if "start" in pin:
        return _("%(client)s with %(assistant)s on %(start)s", client=client, assistant=assistant,
                 start=pin["start"].replace("T", " "))
    return _("%(client)s with %(assistant)s", client=client, assistant=assistant)
