"""A whole installation: the real server and worker as processes, a real mail server, a real browser."""
from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.smtp import MailServer, mail_server

ROOT = Path(__file__).parents[2]
EMAIL, PASSWORD = "mira@example.org", "a long walk to the office"


@dataclass
class Site:
    """A running installation with one office and one coordinator."""

    url: str
    folder: Path
    mails: MailServer

    def sign_in(self, page: Page) -> None:
        """Sign the coordinator in, as she does it."""
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Today", exact=True).wait_for()


def free_port() -> int:
    """A port that nobody listens on."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _flask(environment: dict[str, str], *arguments: str, stdin: str = "") -> None:
    done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *arguments], cwd=ROOT,
                          env=environment, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An installation of its own, started as docs/installing.md says."""
    with installation(tmp_path, f"sqlite:///{tmp_path / 'saputnik.db'}") as installed:
        yield installed


@contextlib.contextmanager
def installation(tmp_path: Path, database: str) -> Iterator[Site]:
    """Create the tables and an office, and run a server and a worker for as long as the block lasts."""
    port = free_port()
    with mail_server() as mails:
        config = tmp_path / "saputnik.toml"
        config.write_text(f"""
[site]
public_url = "http://localhost:{port}"
database_url = "{database}"
[mail]
host = "127.0.0.1"
port = {mails.port}
security = "none"
per_minute = 1000
""", encoding="utf-8")
        environment = {**os.environ, "SAPUTNIK_CONFIG": str(config),
                       "SAPUTNIK_SECRET_KEY": secrets.token_urlsafe(48)}
        _flask(environment, "upgrade-database")
        _flask(environment, "create-user", "--email", EMAIL, "--name", "Mira", "--office", "Info Point",
               "--password-stdin", stdin=PASSWORD + "\n")
        log = (tmp_path / "log").open("wb")
        processes = [
            subprocess.Popen([sys.executable, "-m", "gunicorn", "--no-control-socket", "--threads", "8",
                              "--bind", f"127.0.0.1:{port}", "wsgi:app"],
                             cwd=ROOT, env=environment, stdout=log, stderr=log),
            subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
                             cwd=ROOT, env=environment, stdout=log, stderr=log),
        ]
        url = f"http://localhost:{port}"
        try:
            wait_until_it_answers(f"{url}/sign-in", tmp_path / "log")
            yield Site(url, tmp_path, mails)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(40)
            log.close()


def wait_until_it_answers(url: str, log: Path) -> None:
    """Wait for a server, at most half a minute; `log` is what it says meanwhile."""
    for _attempt in range(300):
        with contextlib.suppress(OSError), urlopen(url, timeout=10):  # noqa: S310 -- ours
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium: Playwright's own is not to be had from a package registry."""
    chromium = shutil.which("chromium")
    if chromium is None:
        assert "CI" not in os.environ, "chromium is missing: apt-get install chromium"
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own, as wide as an office's screen."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en")
    yield context.new_page()
    context.close()
