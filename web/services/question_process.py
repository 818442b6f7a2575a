"""What runs in the child process of a question: a round and its plan in, progress and an answer out."""
from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from web.services.solver_process import asked_to_stop, first_to_go, say

# Seconds that each of several solves may take at least.
_LEAST = 2.0

Document = dict[str, Any]
Tell = Callable[[int, int], None]


def answer_question(connection: Connection, kind: str, about: Document, document: Document, plan: Document,
                    time_limit: float, workers: int) -> None:
    """Work out an answer and send `("progress", …)`, then `("answer", …)`.

    Anything that comes in asks to stop; so does the end of the process that waits for the answer.
    """
    first_to_go()
    os.nice(10)  # solving goes first

    def tell(done: int, all: int) -> None:
        say(connection, "progress", {"level": kind, "done": done, "all": all})

    found = answer(kind, about, document, plan, tell, time_limit=time_limit, workers=workers,
                   cancelled=asked_to_stop(connection))
    say(connection, "answer", found)


def answer(kind: str, about: Document, document: Document, plan: Document, tell: Tell, *, time_limit: float,
           workers: int, cancelled: Callable[[], bool]) -> Document:
    """Work out an answer: what a question's row keeps."""
    import matcher  # here, so that only the process that needs the solvers pays for them

    stop = matcher.Stop(time_limit=time_limit, workers=workers, seed=0, cancelled=cancelled)
    rnd, made = matcher.Round.from_document(document), matcher.Plan.from_document(plan)
    return _ANSWERS[kind](rnd, made, about, stop, tell)


def _fixes(rnd: Any, plan: Any, about: Document, stop: Any, tell: Tell) -> Document:
    """`{"fixes": {client: [patch, …]}}`, going on from those `about` it; who is not in it was not come to."""
    from matcher.explanation.fixes import Fixes

    begin, finder, found = time.monotonic(), Fixes(rnd, plan), dict[str, Any](about.get("fixes", {}))
    for one in plan.unmatched:
        if one.client in found:
            continue
        if stop.cancelled() or time.monotonic() - begin > stop.time_limit:
            break
        found[one.client] = [[dict(step) for step in fix.patch] for fix in finder.of(one.client)]
        tell(len(found), len(plan.unmatched))
    return {"fixes": found}


def _alternatives(rnd: Any, plan: Any, about: Document, stop: Any, tell: Tell) -> Document:
    """`{"alternatives": [{"assistant": …, "levels": …, …}]}` of `about["client"]`, the least costly first."""
    from matcher.candidates import candidates
    from matcher.explanation.alternatives import alternatives

    possible = sum(client == about["client"] for client, _assistant in candidates(rnd).index) - 1
    begun: list[str] = []

    def heard(assistant: str, _progress: Any) -> None:
        if assistant not in begun:
            begun.append(assistant)
            tell(len(begun) - 1, possible)

    each = replace(stop, time_limit=max(_LEAST, stop.time_limit / max(1, possible)))
    found = alternatives(rnd, plan, about["client"], each, heard)
    return {"alternatives": [one.to_document() for one in found]}


def _whatif(rnd: Any, plan: Any, about: Document, stop: Any, tell: Tell) -> Document:
    """`{"plan": …, "difference": …}` of `about["document"]`; `{"conflicts": …}` where its pins contradict."""
    import matcher
    from matcher.explanation.difference import difference

    proven: set[str] = set()

    def heard(progress: Any) -> None:
        if progress.value is not None and progress.value == progress.bound:
            proven.add(progress.level)
            tell(len(proven), len(rnd.policy.levels))

    other = matcher.Round.from_document(about["document"])
    found = matcher.solve(other, stop, heard, before=(rnd, plan))
    if found.status == "infeasible":
        return {"conflicts": [{"code": one.code, "pins": [about["document"]["pins"][n] for n in one.pins]}
                              for one in found.conflicts]}
    return {"plan": found.to_document(),
            "difference": difference((rnd, plan), (other, found)).to_document()}


def _advice(rnd: Any, plan: Any, about: Document, stop: Any, tell: Tell) -> Document:
    """`{"new": […], "hours": […]}`: new assistants and extra hours, the best first."""
    from matcher.explanation.advise import advise

    new, hours = advise(rnd, plan, stop, lambda _what, done, all: tell(done, all))
    return {"new": [row.to_document() for row in new], "hours": [row.to_document() for row in hours]}


_ANSWERS: dict[str, Callable[[Any, Any, Document, Any, Tell], Document]] = {
    "fixes": _fixes, "alternatives": _alternatives, "whatif": _whatif, "advice": _advice}
