"""The demonstration, as `make demo` starts it."""
from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.story.conftest import ROOT, free_port


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The running demonstration, with the addresses of the application and of the mailbox."""
    ports = [free_port() for _ in range(3)]
    with subprocess.Popen(
        [sys.executable, "-m", "web.demo", "--folder", str(tmp_path / "demo"), "--port", str(ports[0]),
         "--mailbox-port", str(ports[1]), "--smtp-port", str(ports[2])],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        yield process, f"http://localhost:{ports[0]}", f"http://localhost:{ports[1]}"
        process.terminate()


def _read(address: str) -> str:
    with contextlib.suppress(OSError), urlopen(address, timeout=10) as answer:  # noqa: S310 -- ours
        return str(answer.read().decode())
    return ""


@pytest.mark.timeout(240)
def test_the_demonstration_serves_an_office_whose_mails_can_be_read(
        demo: tuple[subprocess.Popen[str], str, str]) -> None:
    process, home, mailbox = demo
    assert process.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    assert f"Saputnik    {home}" in said
    languages = {"ar", "es", "fa", "fa-AF", "ps", "rn", "so", "sr-Latn", "uk"}
    end = time.monotonic() + 120
    found: set[str] = set()
    while time.monotonic() < end and found != languages:
        time.sleep(0.5)
        found = set(re.findall(r'data-label="Language">([^<]+)<', _read(mailbox)))
    assert found == languages
    assert "Sign in" in _read(f"{home}/sign-in")
    assert "BEGIN:VCALENDAR" in _read(f"{mailbox}/1/invite.ics")
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
