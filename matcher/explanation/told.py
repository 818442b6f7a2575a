"""What an assistant, a client and the office are told about a plan: three outputs that are kept apart.

Whoever reads their own plan learns with whom they meet, when and where, and what speaks for it as far
as it is their own or plain to both: a language, a country, an earlier round. They learn nothing from
which another person's wish or exclusion could be guessed: before a word is written, everybody else's
wishes, exclusions, weights and limits are taken out of the round, and whoever they do not meet, too.
Coordinators are told everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from matcher.criteria import PREFERENCES
from matcher.criteria.language import common_language, losses
from matcher.languages import language_name, level_name
from matcher.parts import Assistant, Client
from matcher.plan import Plan
from matcher.plan_parts import Pair
from matcher.round import Round
from matcher.round_writing import moment

Document = dict[str, Any]


def for_client(rnd: Round, plan: Plan, client_id: str) -> Document:
    """Say to a client with whom they meet and why, or that nobody was found; KeyError for a stranger."""
    own = rnd.client(client_id)
    pairs = [pair for pair in plan.pairs if pair.client == client_id]
    known = _known(rnd, [own], [_plain_assistant(rnd.assistant(pair.assistant)) for pair in pairs])
    return {
        "client": client_id,
        "meets": [_meeting(known, pair, "assistant", list(_why_for_client(known, pair))) for pair in pairs],
        "text": [] if pairs else list(_not_yet(own)),
    }


def for_assistant(rnd: Round, plan: Plan, assistant_id: str) -> Document:
    """Say to an assistant whom they meet, and in which language; KeyError for a stranger."""
    own = rnd.assistant(assistant_id)
    pairs = sorted((pair for pair in plan.pairs if pair.assistant == assistant_id), key=lambda p: p.client)
    known = _known(rnd, [_plain_client(rnd.client(pair.client), own) for pair in pairs], [own])
    return {
        "assistant": assistant_id,
        "meets": [_meeting(known, pair, "client", list(_in_common(known, pair))) for pair in pairs],
    }


def for_coordinators(rnd: Round, plan: Plan) -> Document:
    """Say everything: why each pair, why nobody for the others, and what would help."""
    document = plan.to_document()
    return {
        "pairs": document["pairs"],
        "unmatched": document["unmatched"],
        "pins": [f"{pin.client} with {pin.assistant}" for pin in rnd.pins],
        "bans": [f"{ban.client} with {ban.assistant}" for ban in rnd.bans],
    }


def _known(rnd: Round, clients: list[Client], assistants: list[Assistant]) -> Round:
    """Leave of a round what its reader may be told about."""
    return replace(rnd, clients=tuple(clients), assistants=tuple(assistants), pins=(), bans=(), keep=())


def _plain_client(client: Client, met: Assistant) -> Client:
    """Leave of a client what the assistant who meets them sees or needs."""
    before = client.previous_assistant if client.previous_assistant == met.id else None
    return Client(
        id=client.id, gender=client.gender, origin=client.origin, languages=client.languages,
        needs=tuple(replace(need, optional=False, by=None) for need in client.needs), availability=(),
        previous_assistant=before,
    )


def _plain_assistant(assistant: Assistant) -> Assistant:
    """Leave of an assistant what the client who meets them sees."""
    return Assistant(
        id=assistant.id, gender=assistant.gender, origin=assistant.origin, languages=assistant.languages,
        cultures=assistant.cultures, availability=(),
    )


def _meeting(known: Round, pair: Pair, whom: str, text: list[str]) -> Document:
    needs = {need.id: need for need in known.client(pair.client).needs}
    return {
        whom: getattr(pair, whom),
        "appointments": [
            {
                "topic": needs[a.need].topic, "start": moment(a.start), "end": moment(a.end),
                "place": a.place,
            }
            for a in sorted(pair.appointments, key=lambda a: (a.start, a.need))
        ],
        "text": text,
    }


def _in_common(known: Round, pair: Pair) -> Iterator[str]:
    client, assistant = known.client(pair.client), known.assistant(pair.assistant)
    quality, mine, theirs = common_language(client, assistant, losses(known))
    if quality > 0:
        names = "/".join(dict.fromkeys((language_name(mine), language_name(theirs))))
        yield f"you can speak {names} with each other ({level_name(quality)})"
    if client.previous_assistant == assistant.id:
        yield "you met in an earlier round"


def _why_for_client(known: Round, pair: Pair) -> Iterator[str]:
    yield from _in_common(known, pair)
    client, assistant = known.client(pair.client), known.assistant(pair.assistant)
    for preference in (kind(known) for kind in PREFERENCES):
        reason = preference.explain(client, assistant) if preference.level in ("origin", "gender") else None
        if reason is not None:
            yield reason.text.replace("the client requires", "you require").replace("the client", "you")
    met = {appointment.need for appointment in pair.appointments}
    left = [need.topic for need in client.needs if need.id not in met]
    if left:
        yield f"not in this round: {', '.join(sorted(left))}"


def _not_yet(own: Client) -> Iterator[str]:
    """Say that nobody was found, and what of the client's own makes the choice small."""
    yield "nobody could be found for you in this round; you stay on the list for the next one"
    yield "more times or places at which you can come make it more likely"
    narrow = {
        "require-same": "somebody from your own country", "require-different": "nobody from your own country",
        "require-female": "a woman", "require-male": "a man",
    }
    for wish in (own.wishes.origin, own.wishes.gender):
        if wish in narrow:
            yield f"you asked for {narrow[wish]}; this is kept, and makes the choice smaller"


def lines(document: Document) -> str:
    """Write what is told as lines of text."""
    out = list(document.get("text", []))
    for meeting in document.get("meets", []):
        out.append(f"you meet {meeting.get('assistant') or meeting.get('client')}")
        for a in meeting["appointments"]:
            place = f", {a['place']}" if a["place"] is not None else ""
            out.append(f"  {a['start'].replace('T', ' ')}–{a['end'][11:]}{place}: {a['topic']}")
        out += [f"  {text}" for text in meeting["text"]]
    for pair in document.get("pairs", []):
        out.append(f"{pair['client']} meets {pair['assistant']}")
        out += [f"  {reason['text']}" for reason in pair["reasons"]]
    for one in document.get("unmatched", []):
        out.append(f"{one['client']} meets nobody")
        out += [f"  {reason['text']}" for reason in one["reasons"]]
        out += [f"  would help: {fix['text']}" for fix in one["fixes"]]
    return "\n".join(out)
