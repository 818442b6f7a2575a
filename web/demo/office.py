"""Load the invented office: its people, one published round, and one that waits to be published."""
from __future__ import annotations

from datetime import date, datetime, timedelta

from web import schema
from web.demo.people import ASSISTANTS, demo_clients
from web.models import Place, User, db, use_office
from web.services import accounts, assistants, clients, office, publishing, rounds, solving
from web.services.transactions import transaction

COORDINATOR = "mira@example.org"
PASSWORD = "walking-home-together"  # noqa: S105 -- of an invented account on this machine

PLACES = (
    {"code": "office", "name": "Info Point", "address": "Nemanjina 4, Beograd", "directions": {
        "en": "Second floor, the door on the left. Five minutes on foot from tram stop Savski trg.",
        "sr": "Drugi sprat, vrata levo. Pet minuta peške od tramvajske stanice Savski trg.",
        "fr": "Deuxième étage, porte de gauche. À cinq minutes à pied de l’arrêt de tram Savski trg.",
        "ar": "الطابق الثاني، الباب على اليسار. خمس دقائق سيرًا من موقف الترام Savski trg.",
        "fa": "طبقهٔ دوم، در سمت چپ. پنج دقیقه پیاده از ایستگاه تراموای Savski trg.",
    }},
    {"code": "reception-centre", "name": "Krnjača", "address": "Pančevački put 117, Beograd", "directions": {
        "en": "At the main gate. Bus 108 stops in front of it.",
        "sr": "Kod glavne kapije. Autobus 108 staje ispred.",
        "fr": "À l’entrée principale. Le bus 108 s’arrête devant.",
        "ar": "عند البوابة الرئيسية. تتوقف الحافلة 108 أمامها.",
        "fa": "کنار دروازهٔ اصلی. اتوبوس ۱۰۸ روبه‌روی آن می‌ایستد.",
    }},
)


def load(*, now: datetime, share: int = 1) -> None:
    """Fill an empty database with one in `share` clients; `now` decides the weeks of the two rounds."""
    schema.upgrade(db.engine)
    created = office.create_office(name="Refugees for Refugees, Belgrade", public_name="Saputnik Info Point",
                                   now=now)
    use_office(created.id)
    user = accounts.create_user(office=created, email=COORDINATOR, name="Mira", password=PASSWORD, now=now)
    monday, _ = rounds.next_week(now, created.timezone)
    with transaction() as session:
        created.phone = "+381 11 400 0000"
        session.add_all(Place(**place) for place in PLACES)
    assistants.save_assistants(assistants=ASSISTANTS, user_id=user.id, now=now)
    clients.save_clients(clients=demo_clients(first_day=monday, today=now.date())[::share], user_id=user.id,
                         now=now)
    round_id, plan_id = _solved(monday, user, now)
    publishing.publish(round_id, plan_id, user=user, now=now)
    _solved(monday + timedelta(days=7), user, now)


def _solved(monday: date, user: User, now: datetime) -> tuple[int, int]:
    """Make a round of one working week and solve it here; return its id and its plan's."""
    made = rounds.create(title=f"Week {monday.isocalendar().week}", first_day=monday,
                         last_day=monday + timedelta(days=4), user=user, now=now)
    solving.request_solve(made.id, user=user, now=now)
    solving.run_next(now=now, worker="demo")
    db.session.refresh(made)
    if made.plan_id is None:
        raise ValueError("the demonstration's round could not be solved")
    return made.id, made.plan_id
