"""The process in which a round is solved or explained, seen from the worker that waits for it."""
from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any


class RefusedError(Exception):
    """The document is no round: a fault of ours, told with its places."""


class DiedError(Exception):
    """The process ended without an answer, or gives none; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Child:
    """A process in which `target` is called with a connection and what is `given`.

    It ends with this object's `kill`, or with this process.
    """

    def __init__(self, target: Callable[..., None], *given: Any) -> None:
        # Not forked: the worker has threads and open connections that a copy must not share.
        context = multiprocessing.get_context("spawn")
        self._end, theirs = context.Pipe()
        self._process = context.Process(target=_begin, args=(theirs, target), name="solver", daemon=True)
        self._process.start()
        theirs.close()
        # Only here does a process that ends before it has read end the writing, too.
        with contextlib.suppress(OSError):
            self._end.send(given)

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._process.pid

    def receive(self, progress: dict[str, dict[str, Any]], *, seconds: float) -> dict[str, Any] | None:
        """Read what has come, at most for `seconds` where nothing has: progress by level, and the answer.

        Raises
        ------
        RefusedError, DiedError
            Where there will be no answer.
        """
        wait = seconds
        while True:
            try:
                if not self._end.poll(wait):
                    return None
                kind, value = self._end.recv()
            except (EOFError, OSError):
                raise DiedError(self._death()) from None
            if kind == "answer":
                return dict(value)
            if kind == "refused":
                raise RefusedError("; ".join(value[:3]))
            progress[value["level"]] = value
            wait = 0

    def ask_to_stop(self) -> None:
        """Ask for the best there is so far."""
        with contextlib.suppress(OSError):
            self._end.send("stop")

    def kill(self) -> None:
        """End the process and release what belongs to it."""
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._process.close()
        self._end.close()

    def _death(self) -> str:
        self._process.join(5)
        code = self._process.exitcode
        if code is None:
            return "crashed"
        # SIGKILL comes from a person or from the kernel when memory runs out.
        return "killed" if code == -signal.SIGKILL else f"crashed:{code}"


def _begin(connection: Connection, target: Callable[..., None]) -> None:
    try:
        given = connection.recv()
    except (EOFError, OSError):
        return  # nobody waits any more
    target(connection, *given)
