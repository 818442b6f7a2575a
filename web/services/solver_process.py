"""What runs in the child process: one round in, progress and a plan out. It touches no database."""
from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


def solve_document(connection: Connection, document: dict[str, Any], time_limit: float, workers: int,
                   before: tuple[dict[str, Any], dict[str, Any]] | None) -> None:
    """Solve a round and send `("progress", …)`, then `("answer", …)` or `("refused", …)`.

    `before` are the documents of a round that was nearly the same, and of its plan. Anything that comes in
    asks to stop; so does the end of the process that waits for the answer.
    """
    first_to_go()
    # Imported here, so that only this process pays for the solvers.
    import matcher

    try:
        round = matcher.Round.from_document(document)
    except matcher.BadRound as error:
        say(connection, "refused", [str(fault) for fault in error.faults])
        return
    stop = matcher.Stop(time_limit=time_limit, workers=workers, seed=0, cancelled=asked_to_stop(connection))
    earlier = None
    if before is not None:
        earlier = matcher.Round.from_document(before[0]), matcher.Plan.from_document(before[1])
    plan = matcher.solve(round, stop, on_progress=_sender(connection), before=earlier)
    say(connection, "answer", plan.to_document())


def say(connection: Connection, kind: str, value: Any) -> None:
    """Send what `Child.receive` reads, if anybody is still there."""
    with contextlib.suppress(OSError):
        connection.send((kind, value))


def asked_to_stop(connection: Connection) -> Callable[[], bool]:
    """Say whether anything has come in, or nobody is there any more."""
    def asked() -> bool:
        try:
            return connection.poll()
        except OSError:
            return True
    return asked


def _sender(connection: Connection) -> Callable[[Any], None]:
    def send(progress: Any) -> None:
        say(connection, "progress", {"level": progress.level, "value": progress.value,
                                     "bound": progress.bound, "seconds": round(progress.seconds, 1)})
    return send


def first_to_go() -> None:
    """Let the kernel end this process where memory runs out."""
    # Where memory runs out, the kernel should end this process and not the web server beside it.
    with contextlib.suppress(OSError):
        Path(f"/proc/{os.getpid()}/oom_score_adj").write_text("1000", encoding="ascii")
