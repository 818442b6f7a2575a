"""What would help the clients whom a plan leaves out, step by step, and where each step is entered."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from web.i18n import gettext as _
from web.models import Office, PlanVersion, Question, Round
from web.services import questions
from web.services.catalogue import country_name, language_name
from web.services.local_time import wall
from web.services.participants import Participants, participants
from web.services.people_words import genders
from web.services.review import Names
from web.services.snapshot import document_of, same
from web.services.standing import NOTICE

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change that a person enters themselves, and what its sentence says.

    `kind` is language, wish, place, come, clients, week, day, hours, recruit, pin, pin-new (to a recruit),
    or again, which is a pin where nothing but another solve is wanted.
    """

    kind: str
    client: str  # codes and names; empty where nobody is meant
    assistant: str
    client_name: str
    assistant_name: str
    row_id: int | None  # whose page it is entered on
    words: Mapping[str, str]
    count: int = 0  # clients or minutes
    spans: tuple[Span, ...] = ()  # local


Fix = tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Help:
    """What is known so far of what would help.

    A client who has not been come to is not in `fixes`; one whom nothing small would help has none.
    """

    question: Question | None
    outdated: bool
    fixes: Mapping[str, tuple[Fix, ...]]

    @property
    def state(self) -> str:
        """What has become of working it out: a question's state, or "" where nobody is left out."""
        return self.question.state if self.question is not None else ""


def help_for(office: Office, round: Round, version: PlanVersion, names: Names, *, now: datetime) -> Help:
    """Read what would help the clients whom the present version of a draft leaves out.

    What cannot be entered any more is left out: hours that are over or otherwise taken, and people who are
    gone.
    """
    if not version.plan_document["unmatched"]:
        return Help(question=None, outdated=False, fixes={})
    asked = questions.about_version(version.id, "fixes")
    document = version.round_document
    parts = participants(office, round, now=now)
    taken = _taken(parts)
    soon = wall(now + NOTICE, office.timezone)
    found: dict[str, tuple[Fix, ...]] = {}
    for one in asked[::-1]:
        for client, patches in one.result.get("fixes", {}).items():
            fixes = (_fix(document, client, patch, names) for patch in patches)
            found[client] = tuple(fix for fix in fixes if _can_be_entered(fix, names, taken, soon))
    return Help(question=asked[0] if asked else None, fixes=found,
                outdated=not same(document_of(office, round, parts), document))


def _taken(parts: Participants) -> Mapping[str, Sequence[Span]]:
    return ({f"client {one.person.code}": one.taken for one in parts.clients}
            | {f"assistant {one.person.code}": one.taken for one in parts.assistants})


def _can_be_entered(fix: Fix, names: Names, taken: Mapping[str, Sequence[Span]], soon: datetime) -> bool:
    for step in fix:
        if ((step.client and step.client not in names.clients)
                or (step.assistant and step.assistant not in names.assistants)):
            return False
        who = f"client {step.client}" if step.kind == "come" else f"assistant {step.assistant}"
        for start, end in step.spans:
            if start < soon or any(start < until and since < end for since, until in taken.get(who, ())):
                return False
    return True


def _fix(document: dict[str, Any], client: str, patch: Sequence[dict[str, Any]], names: Names) -> Fix:
    steps = tuple(_step(document, client, one, names) for one in patch)
    return steps if any(step.kind != "pin" for step in steps) else (replace(steps[0], kind="again"),)


def _step(document: dict[str, Any], client: str, operation: dict[str, Any], names: Names) -> Step:
    """Read one operation of a patch, of those that the matcher's fixes are made of."""
    _root, people, *way = operation["path"].split("/")
    value = operation["value"]
    kind, words, count, spans, assistant = "", dict[str, str](), 0, tuple[Span, ...](), ""
    if people == "pins":
        pin = value[0] if isinstance(value, list) else value
        known = any(one["id"] == pin["assistant"] for one in document["assistants"])
        kind, assistant = ("pin", pin["assistant"]) if known else ("pin-new", "")
    elif way == ["-"]:
        spans = tuple(map(_span, value["availability"]))
        ((language, _level),) = value["languages"].items()
        kind, country = "recruit", value["origin"]
        (person,) = (one for one in document["clients"] if one["id"] == client)
        if person.get("wishes", {}).get("origin") == "require-different":
            kind, country = "recruit-elsewhere", person["origin"]
        words = {"language": language_name(language), "country": country_name(country),
                 "gender": dict(genders())[value["gender"]]}
    else:
        person = document[people][int(way[0])]
        assistant = person["id"] if people == "assistants" else ""
        kind, count, words, spans = _change(document, person, way[1:], value, names)
        if kind == "come" and assistant:
            kind = "hours"
    own = names.assistants.get(assistant) if assistant else names.clients.get(client)
    return Step(
        kind=kind, client=client, assistant=assistant, client_name=names.client_apart(client), count=count,
        assistant_name=names.assistant(assistant) if assistant else "", words=words, spans=spans,
        row_id=own.id if own is not None and not kind.startswith("recruit") else None)


def _change(document: dict[str, Any], person: dict[str, Any], way: list[str], value: Any,
            names: Names) -> tuple[str, int, dict[str, str], tuple[Span, ...]]:
    match way:
        case ["languages", tag]:
            tag = tag.replace("~1", "/").replace("~0", "~")
            levels = {"level": person["languages"][tag], "counted": value,
                      "minimum": document["policy"]["minimum_level"]}
            words = {name: _("native") if level == "native" else level for name, level in levels.items()}
            return "language", 0, words | {"language": language_name(tag)}, ()
        case ["wishes", "origin"]:
            return "wish", 0, {}, ()
        case ["places", "-"]:
            return "place", 0, {"place": names.place(value)}, ()
        case ["availability", number, "places", "-"]:
            return "place", 0, {"place": names.place(value)}, (_span(person["availability"][int(number)]),)
        case ["availability", "-"]:
            return "come", 0, {}, (_span(value),)
        case ["max_clients"]:
            return "clients", value - person["max_clients"], {}, ()
        case ["max_minutes_per_week"]:
            return "week", value - person["max_minutes_per_week"], {}, ()
        case ["max_minutes_per_day"]:
            return "day", value - person["max_minutes_per_day"], {}, ()
    raise ValueError(f"no fix changes {'/'.join(way)}")


def _span(interval: dict[str, Any]) -> Span:
    return datetime.fromisoformat(interval["start"]), datetime.fromisoformat(interval["end"])
