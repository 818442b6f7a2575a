"""`flask worker`: solves, delivers and reminds until it is told to stop."""
from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from web import schema
from web.jobs import Worker
from web.models import db

GRACE_SECONDS = 25  # service managers kill after 30


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Solve rounds, send mails and write reminders, until stopped. Several may run at once."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it announces each look at the schema
    try:
        schema.require_newest(db.engine)
    except schema.WrongSchemaError as error:
        raise click.ClickException(str(error)) from error
    asked = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    working = Worker(app)
    working.start()
    while not asked.wait(timeout=3600):
        pass
    if not working.stop(seconds=GRACE_SECONDS):
        # The mail server keeps a thread waiting. Its row says how far the mail came, so nothing is
        # lost by going; waiting longer would only get the whole process killed.
        logging.getLogger(__name__).warning("stopped while a mail was on its way")
        logging.shutdown()
        os._exit(0)


commands = [worker]
