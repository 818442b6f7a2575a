"""What a coordinator needs in the morning: what waits for an answer, who comes, whether mails leave."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from web.i18n import gettext as _
from web.models import Appointment, Assistant, Client, Message, Need, Notice, Office, Place, Round, db
from web.services import claims
from web.services.audit import record
from web.services.errors import NotFoundError
from web.services.transactions import transaction
from web.services.urgent import urgent_notices

DAYS_AHEAD = 7
MOST = 100  # rows of one list: more than that nobody reads in a morning


@dataclass(frozen=True)
class MailQueue:
    """How many mails wait, since when the oldest does, and whether that is too long."""

    waiting: int
    oldest: datetime | None
    late: bool


@dataclass(frozen=True)
class Morning:
    """Everything on the first page."""

    notices: Sequence[Notice]
    today: Sequence[Appointment]
    coming: Sequence[Appointment]
    unanswered: int  # clients from whom a coming appointment waits for an answer
    rounds: Sequence[Round]
    mails: MailQueue
    clients: int
    assistants: int
    places: int
    rounds_ever: int

    @property
    def steps(self) -> tuple[bool, bool, bool] | None:
        """Which of a new office's three steps are done; None as soon as all are."""
        published = bool(self.today or self.coming or self.rounds_ever > len(self.rounds))
        done = bool(self.clients and self.assistants), bool(self.rounds_ever), published
        return None if all(done) else done


def morning(*, office: Office, now: datetime) -> Morning:
    """Gather the first page of an office."""
    session = db.session
    zone = ZoneInfo(office.timezone)
    today = now.astimezone(zone).date()
    midnight, after, end = (
        datetime.combine(today + timedelta(days=days), time(), zone) for days in (0, 1, 1 + DAYS_AHEAD))
    upcoming = (
        Appointment.starts_at >= midnight, Appointment.starts_at < end, Appointment.state != "cancelled")
    appointments = session.scalars(
        select(Appointment).where(*upcoming).order_by(Appointment.starts_at, Appointment.id).limit(MOST)
        .options(joinedload(Appointment.client), joinedload(Appointment.assistant),
                 joinedload(Appointment.place), joinedload(Appointment.need).joinedload(Need.topic))).all()
    return Morning(
        notices=urgent_notices(now=now, zone=zone, most=MOST),
        today=[each for each in appointments if each.starts_at < after],
        coming=[each for each in appointments if each.starts_at >= after],
        unanswered=session.scalar(
            select(func.count(Appointment.client_id.distinct()))
            .where(*upcoming, Appointment.state == "invited")) or 0,
        rounds=session.scalars(
            select(Round).where(Round.state == "draft").order_by(Round.first_day, Round.id)
            .limit(MOST)).all(),
        mails=_mails(now),
        clients=session.scalar(select(func.count(Client.id))) or 0,
        assistants=session.scalar(select(func.count(Assistant.id))) or 0,
        places=session.scalar(select(func.count(Place.id)).where(Place.active)) or 0,
        rounds_ever=session.scalar(select(func.count(Round.id)).where(Round.state != "discarded")) or 0,
    )


def _mails(now: datetime) -> MailQueue:
    waiting, oldest = db.session.execute(
        select(func.count(Message.id), func.min(Message.created_at))
        .where(Message.state.in_(claims.OPEN))).one()
    late = oldest is not None and oldest < now - claims.OVERDUE
    return MailQueue(waiting=waiting, oldest=oldest, late=late)


def mark_seen(*, notice_id: int, user_id: int, now: datetime) -> None:
    """Take a notice off the first page; a second time it stays as it is."""
    with transaction() as session:
        notice = session.get(Notice, notice_id)
        if notice is None:
            raise NotFoundError(_("This notice is gone: the client has answered anew."))
        if notice.seen_at is None:
            notice.seen_at = now
            record(session, user_id=user_id, action="notice.seen", subject=f"notice:{notice.id}", now=now)


def notice_sentence(notice: Notice) -> tuple[str, str]:
    """What a notice says, and its tone."""
    sentences = {
        "declined": (_("has declined the appointment."), "warn"),
        "another-time": (_("asks for another time."), "warn"),
        "asks-for": (_("asks for another time that is free:"), "warn"),
        "moved": (_("has moved the appointment to another free time."), "info"),
        "taken-back": (_("comes after all: the decline was taken back."), "info"),
        "tentative": (_("may come, but is not sure. The appointment stands."), "warn"),
        "counter": (_("proposes another time. The appointment stands until you change it."), "warn"),
        "wrote": (_("has written about the appointment."), "warn"),
        "note-answered": (_("was answered in a mail to Saputnik, which reaches nobody. Please telephone."),
                          "warn"),
        "answer-refused": (_("seems to have answered by mail, but the answer was not applied."), "warn"),
        "no-address": (_("is told of appointments by people: please telephone, or hand over a card."),
                       "warn"),
        "mail-failed": (_("could not be reached by mail: please telephone."), "bad"),
        "mail-bounced": (_("did not get the mail, it came back: please telephone."), "bad"),
        "mail-too-late": (_("did not get the mail before the appointment began."), "bad"),
        "mail-uncertain": (_("may not have got the reminder: the connection broke off."), "info"),
        "link-too-late": (_("did not get the sign-in link in time: send another one."), "warn"),
        "tell-assistant": (
            _("has no e-mail address, and an appointment changes within a day: please telephone."), "warn"),
        "own-hours": (_("has changed when they have time."), "info"),
        "own-calendar": (
            _("has a calendar that cannot be read. Busy times that were read before still count."), "warn"),
        "mail-delayed": (_("Mails have been waiting for more than 15 minutes."), "bad"),
        "mail-paused": (_("The mail server refuses all mails. They wait and are tried again."), "bad"),
        "mail-unreachable": (_("The mail server does not answer. Mails wait and are tried again."), "bad"),
        "mail-signed-out": (
            _("The mailbox’s provider does not let Saputnik in. Mails wait until whoever looks after the "
              "machine signs in again."), "bad"),
        "mail-at-risk": (_("has not got the mail yet, and the appointment is near: please telephone."),
                         "bad"),
        "mail-unmatched": (_("Mails came that nothing could be done with. They lie in the mailbox, marked."),
                           "info"),
        "mailbox-silent": (_("Answers by mail have not been read for more than 15 minutes."), "bad"),
        "note-bounced": (_("A mail to a coordinator came back."), "warn"),
    }
    return sentences.get(notice.kind, (_("Please look at this."), "info"))
