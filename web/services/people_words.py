"""What the codes in people's rows are called on pages."""
from __future__ import annotations

from collections.abc import Collection, Iterable

from flask_babel import format_decimal, get_locale

from web.i18n import CLIENT_LANGUAGES, comma, current_language
from web.i18n import gettext as _
from web.models import Place, Topic
from web.services.availability import WEEKDAYS


def genders() -> list[tuple[str, str]]:
    """Genders to choose from."""
    return [("female", _("female")), ("male", _("male")), ("other", _("other"))]


def origin_wishes() -> list[tuple[str, str]]:
    """What a client may wish of the assistant's origin, in plain words."""
    return [
        ("none", _("No wish")),
        ("prefer-same", _("Would like somebody of the same country or culture")),
        ("require-same", _("Only somebody of the same country: otherwise nobody")),
        ("require-different", _("Nobody of the same country: for their safety or peace")),
    ]


def gender_wishes() -> list[tuple[str, str]]:
    """What a client may wish of the assistant's gender, in plain words."""
    return [
        ("none", _("No wish")),
        ("prefer-female", _("Would like a woman")),
        ("require-female", _("Only a woman: otherwise nobody")),
        ("prefer-male", _("Would like a man")),
        ("require-male", _("Only a man: otherwise nobody")),
    ]


def urgencies() -> list[tuple[int, str]]:
    """How urgent a client is, by the weight that it has in a round."""
    return [(1, _("low")), (2, _("medium")), (3, _("high")), (5, _("urgent"))]


def need_states() -> list[tuple[str, str]]:
    """What may have become of a need."""
    return [("open", _("open")), ("done", _("done")), ("dropped", _("dropped"))]


def level_words() -> list[tuple[str, str]]:
    """Levels of a language, from the lowest to the highest."""
    return [("A1", _("A1 – a few words")), ("A2", _("A2 – simple things")), ("B1", _("B1 – everyday life")),
            ("B2", _("B2 – fluent")), ("C1", _("C1 – very good")), ("C2", _("C2 – nearly native")),
            ("native", _("native"))]


def mail_languages() -> list[tuple[str, str]]:
    """The languages that mails can be written in, each in itself."""
    return [(language.code, language.name) for language in CLIENT_LANGUAGES.values()]


def cultures(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Cultures to choose from, by name."""
    named = {
        "caribbean": _("Caribbean"), "central-africa": _("Central Africa"), "central-asia": _("Central Asia"),
        "east-slavic": _("East Slavic"), "great-lakes": _("African Great Lakes"), "gulf": _("Gulf countries"),
        "horn-of-africa": _("Horn of Africa"), "kurdish": _("Kurdish"), "latin-america": _("Latin America"),
        "levant": _("Levant"), "maghreb": _("Maghreb"), "mesopotamia": _("Mesopotamia"),
        "nile": _("Nile countries"), "pashtun": _("Pashtun"), "persianate": _("Persianate"),
        "sahel": _("Sahel"), "somali": _("Somali"), "south-asia": _("South Asia"),
        "turkish": _("Turkish culture"), "west-africa": _("West Africa"),
        "west-balkans": _("Western Balkans"), "yemen": _("Yemeni"),
    }
    # A culture that an administrator has added to config/languages.toml has no name but its code.
    return sorted(((code, named.get(code, code.replace("-", " "))) for code in codes),
                  key=lambda choice: choice[1].casefold())


def places(rows: Iterable[Place], chosen: Collection[str]) -> list[tuple[str, str]]:
    """Places to choose from, with the code that lines of hours use: those in use or chosen."""
    return [(place.code, f"{place.name} (@ {place.code})") for place in rows
            if place.active or place.code in chosen]


def appointment_states() -> dict[str, tuple[str, str]]:
    """An appointment's state: its word and the tone of its badge."""
    return {"invited": (_("waits for an answer"), "warn"), "confirmed": (_("confirmed"), "good"),
            "cancelled": (_("cancelled"), "neutral")}


def channels() -> list[tuple[str, str]]:
    """How a client may be told of appointments."""
    return [("mail", _("By mail")), ("sms", _("By SMS")), ("none", _("By people: a card, or the telephone"))]


def cancel_reasons() -> dict[str, str]:
    """Why an appointment was cancelled."""
    return {"declined": _("declined by the client"), "another-time": _("the client asks for another time"),
            "withdrawn": _("no longer wanted"), "replanned": _("planned anew"),
            "assistant-unavailable": _("the assistant cannot come")}


def wording(options: list[tuple[str, str]], code: str) -> str:
    """The word for one code of a list; the code itself where the list does not have it."""
    return dict(options).get(code, code)


def topics(rows: Iterable[Topic]) -> list[tuple[str, str]]:
    """Topics to choose from."""
    page = current_language().code
    return [(topic.code, topic.name_in(page)) for topic in rows]


def culture_names(codes: Iterable[str]) -> str:
    """Cultures in one line."""
    return comma().join(name for _code, name in cultures(codes))


def weekdays() -> list[tuple[str, str]]:
    """The days of the week in full, Monday first."""
    names = get_locale().days["format"]["wide"]
    return [(day, str(names[number])) for number, day in enumerate(WEEKDAYS)]


def short_days() -> list[str]:
    """The weekdays' short names, Monday first."""
    names = get_locale().days["format"]["abbreviated"]
    return [str(names[number]) for number in range(7)]


def hours(minutes: int) -> str:
    """Minutes as hours: 450 are 7.5."""
    return str(format_decimal(minutes / 60, format="0.##"))


def field_label(name: str) -> str:
    """What a form's field is called, where it is spoken of away from the form."""
    labels = {
        "name": _("Full name"), "first_name": _("First name"), "code": _("Number"), "gender": _("Gender"),
        "origin": _("Country of origin"), "email": _("E-mail"), "phone": _("Telephone"),
        "languages": _("Languages"), "mail_language": _("Language of mails"), "cultures": _("Cultures"),
        "own_cultures": _("Cultures"), "needs": _("Needs"), "weight": _("Urgency"), "places": _("Places"),
        "hours": _("When they have time"), "off": _("When they have no time"), "remarks": _("Remarks"),
        "origin_wish": _("Origin of the assistant"), "gender_wish": _("Gender of the assistant"),
        "previous_assistant": _("Had this assistant before"), "not_with": _("Never with"),
        "registered_on": _("Registered on"), "max_per_day": _("Appointments a day at most"),
        "reminders": _("Reminders"), "channel": _("How they are told"), "topics": _("Topics"),
        "all_topics": _("Topics"),
        "accepts_genders": _("Accepts"), "max_clients": _("Clients in a round at most"),
        "max_minutes_per_week": _("Hours a week at most"), "max_minutes_per_day": _("Hours a day at most"),
        "buffer_minutes": _("Minutes between two appointments"), "tells_own_story": _("Own story"),
    }
    return labels.get(name.partition("-")[0], name)
