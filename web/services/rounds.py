"""Rounds until they are solved: their dates, who is left out, what is pinned and banned."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from web.i18n import gettext as _
from web.i18n import local_time
from web.models import (
    Appointment,
    Assistant,
    Client,
    Need,
    Office,
    PlanVersion,
    Round,
    RoundBan,
    RoundPin,
    User,
    current_office_id,
    db,
)
from web.services import audit
from web.services.errors import ConflictError, InvalidInputError, NotFoundError
from web.services.local_time import wall
from web.services.need_ids import row_id
from web.services.transactions import transaction

LONGEST = timedelta(weeks=8)
MOST_TITLE = 120


def get(round_id: int) -> Round:
    """Read a round of this office."""
    round = db.session.scalar(select(Round).where(Round.id == round_id)
                              .options(joinedload(Round.created_by), joinedload(Round.ended_by)))
    if round is None:
        raise NotFoundError(_("There is no such round."))
    return round


def listed() -> Sequence[Round]:
    """Read every round, the latest first."""
    return db.session.scalars(select(Round).order_by(Round.first_day.desc(), Round.id.desc())
                              .options(joinedload(Round.ended_by))).all()


def counts() -> dict[int, int]:
    """How many appointments stand in each round."""
    rows = db.session.execute(
        select(Appointment.round_id, func.count(Appointment.id)).where(Appointment.state != "cancelled")
        .group_by(Appointment.round_id))
    return {round_id: int(count) for round_id, count in rows}


def can_repair(round: Round, *, now: datetime) -> bool:
    """Whether days are left of a published round."""
    return round.state == "published" and _today(now) <= round.last_day


def next_week(now: datetime, timezone: str) -> tuple[date, date]:
    """The Monday and Friday after today: what most rounds are."""
    today = wall(now, timezone).date()
    monday = today + timedelta(days=7 - today.weekday())
    return monday, monday + timedelta(days=4)


def free_week(now: datetime, timezone: str) -> tuple[date, date]:
    """The Monday and Friday of the first week after today that no round of this office touches.

    Discarded rounds do not count. Next week where rounds have filled all weeks of a year.
    """
    monday, friday = next_week(now, timezone)
    taken = db.session.execute(select(Round.first_day, Round.last_day).where(
        Round.state != "discarded", Round.last_day >= monday)).all()
    weeks = ((monday + timedelta(weeks=n), friday + timedelta(weeks=n)) for n in range(52))
    return next(((first, last) for first, last in weeks
                 if not any(begin <= last and first <= end for begin, end in taken)), (monday, friday))


def create(*, title: str, first_day: date | None, last_day: date | None, user: User, now: datetime) -> Round:
    """Begin a round; nothing of it is seen outside the office."""
    faults = _faults(title, first_day, last_day, _today(now))
    if faults or first_day is None or last_day is None:
        raise InvalidInputError(faults)
    with transaction() as session:
        return _begin(session, title.strip(), first_day, last_day, user, now)


def repair(round_id: int, *, user: User, now: datetime) -> Round:
    """Begin a round on the days that are left of a published one, to mend what fell out of it.

    What stands is protected: it goes into the new round as `keep`. Whoever was left out stays out, and
    a pair that was ruled out stays so: the reason was people, not the plan.
    """
    with transaction() as session:
        old = get(round_id)
        if old.state != "published":
            raise ConflictError(_("Only a published round can be repaired."))
        first_day = max(old.first_day, _today(now))
        if first_day > old.last_day:
            raise ConflictError(_("This round is over. Begin a new one."))
        title = _("%(title)s – repair", title=old.title)[:MOST_TITLE]
        round = _begin(session, title, first_day, old.last_day, user, now)
        round.excluded_clients = list(old.excluded_clients)
        round.excluded_assistants = list(old.excluded_assistants)
        round.bans = [RoundBan(client_id=ban.client_id, assistant_id=ban.assistant_id) for ban in old.bans]
        return round


def _begin(session: Session, title: str, first_day: date, last_day: date, user: User, now: datetime) -> Round:
    round = Round(title=title, first_day=first_day, last_day=last_day, created_at=now, created_by_id=user.id)
    session.add(round)
    session.flush()
    audit.record(session, user_id=user.id, action="round.created", subject=f"round:{round.id}", now=now)
    return round


def _today(now: datetime) -> date:
    return wall(now, db.session.get_one(Office, current_office_id()).timezone).date()


def _faults(title: str, first_day: date | None, last_day: date | None, today: date) -> dict[str, str]:
    faults = {}
    if not title.strip():
        faults["title"] = _("Give the round a name, for example “Week 49”.")
    elif len(title.strip()) > MOST_TITLE:
        faults["title"] = _("Use at most %(count)s characters.", count=MOST_TITLE)
    if first_day is None:
        faults["first_day"] = _("Choose a date.")
    elif first_day < today:
        faults["first_day"] = _("This day is over. Choose today or later.")
    elif first_day.year > today.year + 2:
        faults["first_day"] = _("This is more than two years away. Choose a nearer day.")
    if last_day is None:
        faults["last_day"] = _("Choose a date.")
    elif first_day is not None and last_day < first_day:
        faults["last_day"] = _("The last day must not be before the first.")
    elif first_day is not None and last_day - first_day >= LONGEST:
        faults["last_day"] = _("A round can last eight weeks at most. Choose an earlier day.")
    return faults


def draft(session: Session, round_id: int) -> Round:
    """Read a round that may still be changed, inside the transaction that changes it."""
    round = session.get(Round, round_id, populate_existing=True, with_for_update=True)
    if round is None:
        raise NotFoundError(_("There is no such round."))
    if round.state != "draft":
        raise ConflictError(ended(round))
    return round


def ended(round: Round) -> str:
    """Say who ended a round, how and when."""
    office = db.session.get_one(Office, current_office_id())
    who = round.ended_by.name if round.ended_by else _("somebody")
    when = local_time(round.ended_at, office.timezone) if round.ended_at else ""
    if round.state == "published":
        return _("%(who)s has published this round already (%(when)s).", who=who, when=when)
    return _("%(who)s has discarded this round (%(when)s).", who=who, when=when)


def fate(round: Round) -> str:
    """Say on a round's own page who ended it, how and when."""
    office = db.session.get_one(Office, current_office_id())
    who = round.ended_by.name if round.ended_by else _("somebody")
    when = local_time(round.ended_at, office.timezone) if round.ended_at else ""
    if round.state == "published":
        return _("Published by %(who)s, %(when)s.", who=who, when=when)
    return _("Discarded by %(who)s, %(when)s. Nothing that was announced has changed.", who=who, when=when)


def take_out(round_id: int, *, client: str = "", assistant: str = "") -> None:
    """Leave somebody out of a round; what is pinned for them in it is unpinned."""
    with transaction() as session:
        round = draft(session, round_id)
        if client:
            row = _client(session, client)
            round.excluded_clients = sorted({*round.excluded_clients, row.code})
            round.pins = [pin for pin in round.pins if pin.client_id != row.id]
        if assistant:
            other = _assistant(session, assistant)
            round.excluded_assistants = sorted({*round.excluded_assistants, other.code})
            round.pins = [pin for pin in round.pins if pin.assistant_id != other.id]


def take_in(round_id: int, *, client: str = "", assistant: str = "") -> None:
    """Take somebody into a round again."""
    with transaction() as session:
        round = draft(session, round_id)
        round.excluded_clients = sorted(set(round.excluded_clients) - {client})
        round.excluded_assistants = sorted(set(round.excluded_assistants) - {assistant})


def pin(round_id: int, *, client: str, assistant: str, need: int | None = None,
        start: str | None = None) -> None:
    """Decide a pair, or one appointment; it takes the place of what was pinned or banned otherwise."""
    with transaction() as session:
        round = draft(session, round_id)
        row, other = _client(session, client), _assistant(session, assistant)
        if (need is None) != (start is None):
            raise InvalidInputError({"start": _("Choose a time.")})
        if need is not None and session.scalar(select(func.count(Need.id)).where(
                Need.id == need, Need.client_id == row.id)) != 1:
            raise NotFoundError(_("There is no such need."))
        round.pins = [old for old in round.pins
                      if old.client_id != row.id or (old.assistant_id == other.id and old.need_id != need)]
        round.bans = [ban for ban in round.bans if (ban.client_id, ban.assistant_id) != (row.id, other.id)]
        session.flush()
        round.pins.append(RoundPin(client_id=row.id, assistant_id=other.id, need_id=need, start=start))


def pin_times(round_id: int, *, client: str, assistant: str) -> None:
    """Pin every appointment that the present plan gives a pair."""
    with transaction() as session:
        round = draft(session, round_id)
        row, other = _client(session, client), _assistant(session, assistant)
        version = session.get(PlanVersion, round.plan_id) if round.plan_id else None
        pairs = version.plan_document["pairs"] if version else []
        planned = [one for pair in pairs if (pair["client"], pair["assistant"]) == (client, assistant)
                   for one in pair["appointments"]]
        if not planned:
            raise ConflictError(_("The plan has no appointment of these two any more."))
        round.pins = [old for old in round.pins if old.client_id != row.id]
        session.flush()
        round.pins += [RoundPin(client_id=row.id, assistant_id=other.id, need_id=row_id(one["need"]),
                                start=one["start"]) for one in planned]


def unpin(round_id: int, *, client: str) -> None:
    """Let the solver decide again about a client."""
    with transaction() as session:
        round = draft(session, round_id)
        row = _client(session, client)
        round.pins = [pin for pin in round.pins if pin.client_id != row.id]


def ban(round_id: int, *, client: str, assistant: str) -> None:
    """Rule a pair out in this round; its pins go."""
    with transaction() as session:
        round = draft(session, round_id)
        row, other = _client(session, client), _assistant(session, assistant)
        round.pins = [pin for pin in round.pins if (pin.client_id, pin.assistant_id) != (row.id, other.id)]
        if all((ban.client_id, ban.assistant_id) != (row.id, other.id) for ban in round.bans):
            round.bans.append(RoundBan(client_id=row.id, assistant_id=other.id))


def unban(round_id: int, *, client: str, assistant: str) -> None:
    """Allow a pair again."""
    with transaction() as session:
        round = draft(session, round_id)
        row, other = _client(session, client), _assistant(session, assistant)
        round.bans = [ban for ban in round.bans if (ban.client_id, ban.assistant_id) != (row.id, other.id)]


def _client(session: Session, code: str) -> Client:
    found = session.scalar(select(Client).where(Client.code == code))
    if found is None:
        raise NotFoundError(_("There is no client %(code)s.", code=code))
    return found


def _assistant(session: Session, code: str) -> Assistant:
    found = session.scalar(select(Assistant).where(Assistant.code == code))
    if found is None:
        raise NotFoundError(_("There is no assistant %(code)s.", code=code))
    return found
