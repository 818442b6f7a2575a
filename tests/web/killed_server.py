"""A web server that is killed while people use it, and the people: they try again until they are answered."""
from __future__ import annotations

import http.client
import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.web.killed_worker import Nursery

# Forks servers from a process that has loaded the program and listens already: whoever calls while no server
# lives waits, as before a proxy.
SERVER = """
import os, socket, sys
import matcher.candidates  # what pages load when they need it, each server would load anew
from werkzeug.serving import make_server
from web import create_app
from web.models import db
from web.settings import load_settings
app = create_app(load_settings())
app.test_client().get("/a/nobody")
for page in ("answers/appointment", "answers/times", "rounds/publish"):
    app.jinja_env.get_template(page + ".html")
with app.app_context():
    db.engine.dispose()
listening = socket.create_server(("127.0.0.1", 0), backlog=100)
port = listening.getsockname()[1]
for line in sys.stdin:
    what, _, pid = line.partition(" ")
    if what.strip() == "port":
        print(port, flush=True)
    elif what.strip() == "start":
        child = os.fork()
        if child == 0:
            make_server("127.0.0.1", port, app, threaded=True, fd=listening.fileno()).serve_forever()
        print(child, flush=True)
    else:
        os.kill(int(pid), 9)
        os.waitpid(int(pid), 0)
        print("dead", flush=True)
"""
PATIENCE = 20  # seconds until somebody tries again


@dataclass
class Site:
    """The address of a server that may die at any moment, and how often it has answered."""

    port: int
    answered: int = 0
    unanswered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, path: str, *, form: dict[str, str] | None = None, cookie: str = "") -> tuple[int, str, str]:
        """Ask once; the status, the ETag and the page. Status 0: nobody knows what became of it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": f"session={cookie}"} if cookie else {}
        try:
            if form is None:
                connection.request("GET", path, headers=headers)
            else:
                connection.request("POST", path, urlencode(form), {
                    **headers, "Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            found = answer.status, answer.headers.get("ETag", ""), answer.read().decode()
        except (OSError, http.client.HTTPException):
            found = 0, "", ""
        finally:
            connection.close()
        with self.lock:
            self.answered += found[0] != 0
            self.unanswered += found[0] == 0
        return found

    def insist(self, path: str, *, form: dict[str, str] | None = None, cookie: str = "") -> tuple[int, str]:
        """Ask until there is an answer, as people do who tap once more."""
        while (found := self.ask(path, form=form, cookie=cookie))[0] == 0:
            pass
        return found[0], found[2]


class People:
    """Threads that do what waits to be done, and threads that ask again and again until all is done."""

    def __init__(self, deeds: list[Callable[[], None]], polls: list[Callable[[], None]]) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        for deed in deeds:
            self._waiting.put(deed)
        self.faults: list[BaseException] = []
        self.done = 0
        self._busy = [threading.Thread(target=self._work) for _ in range(4)]
        self._polling = [threading.Thread(target=self._poll, args=(poll,)) for poll in polls]
        self._over = threading.Event()
        for thread in (*self._busy, *self._polling):
            thread.start()

    @property
    def at_work(self) -> bool:
        """Whether anything is left to do."""
        return any(thread.is_alive() for thread in self._busy)

    def join(self) -> None:
        """Wait until all is done."""
        for thread in self._busy:
            thread.join()
        self._over.set()
        for thread in self._polling:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def _work(self) -> None:
        while True:
            try:
                deed = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._do(deed)
            self.done += 1

    def _poll(self, poll: Callable[[], None]) -> None:
        while not self._over.wait(0.02) and not self.faults:  # not all the time: the others are to get on
            self._do(poll)

    def _do(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except BaseException as error:  # the test's own thread raises it
            self.faults.append(error)


def batter(nursery: Nursery, site: Site, people: People, *, most: int, seed: int,
           after_each: Callable[[], None]) -> int:
    """Kill servers with -9 at random moments while people do what they came for; count the kills.

    How long a server lives at most follows what gets done meanwhile, so that on any machine some kills come
    before something is done and some after. After `most` kills one may live until all is done.
    """
    chance, kills, longest = random.Random(seed), 0, 0.02
    while people.at_work and kills < most:
        done, before, server, begin = people.done, site.answered, nursery.start(), time.monotonic()
        while site.answered == before and people.at_work and time.monotonic() < begin + 60:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, longest))
        nursery.kill(server)
        kills += 1
        longest = min(longest * 1.5, 30) if people.done == done else max(longest / 1.5, 0.02)
        after_each()
    nursery.start()
    people.join()
    return kills
