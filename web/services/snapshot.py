"""The one bridge from rows to the matcher: a round's rows as an r4r-round/1 document.

It holds codes, never names; a need is n<row id>. Beyond what rows say literally:

* Weight: urgency, and full weeks of waiting, as the installation's configuration weighs them. As shipped,
  waiting grows ever faster, so that nobody who can be served is passed over for ever (docs/fairness.md).
* One assistant: who met (or is about to meet) an assistant in the round's weeks stays with them for
  what is left: everybody else is banned, unless the coordinator pinned another or that assistant
  takes no part. A pin instead of bans could make the whole round impossible.
* Nothing announced is put at risk: a client whose appointment may be moved brings their new needs as
  optional ones, so that a need nobody can meet never costs them the appointment they have.
* An assistant's limits count what is left alone: for a day, or a week in a longer round, time is cut
  down to what remains; in a round of one week the limit itself is lowered.
"""
from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from matcher.languages import DEFAULT_BRIDGES
from matcher.round_writing import clock
from matcher.weighing import Weighing
from web.models import Assistant, Client, Need, Office, Place, Round, Topic, db
from web.services import tokens
from web.services.fixed import bans, keep, pins
from web.services.limits import Limits
from web.services.local_time import wall
from web.services.need_ids import need_id
from web.services.participants import Participants, TakingPart, participants
from web.services.stretches import Stretch
from web.services.waiting import caseloads, last_met


def snapshot(office: Office, round: Round, now: datetime) -> dict[str, Any]:
    """Write what the matcher may know about a round, as of `now`; the same rows give the same bytes."""
    return document_of(office, round, participants(office, round, now=now))


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two documents are of the same round; in what order its pins and bans stand says nothing."""
    def plain(document: dict[str, Any]) -> dict[str, Any]:
        return document | {name: sorted(document[name], key=lambda entry: sorted(entry.items()))
                           for name in ("pins", "bans")}
    return plain(one) == plain(other)


def document_of(office: Office, round: Round, parts: Participants) -> dict[str, Any]:
    """Write the document of a round whose participants are known."""
    places = sorted(db.session.scalars(db.select(Place.code).where(Place.active)))
    limits = Limits(office, round, parts)
    cases = caseloads(round, parts)
    met = last_met(office, round)
    document: dict[str, Any] = {
        "format": "r4r-round/1",
        "timezone": office.timezone,
        "first_day": round.first_day.isoformat(),
        "last_day": round.last_day.isoformat(),
        "grid_minutes": office.grid_minutes,
        "closed_days": [day.isoformat() for day in sorted(parts.closed)],
        "policy": _policy(office),
        "topics": [_topic(topic, office.grid_minutes)
                   for topic in sorted(db.session.scalars(db.select(Topic)), key=lambda topic: topic.code)],
        "assistants": [_assistant(one, limits, cases[one.person.id], places) for one in parts.assistants],
        "clients": [_client(one, round, parts, met.get(one.person.id), office) for one in parts.clients],
    }
    return document | {"pins": pins(round, parts), "bans": bans(round, parts), "keep": keep(office, parts)}


def _policy(office: Office) -> dict[str, Any]:
    bridges = office.bridges
    if bridges is None:
        bridges = [{"client": b.client, "assistant": b.assistant, "loss": b.loss} for b in DEFAULT_BRIDGES]
    return {"levels": list(office.levels), "minimum_level": office.minimum_level,
            "bridges": sorted(bridges, key=lambda b: (b["client"], b["assistant"]))}


def _topic(topic: Topic, grid: int) -> dict[str, Any]:
    windows = []
    for window in topic.windows:
        # Opening hours off the grid shrink to it: nobody is sent to a closed counter.
        opens, closes = (int(window[end][:2]) * 60 + int(window[end][3:]) for end in ("from", "to"))
        opens, closes = -(-opens // grid) * grid, closes // grid * grid
        if opens < closes:
            windows.append({"days": list(window["days"]), "from": clock(opens), "to": clock(closes)})
    out: dict[str, Any] = {"id": topic.code, "minutes": _minutes(topic.minutes, grid)}
    return out | ({"windows": windows} if topic.windows else {})


def _minutes(minutes: int, grid: int) -> int:
    return -(-minutes // grid) * grid


def _person(one: TakingPart[Client] | TakingPart[Assistant], free: tuple[Stretch, ...]) -> dict[str, Any]:
    person = one.person
    return {
        "id": person.code, "gender": person.gender, "origin": person.origin,
        "cultures": sorted(set(person.cultures)), "languages": dict(sorted(person.languages.items())),
        "availability": [_stretch(stretch) for stretch in free],
    }


def _stretch(stretch: Stretch) -> dict[str, Any]:
    out: dict[str, Any] = {"start": stretch.start.isoformat(timespec="minutes"),
                           "end": stretch.end.isoformat(timespec="minutes")}
    return out | ({"places": list(stretch.places)} if stretch.places else {})


def _assistant(one: TakingPart[Assistant], limits: Limits, caseload: int,
               places: list[str]) -> dict[str, Any]:
    assistant = one.person
    out = _person(one, limits.free(one)) | {"caseload": caseload, "buffer_minutes": assistant.buffer_minutes}
    if not assistant.all_topics:
        out["topics"] = sorted(topic.code for topic in assistant.topics)
    own = sorted(place.code for place in assistant.places if place.active)
    if own or places:
        # Named even where they go everywhere: an invitation without a place would help nobody.
        out["places"] = own or places
    if assistant.accepts_genders is not None:
        out["accepts_genders"] = sorted(set(assistant.accepts_genders))
    return out | limits.of(one)


def _client(one: TakingPart[Client], round: Round, parts: Participants, met: date | None,
            office: Office) -> dict[str, Any]:
    client, taking = one.person, {assistant.person.code for assistant in parts.assistants}
    announced = any(need.id in parts.standing.movable for need in one.needs)
    out = _person(one, one.free) | {
        "wishes": {"origin": client.origin_wish, "gender": client.gender_wish},
        "weight": weight(client, round.first_day, met, office.timezone),
        "needs": [_need(need, office.grid_minutes, announced and need.id not in parts.standing.movable)
                  for need in one.needs],
        "max_per_day": client.max_per_day,
        "not_with": sorted({row.assistant.code for row in client.not_with} & taking),
    }
    own = sorted(place.code for place in client.places if place.active)
    if own:
        out["places"] = own
    if client.previous_assistant is not None and client.previous_assistant.code in taking:
        out["previous_assistant"] = client.previous_assistant.code
    return out


def _need(need: Need, grid: int, only_if_possible: bool) -> dict[str, Any]:
    out: dict[str, Any] = {"id": need_id(need.id), "topic": need.topic.code}
    if need.minutes is not None:
        out["minutes"] = _minutes(need.minutes, grid)
    if need.by is not None:
        out["by"] = need.by.isoformat()
    return out | ({"optional": True} if need.optional or only_if_possible else {})


def weight(client: Client, first_day: date, met: date | None, timezone: str) -> int:
    """What a client counts: see the module's first lines. Waiting starts anew at the last appointment."""
    since = max(filter(None, (client.registered_on or wall(client.created_at, timezone).date(), met)))
    return _weighing().weight(max(1, client.weight), (first_day - since) // timedelta(weeks=1))


def _weighing() -> Weighing:
    settings = tokens.settings()
    return Weighing(urgency=settings.weight_urgency, growth=settings.weight_growth,
                    points=settings.weight_points, every_weeks=settings.weight_every_weeks)
