"""Invented people of a Belgrade office: who they are follows what such an office sees, no one is real.

The shares of countries are those of people whom Serbian asylum and reception centres reported in recent
years, rounded, with Ukraine and Russia since 2022 and Burundi and Cuba since they came without visas.
"""
from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from web.services.people_data import AssistantData, ClientData, DatedHoursData, NeedData, WeeklyHoursData

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def hours(days: Sequence[str], start: int, end: int, place: str | None = None) -> WeeklyHoursData:
    """Weekly hours on full hours."""
    return WeeklyHoursData(weekdays=tuple(days), start=time(start), end=time(end), place=place)


ASSISTANTS = (
    AssistantData(
        code="A-1", name="Reza Moradi", gender="male", origin="IR", email="reza@example.org",
        languages={"fa": "native", "sr": "C1", "en": "B2"}, tells_own_story=True,
        max_clients=7, max_minutes_per_week=600, max_minutes_per_day=240, buffer_minutes=30,
        weekly_hours=(hours(("mon", "tue", "wed", "thu"), 9, 15),)),
    AssistantData(
        code="A-2", name="Divine Niyonzima", gender="female", origin="BI", email="divine@example.org",
        languages={"rn": "native", "fr": "C1", "sw": "B2", "sr": "C1"},
        tells_own_story=True, max_clients=6, max_minutes_per_week=540, buffer_minutes=30,
        weekly_hours=(hours(("mon", "tue", "thu"), 10, 17), hours(("fri",), 9, 13)),
        topics=("work-permit", "bank-account", "nes-certificate", "health-certificate", "serbian-practice",
                "orientation", "transport-pass")),
    AssistantData(
        code="A-3", name="Rasha Haddad", gender="female", origin="SY", email="rasha@example.org",
        languages={"apc": "native", "en": "C1", "sr": "B2"}, tells_own_story=True,
        accepts_genders=("female", "other"), max_clients=5, max_minutes_per_week=420, buffer_minutes=30,
        weekly_hours=(hours(("tue", "wed", "thu", "fri"), 10, 16),)),
    AssistantData(
        code="A-4", name="Oleksandr Kovalenko", gender="male", origin="UA", email="oleksandr@example.org",
        languages={"uk": "native", "ru": "C2", "sr": "B2"}, max_clients=5,
        max_minutes_per_week=420, buffer_minutes=15,
        weekly_hours=(hours(WORKDAYS, 13, 18), hours(("sat",), 9, 14))),
    AssistantData(
        code="A-5", name="Zahra Rahimi", gender="female", origin="AF", email="zahra@example.org",
        languages={"prs": "native", "ps": "C1", "fa": "C2", "sr": "B2"},
        tells_own_story=True, max_clients=5, max_minutes_per_week=420, buffer_minutes=30,
        weekly_hours=(hours(("mon", "wed", "fri"), 9, 13), hours(("tue",), 14, 18, "reception-centre"))),
    AssistantData(
        code="A-6", name="Karwan Aziz", gender="male", origin="IQ", email="karwan@example.org",
        languages={"ckb": "native", "acm": "C2", "en": "C1", "sr": "C1"}, max_clients=6,
        max_minutes_per_week=480, buffer_minutes=0,
        weekly_hours=(hours(("mon", "wed", "thu"), 9, 16),)),
)


@dataclass(frozen=True)
class Community:
    """People of one country as this office meets them."""

    origin: str
    share: int  # of sixty
    languages: tuple[dict[str, str], ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


COMMUNITIES = (
    Community("AF", 11, ({"prs": "native"}, {"prs": "native", "ps": "B2"}, {"ps": "native", "prs": "B1"}),
              ("Laila", "Maryam", "Fatima", "Shukria"), ("Omid", "Ahmad", "Najib", "Farid"),
              ("Noorzai", "Ahmadzai", "Hosseini", "Karimi")),
    Community("SY", 10, ({"apc": "native"}, {"apc": "native", "en": "A2"}, {"apc": "native", "en": "B1"}),
              ("Nour", "Hala", "Rima", "Salma"), ("Bilal", "Khaled", "Yousef", "Anas"),
              ("Darwish", "Khalil", "Al-Hassan", "Saleh")),
    Community("BI", 9, ({"rn": "native", "fr": "B2"}, {"rn": "native"}, {"rn": "native", "sw": "B1"}),
              ("Aline", "Chantal", "Odette", "Belyse"), ("Thierry", "Jean-Claude", "Égide", "Fabrice"),
              ("Hakizimana", "Ndayishimiye", "Irakoze", "Nkurunziza")),
    Community("IR", 6, ({"fa": "native"}, {"fa": "native", "en": "B1"}), ("Neda", "Shirin", "Parisa"),
              ("Arash", "Kian", "Saeed"), ("Kazemi", "Sharifi", "Ebrahimi")),
    Community("RU", 4, ({"ru": "native"}, {"ru": "native", "en": "B1"}), ("Ekaterina", "Olga"),
              ("Dmitrij", "Aleksei"), ("Kuznetsov", "Smirnov")),
    Community("UA", 4, ({"uk": "native", "ru": "C1"}, {"uk": "native"}), ("Oksana", "Iryna"),
              ("Taras", "Andrij"), ("Shevchenko", "Bondarenko")),
    Community("IQ", 4, ({"ckb": "native", "acm": "B2"}, {"acm": "native"}), ("Shilan", "Zainab"),
              ("Ali", "Hiwa"), ("Mahmood", "Al-Jubouri")),
    Community("CU", 4, ({"es": "native"}, {"es": "native", "en": "B1"}), ("Yanelis", "Dayana"),
              ("Reinier", "Yoel"), ("Pérez Díaz", "Rodríguez")),
    Community("SO", 3, ({"so": "native", "en": "B1"}, {"so": "native"}), ("Hodan", "Ifrah"),
              ("Liban", "Abdi"), ("Warsame", "Cali")),
    Community("CD", 3, ({"fr": "C1", "sw": "native"}, {"fr": "C1", "ln": "native"}), ("Béatrice", "Grâce"),
              ("Christian", "Patrick"), ("Mbuyi", "Ilunga")),
    Community("MA", 2, ({"ary": "native", "fr": "B2"},), ("Samira",), ("Rachid", "Hicham"),
              ("El Amrani", "Benali")),
)

TOPICS = ("work-permit", "bank-account", "health-certificate", "nes-certificate", "transport-pass",
          "driving-licence", "serbian-practice", "orientation")
HOW_OFTEN = (5, 5, 4, 4, 3, 2, 4, 2)


def _free(rng: random.Random) -> tuple[WeeklyHoursData, ...]:
    return rng.choice((
        (hours(("mon", "tue", "wed", "thu"), 8, 13),),
        (hours(WORKDAYS, 9, 13),),
        (hours(("tue", "thu"), 12, 18),),
        (hours(WORKDAYS, 13, 18),),
        (hours(("mon", "wed"), 10, 16),),
        (hours(("wed",), 14, 18), hours(("fri", "sat"), 9, 14)),
        (hours(WORKDAYS, 8, 19),),
    ))


def _wishes(rng: random.Random, gender: str) -> tuple[str, str]:
    """The wishes for origin and for gender."""
    origin = rng.choices(("none", "prefer-same", "require-same", "require-different"), (45, 38, 6, 11))[0]
    women = ("none", "prefer-female", "require-female"), (40, 35, 25)
    men = ("none", "prefer-male", "require-male"), (85, 12, 3)
    return origin, rng.choices(*(women if gender == "female" else men))[0]


def _needs(rng: random.Random, first_day: date) -> tuple[NeedData, ...]:
    topics: list[str] = []
    for _ in range(rng.choices((1, 2, 3), (45, 40, 15))[0]):
        topics.append(rng.choices([t for t in TOPICS if t not in topics],
                                  [n for t, n in zip(TOPICS, HOW_OFTEN, strict=True) if t not in topics])[0])
    return tuple(
        NeedData(topic=topic, optional=position > 0 and topic in ("serbian-practice", "orientation"),
                 by=first_day + timedelta(days=9) if topic == "work-permit" and rng.random() < 0.3 else None)
        for position, topic in enumerate(topics))


def demo_clients(*, first_day: date, today: date) -> list[ClientData]:
    """Sixty clients, the same at every call for the same dates."""
    rng = random.Random(2026)  # noqa: S311 -- invented people, not secrets
    clients: list[ClientData] = []
    for community in COMMUNITIES:
        for _ in range(community.share):
            number = len(clients) + 1
            gender = rng.choices(("female", "male"), (48, 52))[0]
            first_name = rng.choice(community.women if gender == "female" else community.men)
            languages = dict(rng.choice(community.languages))
            if rng.random() < 0.2:
                languages["sr"] = "A2"
            origin_wish, gender_wish = _wishes(rng, gender)
            away = first_day + timedelta(days=rng.randrange(5))
            clients.append(ClientData(
                code=f"C-{number:03}",
                name=f"{first_name} {rng.choice(community.families)}",
                first_name=first_name, gender=gender, origin=community.origin, languages=languages,
                # Who learns Serbian practises: so that mails in each language are seen, whoever is served.
                mail_language="sr" if "sr" in languages else "",
                email="" if rng.random() < 0.1 else f"client{number}@example.org",
                weight=rng.choices((1, 2, 3, 5), (20, 50, 20, 10))[0],
                registered_on=today - timedelta(days=rng.randrange(3, 60)),
                needs=_needs(rng, first_day), weekly_hours=_free(rng), origin_wish=origin_wish,
                gender_wish=gender_wish,
                dated_hours=(DatedHoursData(day=away, available=False),) if rng.random() < 0.15 else (),
                not_with=("A-1",) if community.origin == "IR" and rng.random() < 0.4 else ()))
    return clients
