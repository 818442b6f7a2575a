"""Which service runs when. The clock is APScheduler's; what there is to do stands in the database.

Every job may run in several workers at once: rows are leased, and a lease that its worker did not live
to end is taken over.
"""
from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from web.models import use_office
from web.services import (
    assistants,
    claims,
    delivery,
    housekeeping,
    import_files,
    incoming,
    mailbox,
    own_calendars,
    questions,
    reminders,
    solving,
)
from web.services.gateway import Gateway
from web.services.smtp import Courier
from web.services.transactions import transaction
from web.settings import Settings

log = logging.getLogger(__name__)


def clock() -> datetime:
    """The moment, for services that are handed it."""
    return datetime.now(UTC)


class Worker:
    """One worker process: its name, its connection to the mail server, and its jobs."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.app = app
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self.stopping = threading.Event()
        self._settings = settings
        self._courier = Courier(settings)
        self._gateway = Gateway(settings) if settings.sms_url else None
        self._busy = threading.Lock()  # held while a mail is on its way
        # UTC: local time has an hour that comes twice. In memory: a store shared by several workers
        # runs jobs more than once, and there is nothing to remember between ticks.
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(4), "solving": ThreadPoolExecutor(1),
                                     "explaining": ThreadPoolExecutor(1), "reading": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})

    def start(self) -> None:
        """Begin to tick."""
        # A tick that comes while the one before is at work is dropped, as it should be, and not news.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        for job, seconds in ((self.deliver, 1), (self.remind, 60), (self.watch, 60), (self.clean, 3600),
                             (self.heartbeat, 60)):
            self._scheduler.add_job(self._in_context, "interval", [job], seconds=seconds, id=job.__name__,
                                    next_run_time=clock())
        if self._settings.imap_host:
            self._scheduler.add_job(self._in_context, "interval", [self.read_answers], id="read_answers",
                                    seconds=self._settings.imap_every_seconds, next_run_time=clock())
        # In a thread of its own: mails go out while a round is solved for minutes.
        self._scheduler.add_job(self._in_context, "interval", [self.solve], seconds=1, id="solve",
                                executor="solving")
        # Nor does a solve wait for what is worked out about a plan.
        self._scheduler.add_job(self._in_context, "interval", [self.explain], seconds=1, id="explain",
                                executor="explaining")
        # Nor may a slow server on the internet hold up anything of ours.
        self._scheduler.add_job(self._in_context, "interval", [self.read_calendars], seconds=5,
                                id="read_calendars", executor="reading")
        self._scheduler.start()

    def stop(self, *, seconds: float) -> bool:
        """Stop ticking; hand back what is not done. Say whether the mail on its way came to an end."""
        self.stopping.set()
        log.info("worker %s stops", self.name)
        self._scheduler.shutdown(wait=False)
        ended = self._busy.acquire(timeout=seconds)
        self._in_context(self.hand_back)
        if ended:
            self._courier.quit()
        return ended

    def deliver(self) -> None:
        """Send what is due, office by office."""
        with self._busy:
            for _office in self._offices():
                while not self.stopping.is_set() and delivery.deliver_next(
                        courier=self._courier, gateway=self._gateway, worker=self.name, clock=clock):
                    pass

    def read_answers(self) -> None:
        """Deal with what has come to the mailbox."""
        incoming.read_mailbox(clock=clock, go_on=lambda: not self.stopping.is_set())

    def remind(self) -> None:
        """Write the reminders that are due."""
        for _office in self._offices():
            reminders.write_due(now=clock())

    def watch(self) -> None:
        """Tell coordinators of mails that wait too long, and of a mailbox that cannot be read."""
        for _office in self._offices():
            mailbox.note_silence(now=clock())
            with transaction() as session:
                overdue = claims.note_overdue(session, now=clock())
            if overdue:
                log.warning("office %s: %s mails have been waiting too long", _office, overdue)

    def solve(self) -> None:
        """Solve the rounds that wait."""
        while not self.stopping.is_set() and solving.run_next(now=clock(), worker=self.name):
            pass

    def explain(self) -> None:
        """Answer the questions about plans that wait."""
        while not self.stopping.is_set() and questions.answer_next(now=clock(), worker=self.name):
            pass

    def read_calendars(self) -> None:
        """Read assistants' own calendars that are due."""
        for _office in self._offices():
            while not self.stopping.is_set() and own_calendars.read_next(now=clock()):
                pass

    def clean(self) -> None:
        """Delete what has expired, and close what has ended."""
        housekeeping.clean_up_sessions(now=clock())
        import_files.forget_old(now=clock())
        for _office in self._offices():
            assistants.close_ended_calendars(now=clock())

    def hand_back(self) -> None:
        """Give back what this worker has begun."""
        for _office in self._offices():
            housekeeping.hand_back(worker=self.name)

    def heartbeat(self) -> None:
        """Say that this worker lives."""
        log.info("worker %s is at work", self.name)

    def _offices(self) -> Iterator[int]:
        for office_id in housekeeping.office_ids():
            use_office(office_id)
            yield office_id

    def _in_context(self, job: Callable[[], None]) -> None:
        with self.app.app_context():
            try:
                job()
            except Exception:
                log.exception("job %s failed; it runs again at its next tick", job.__name__)
