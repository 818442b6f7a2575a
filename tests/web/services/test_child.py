"""A process that ends, however it ends, ends the waiting for it."""
from __future__ import annotations

import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe

from web.services.child import Child, DiedError
from web.services.solver_process import say

# More than any pipe holds that nobody reads.
LARGE = b"x" * 4_000_000


class Deadly:
    """Ends the process in which it is read."""

    def __reduce__(self) -> tuple[Callable[[int], None], tuple[int]]:
        return os._exit, (9,)

    def __call__(self, connection: Connection, *given: object) -> None:
        """Never called: nobody can read it."""


def size(connection: Connection, given: bytes) -> None:
    connection.send(("answer", {"size": len(given)}))


def outcome(target: Callable[..., None], *given: object) -> list[object]:
    """What comes of a process within a minute; nothing where somebody waits for ever."""
    said: list[object] = []

    def wait() -> None:
        child = Child(target, *given)
        try:
            said.append(child.receive({}, seconds=50))
        except DiedError as death:
            said.append(death.code)
        finally:
            child.kill()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    thread.join(60)
    return said


def test_what_is_given_arrives() -> None:
    assert outcome(size, LARGE) == [{"size": len(LARGE)}]


def test_a_process_that_ends_before_it_has_read_is_told() -> None:
    assert outcome(Deadly(), LARGE) == ["crashed:9"]


def test_a_process_that_ends_while_it_reads_is_told() -> None:
    assert outcome(size, Deadly(), LARGE) == ["crashed:9"]


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    ours, theirs = Pipe()
    ours.close()
    say(theirs, "answer", {"size": 1})
    ours, theirs = Pipe()
    say(theirs, "answer", {"size": 1})
    assert ours.recv() == ("answer", {"size": 1})
