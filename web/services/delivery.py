"""Takes the outbox to the mail server: each mail once, and no mail lost when a worker dies.

A row goes queued -> claimed -> handover -> sent. `handover` is committed when the server has all of
the mail but the final dot, so that a worker that dies before leaves nothing behind and one that dies
after leaves a row that says so (rules D1 to D4). No transaction is open while the network is used.
"""
from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from web.models import FAREWELL, TO_ASSISTANTS, TO_CLIENTS, Message, Notice, Office, current_office_id
from web.render.assistant_mail import make_assistant_mail, make_sign_in_mail
from web.render.mail import Mail, make_mail
from web.render.note import make_note
from web.render.sms import Sms, text_of
from web.render.telling import telling
from web.services import claims, links, sending_limits, sign_in_links, smtp, tokens
from web.services.claims import LEASE, Claim
from web.services.dead_mailbox import hold_back
from web.services.gateway import Gateway, wait_of
from web.services.quiet import quiet_of
from web.services.transactions import transaction

log = logging.getLogger(__name__)

FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=1)
PAUSE = timedelta(minutes=10)  # after the server refused us, and not a mail
Send = Callable[..., str]


def deliver_next(*, courier: smtp.Courier, worker: str, clock: Callable[[], datetime],
                 gateway: Gateway | None = None) -> bool:
    """Send what is due next in the chosen office; say whether to go on with another one.

    Without a `gateway` only mails go out.
    """
    now = clock()
    with transaction() as session:
        claims.give_back_lost(session, now=now)
        claims.give_up_late(session, now=now)
        office = session.get_one(Office, current_office_id())
        claim = claims.claim_next(session, worker=worker, now=now, quiet=quiet_of(office).at(now),
                                  channels=("mail",) if gateway is None else ("mail", "sms"))
    if claim is None:
        return False
    try:
        send = _prepared(claim, courier, gateway)
    except Exception as error:
        # One row that cannot be written must not stop the others; the coordinator sees it.
        log.exception("mail %s cannot be written", claim.id)
        _settle(claim, worker, {"state": "failed", "last_answer": type(error).__name__}, clock(),
                "mail-failed")
        return True
    return _deliver(claim, send, worker=worker, clock=clock)


def _prepared(claim: Claim, courier: smtp.Courier, gateway: Gateway | None) -> Send:
    """What hands the claimed mail or SMS over, once it is told what to do before the point of no return."""
    if claim.channel == "sms" and gateway is not None:
        return partial(gateway.deliver, _sms(claim))
    return partial(courier.deliver, _made(claim))


def _deliver(claim: Claim, send: Send, *, worker: str, clock: Callable[[], datetime]) -> bool:
    def hand_over() -> bool:
        now = clock()
        with transaction() as session:
            ours = _change(claim, worker, {"state": "handover", "lease_until": now + LEASE},
                           when_in=("claimed",), session=session)
            if ours:
                sending_limits.count(session, claim.channel, now=now)
        return ours

    try:
        answer = send(before_the_dot=hand_over)
    except smtp.StoppedError:
        log.info("mail %s: given up before it left", claim.id)  # whoever changed the row knows why
        return True
    except smtp.RefusedError as error:
        state = "refused" if isinstance(error, smtp.NoMailboxError) else "failed"
        _settle(claim, worker, {"state": state, "last_answer": str(error)}, clock(), "mail-failed")
        return True
    except smtp.SignedOutError as error:
        _pause(claim, worker, str(error), clock(), PAUSE, notice="mail-signed-out")
        return True
    except smtp.MisconfiguredError as error:
        _pause(claim, worker, str(error), clock(), PAUSE, notice="mail-paused")
        return True  # to what goes another way
    except smtp.UnreachableError as error:
        _pause(claim, worker, str(error), clock(), FIRST_DELAY, notice="mail-unreachable")
        return True
    except smtp.TryLaterError as error:
        now = clock()
        asked = min(wait_of(error.retry_after, now=now), LONGEST_DELAY)
        _retry(claim, worker, str(error), now, in_doubt=False, at_least=asked)
        if asked:
            _hold(claim.channel, until=now + asked)
        return True
    except smtp.InDoubtError as error:
        _doubt(claim, worker, str(error), clock())
        return True
    now = clock()
    with transaction() as session:
        _settle(claim, worker, {"state": "sent", "sent_at": now, "last_answer": answer}, now, None)
        # What goes through says that the queue is well again.
        claims.forget(session, "mail-paused", "mail-unreachable", "mail-signed-out")
        if claim.kind in TO_CLIENTS:
            claims.forget(session, "mail-at-risk", appointment_id=claim.appointment_id)
    return True


def _sms(claim: Claim) -> Sms:
    tell = telling(claim.kind, claim.facts, link=_link(claim))
    return Sms(recipient=claim.facts["recipient"], text=text_of(tell), identity=claim.message_id.strip("<>"))


def _link(claim: Claim) -> str:
    if claim.kind == FAREWELL:
        return ""  # who reads there has no business with the appointment any more
    return links.address_of(claim.facts["uid"], claim.link_generation)


def _made(claim: Claim) -> Mail:
    mail = _written(claim)
    return replace(mail, sender=tokens.return_address(claim.message_id) or mail.sender)


def _written(claim: Claim) -> Mail:
    if claim.kind == "note":
        return make_note(claim.facts, message_id=claim.message_id)
    if claim.kind == "sign-in":
        link = sign_in_links.address_of(claim.facts["uid"], claim.facts["language"])
        return make_sign_in_mail(claim.facts, link=link, message_id=claim.message_id)
    if claim.kind in TO_ASSISTANTS:
        return make_assistant_mail(claim.kind, claim.facts, message_id=claim.message_id)
    kind = "cancellation" if claim.kind == FAREWELL else claim.kind
    return make_mail(kind, claim.facts, link=_link(claim), message_id=claim.message_id)


def delay_after(attempts: int, *, seed: str) -> timedelta:
    """How long to wait after so many attempts: growing, and not the same for every mail."""
    spread = hashlib.sha256(f"{seed}/{attempts}".encode()).digest()[0] / 255
    doubled: int = 2 ** min(attempts - 1, 10)
    return min(FIRST_DELAY * doubled * (1 + 0.25 * spread), LONGEST_DELAY)


def _change(claim: Claim, worker: str, values: dict[str, Any], *, when_in: tuple[str, ...],
            session: Session | None = None) -> bool:
    """Change the row if it is still this worker's; another may have it after a lost lease."""
    statement = update(Message).where(
        Message.id == claim.id, Message.worker == worker, Message.state.in_(when_in)).values(**values)
    if session is not None:
        return _changed(session, statement)
    with transaction() as opened:
        return _changed(opened, statement)


def _changed(session: Session, statement: Any) -> bool:
    changed: int = session.execute(statement, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
    return changed == 1


def _settle(claim: Claim, worker: str, values: dict[str, Any], now: datetime, notice: str | None) -> None:
    """Bring a mail to an end, with a word to the coordinator where the end is a bad one."""
    with transaction() as session:
        final = {**values, "lease_until": None}
        if _change(claim, worker, final, when_in=("claimed", "handover"), session=session) and notice and (
                claim.kind in (*TO_CLIENTS, *TO_ASSISTANTS)):
            session.add(Notice(kind=notice, client_id=claim.client_id, assistant_id=claim.assistant_id,
                               appointment_id=claim.appointment_id,
                               details={"mail": claim.kind, "answer": values["last_answer"]}, created_at=now))
            if final["state"] == "refused" and claim.kind in TO_CLIENTS:
                hold_back(session, recipient=claim.facts["recipient"], answer=final["last_answer"], now=now)


def _retry(claim: Claim, worker: str, answer: str, now: datetime, *, in_doubt: bool,
           at_least: timedelta = timedelta()) -> None:
    wait = max(delay_after(claim.attempts, seed=claim.message_id), at_least)
    values = {"state": "queued", "next_attempt_at": now + wait, "lease_until": None, "worker": "",
              "last_answer": answer}
    if in_doubt:
        values["in_doubt"] = True
    _change(claim, worker, values, when_in=("claimed", "handover"))


def _doubt(claim: Claim, worker: str, answer: str, now: datetime) -> None:
    if claim.kind == "reminder":
        _settle(claim, worker, {"state": "uncertain", "in_doubt": True, "last_answer": answer}, now,
                "mail-uncertain")
    else:
        # Again with the same Message-ID, UID and SEQUENCE: a repeat changes nothing in any calendar,
        # a lost one costs an appointment (rule D3).
        _retry(claim, worker, answer, now, in_doubt=True)


def _hold(channel: str, *, until: datetime) -> None:
    """Let all that goes one way wait."""
    with transaction() as session:
        session.execute(update(Message)
                        .where(Message.state == "queued", Message.channel == channel,
                               Message.next_attempt_at < until)
                        .values(next_attempt_at=until))


def _pause(claim: Claim, worker: str, answer: str, now: datetime, pause: timedelta, *, notice: str) -> None:
    """Let the whole queue wait, with one word to the coordinator: what stopped this mail would stop each."""
    _retry(claim, worker, answer, now, in_doubt=False)
    with transaction() as session:
        _hold(claim.channel, until=now + pause)
        claims.note_once(session, kind=notice, details={"answer": answer}, now=now)
    log.warning("the outbox waits %s: %s", pause, answer)
