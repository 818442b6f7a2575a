"""`flask worker` as a person starts and stops it."""
from __future__ import annotations

import subprocess
import sys
import threading

from flask import Flask

from tests.web.killed_worker import PATIENCE, ROOT, count, environment, living, server, wait_until, write
from tests.web.smtp import MailServer

__all__ = ["environment", "living", "server"]  # fixtures


def test_the_command_sends_what_waits_and_ends_when_asked_to(
        living: Flask, environment: dict[str, str], server: MailServer) -> None:
    write(mails=3, reminders=False)
    worker = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT,
                              env=environment, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: count("sent") == 3)
    worker.terminate()
    _, log = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, log
    assert (count("sent"), len(server.received)) == (3, 3)
    assert "is at work" in log
    assert "example.org" not in log  # nobody's address stands in a log


def test_a_worker_that_is_stopped_while_a_mail_is_on_its_way_lets_it_arrive(
        living: Flask, environment: dict[str, str], server: MailServer) -> None:
    server.answers = threading.Event()
    write(mails=5, reminders=False)
    worker = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT,
                              env=environment, stderr=subprocess.PIPE, text=True)
    assert worker.stderr is not None
    wait_until(lambda: bool(server.received))
    worker.terminate()
    # Only then, or it might have begun with the next one before it was told.
    assert any(line.endswith(" stops\n") for line in worker.stderr)
    server.answers.set()
    worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    assert len(server.received) == 1
    assert [count(state) for state in ("sent", "queued", "claimed", "handover")] == [1, 4, 0, 0]


def test_a_worker_refuses_a_database_without_tables(environment: dict[str, str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, check=False, env=environment,
        capture_output=True, text=True, timeout=PATIENCE)
    assert run.returncode == 1
    assert "flask upgrade-database" in run.stderr
    assert "Traceback" not in run.stderr
