"""Work in the background: leased from the database, done in a process of its own, written down if still ours.

A crash, a lack of memory or a kill of that process costs one piece of work and nothing else. What a worker
did not live to end is taken over when its lease is over.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update

from web.i18n import gettext as _
from web.models import db, use_office
from web.models.leased import Leased
from web.services.child import Child, DiedError
from web.services.errors import NotFoundError
from web.services.transactions import transaction

Work = type[Leased]

LEASE = timedelta(seconds=60)
_BEAT = timedelta(seconds=5)  # how often a lease is extended
_PROGRESS = timedelta(seconds=0.5)  # how often progress is written at most
_GRACE = timedelta(seconds=90)  # for starting, explaining, and levels that end late
_GRACE_OF_STOP = timedelta(seconds=30)
_MOST_ATTEMPTS = 3
ACTIVE = ("queued", "running")


@dataclass
class Task:
    """One leased row in the hands of this worker."""

    kind: Work
    id: int
    worker: str
    time_limit: int
    clock: Callable[[], datetime]


def lease(kind: Work, now: datetime, worker: str, clock: Callable[[], datetime],
          first: Sequence[Any] = ()) -> Task | None:
    """Take the row that has waited longest, of those that go `first`, and choose its office."""
    due = or_(kind.state == "queued", and_(kind.state == "running", kind.lease_until < now))
    with transaction() as session:
        while True:
            row = session.execute(
                select(kind.id, kind.office_id, kind.time_limit, kind.attempts)
                .where(due).order_by(*first, kind.id).limit(1).with_for_update(skip_locked=True),
                execution_options={"all_offices": True}).first()
            if row is None:
                return None
            use_office(row.office_id)
            given_up = row.attempts >= _MOST_ATTEMPTS
            changed = session.execute(
                update(kind).where(kind.id == row.id, due).values(
                    state="failed" if given_up else "running", error="worker-died" if given_up else "",
                    ended_at=now if given_up else None, attempts=row.attempts + 1, worker=worker,
                    lease_until=now + LEASE, started_at=now, progress=[])
                .execution_options(synchronize_session=False))
            if _count(changed) == 1 and not given_up:
                return Task(kind, row.id, worker, row.time_limit, clock)


def follow(task: Task, child: Child, order: Sequence[str],
           gives_way: Callable[[], bool] = lambda: False) -> dict[str, Any] | None:
    """Follow the child until it has an answer; None where the row is no longer ours.

    Progress is written in the `order` of its levels. Whether the child `gives_way`, and ends soon with what
    there is, is asked now and then.

    Raises
    ------
    RefusedError, DiedError
        Where there will be no answer.
    """
    seen: dict[str, dict[str, Any]] = {}
    written: list[dict[str, Any]] = []
    begin = task.clock()
    deadline, beat, look = begin + timedelta(seconds=task.time_limit) + _GRACE, begin, begin
    stopping = False
    while True:
        answer = child.receive(seen, seconds=0.1)
        now = task.clock()
        if answer is not None or now >= look:
            look = now + _PROGRESS
            progress = [seen[level] for level in order if level in seen]
            if progress != written or now >= beat:
                if not _extend(task, progress, now):
                    return None
                written, beat = progress, now + _BEAT
            if answer is not None:
                return answer
            if not stopping and (_stop_asked(task) or gives_way()):
                stopping, deadline = True, min(deadline, now + _GRACE_OF_STOP)
                child.ask_to_stop()
        if now >= deadline:
            raise DiedError("too-long")


def end(task: Task, state: Any, **values: Any) -> bool:
    """Write down how it ended; say whether the row was still ours."""
    with transaction() as session:
        return _count(session.execute(
            _ours(task).values(state=state, ended_at=task.clock(), lease_until=None, **values))) == 1


def fail(task: Task, error: str, **values: Any) -> None:
    """Write down why there is no answer."""
    end(task, "failed", error=error[:500], **values)


def put_back(task: Task, **values: Any) -> None:
    """Let it go on later, with what is written down of it, by whoever comes next."""
    with transaction() as session:
        session.execute(_ours(task).values(
            state="queued", worker="", lease_until=None, attempts=task.kind.attempts - 1, **values))


def ask_to_stop(kind: Work, id: int, *, now: datetime) -> None:
    """End work soon, with the best there is so far; what waits does not begin."""
    with transaction() as session:
        row = session.get(kind, id, populate_existing=True)
        if row is None:
            raise NotFoundError(_("There is no such run."))
        if row.state == "queued":
            row.state, row.ended_at = "stopped", now
        row.stop_asked = True


def hand_back(kind: Work, *, worker: str) -> None:
    """Give what a worker has begun to whoever comes next, in the caller's transaction."""
    db.session.execute(update(kind).where(kind.worker == worker, kind.state == "running").values(
        state="queued", worker="", lease_until=None, attempts=kind.attempts - 1))


def _extend(task: Task, progress: list[dict[str, Any]], now: datetime) -> bool:
    with transaction() as session:
        return _count(session.execute(_ours(task).values(progress=progress, lease_until=now + LEASE))) == 1


def _count(result: Any) -> int:
    return int(result.rowcount)


def _ours(task: Task) -> Any:
    kind = task.kind
    return (update(kind).where(kind.id == task.id, kind.worker == task.worker, kind.state == "running")
            .execution_options(synchronize_session=False))


def _stop_asked(task: Task) -> bool:
    asked = db.session.scalar(select(task.kind.stop_asked).where(task.kind.id == task.id))
    db.session.rollback()
    return bool(asked)
