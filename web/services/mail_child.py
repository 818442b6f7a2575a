"""Reads strangers' mails in a process of its own: a mail made to break the reader breaks nothing else."""
from __future__ import annotations

import contextlib
import multiprocessing
import resource
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from web.reading.letter import Letter, read_letter

MEMORY = 1_000_000_000  # bytes of address space
CPU_SECONDS = 4  # for one mail: a large one takes a tenth of that
SECONDS = 60  # on a busy machine


@dataclass(frozen=True)
class Unreadable:
    """A mail that cannot be read, and how that showed."""

    why: str


class MailReader:
    """Starts its process with the first mail, and again after one that ended it."""

    def __init__(self, *, own_address: str, authserv_id: str) -> None:
        self._how = {"own_address": own_address, "authserv_id": authserv_id}
        self._process: Any = None
        self._end: Connection[Any, Any] | None = None

    def read(self, octets: bytes, *, whole: bool) -> Letter | Unreadable:
        """Read one mail."""
        end = self._end or self._start()
        try:
            end.send((octets, whole))
            if not end.poll(SECONDS):
                self.close()
                return Unreadable("takes too long")
            answer = end.recv()
        except (EOFError, OSError):
            self.close()
            return Unreadable("broke the reader")
        return answer if isinstance(answer, Letter) else Unreadable(str(answer))

    def _start(self) -> Connection[Any, Any]:
        # Not forked: the worker has threads and open connections that a copy must not share.
        context = multiprocessing.get_context("spawn")
        self._end, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._how), name="mail-reader",
                                        daemon=True)
        self._process.start()
        theirs.close()
        return self._end

    def close(self) -> None:
        """End the process."""
        if self._end is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._end.close()
            self._end = None

    def __enter__(self) -> MailReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def _serve(end: Connection[Any, Any], how: dict[str, str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            octets, whole = end.recv()
            used = resource.getrusage(resource.RUSAGE_SELF)
            seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
            end.send(_read(octets, whole, how))


def _read(octets: bytes, whole: bool, how: dict[str, str]) -> Letter | str:
    try:
        return read_letter(octets, own_address=how["own_address"], authserv_id=how["authserv_id"],
                           whole=whole)
    except Exception as error:
        return type(error).__name__
