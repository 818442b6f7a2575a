"""What the matcher says with a code, in the words of the page's language."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from matcher.criteria.language import common_language, losses
from matcher.languages import level_name
from matcher.parts import Assistant, Client
from matcher.plan_parts import Pair
from matcher.round import Round
from web.i18n import N_, ngettext
from web.i18n import gettext as _
from web.services.catalogue import language_name
from web.services.policy import level_sentences


def level_label(level: str) -> str:
    """A level of the office's policy in a few words: the same as on the policy's page."""
    return level_sentences()[level][0]


def level_hint(level: str) -> str:
    """What a level's number counts."""
    hints: dict[str, str] = {
        "served": _("Clients, weighted by urgency and waiting"),
        "stability": _("Announced appointments that stay"),
        "origin": _("2 for the same country, 1 for a shared culture"),
        "language": _("From 1 (A1) to 7 (both native) for each pair"),
        "gender": _("Wishes met"),
        "continuity": _("Clients who keep their assistant"),
        "balance": _("Nearer to 0 is more even"),
        "extras": _("Optional needs met"),
        "early": _("Days of waiting; nearer to 0 is earlier"),
    }
    return hints[level]


_RULES = {
    "one-assistant": N_("A client meets one assistant in a round."),
    "language": N_("They share no language well enough."),
    "origin": N_("The client’s wish about the country of origin rules this assistant out."),
    "gender": N_("A required or accepted gender rules this pair out."),
    "not-with": N_("Ruled out by the client or the office, or the client meets somebody else these days."),
    "topic": N_("The assistant does not cover the topic."),
    "place": N_("They have no place in common."),
    "essential": N_("Every essential need must have exactly one appointment."),
    "time": N_("The time does not fit: hours of both, opening times, closed days or the need’s last day."),
    "overlap": N_("It overlaps another appointment, or leaves too little time between two."),
    "load": N_("A limit would be exceeded: clients, minutes a day or a week, appointments a day."),
    "pin": N_("It contradicts what is pinned."),
    "no-common-time": N_("No time fits both and all essential needs."),
    "outranked": N_("Possible, but their time serves others better."),
}


def rule(code: str) -> str:
    """A hard rule that is broken, or that keeps people apart."""
    return _(_RULES[code]) if code in _RULES else code


@dataclass(frozen=True)
class Counted:
    """Why so many assistants cannot serve a client."""

    text: str
    assistants: int


def unmatched_reason(code: str, count: int) -> Counted:
    """Say what keeps a client from some assistants."""
    return Counted(rule(code), count)


def pair_reasons(round: Round, pair: Pair) -> list[str]:
    """Say what speaks for a pair, in the order of the plan's reasons."""
    client = round.client(pair.client)
    tell: dict[str, Callable[[], str]] = {
        "pin": lambda: _("Decided by the office"),
        "extras": lambda: _extras(client, pair),
        "stability": lambda: _kept(round, pair),
    } | {level: partial(level_reason, round, level, pair.client, pair.assistant) for level in PAIR_LEVELS}
    return [tell[reason.code]() for reason in pair.reasons if reason.code in tell]


# The levels that each pair alone has a share of.
PAIR_LEVELS = ("origin", "language", "gender", "continuity")


def level_reason(round: Round, level: str, client_id: str, assistant_id: str) -> str:
    """Say how a pair stands on one of its levels, on which something else is possible."""
    client, assistant = round.client(client_id), round.assistant(assistant_id)
    tell: dict[str, Callable[[], str]] = {
        "origin": lambda: _origin(client, assistant),
        "language": lambda: _language(round, client, assistant),
        "gender": lambda: _gender(client, assistant),
        "continuity": lambda: _continuity(client, assistant),
    }
    return tell[level]()


def _continuity(client: Client, assistant: Assistant) -> str:
    return (_("They know each other from an earlier round") if client.previous_assistant == assistant.id
            else _("Not the assistant of the earlier round"))


def _language(round: Round, client: Client, assistant: Assistant) -> str:
    best = common_language(client, assistant, losses(round))
    level = _("native") if level_name(best.quality) == "native" else level_name(best.quality)
    mine, theirs = language_name(best.client), language_name(best.assistant)
    if mine == theirs:
        return _("Both speak %(language)s: %(level)s", language=mine, level=level)
    return _("%(client)s and %(assistant)s are close enough to talk: %(level)s",
             client=mine, assistant=theirs, level=level)


def _origin(client: Client, assistant: Assistant) -> str:
    same = client.origin == assistant.origin
    if client.wishes.origin == "require-same":
        return _("From the same country, as required")
    if client.wishes.origin == "require-different":
        return _("From another country, as required")
    if same:
        return _("From the same country, as wished")
    if set(client.cultures) & set(assistant.cultures):
        return _("Shares a culture, though not the country that was wished")
    return _("Not from the same country, though wished")


def _gender(client: Client, assistant: Assistant) -> str:
    how, _dash, wanted = client.wishes.gender.partition("-")
    met = assistant.gender == wanted
    female = wanted == "female"
    if how == "require":
        return _("A woman, as required") if female else _("A man, as required")
    if met:
        return _("A woman, as wished") if female else _("A man, as wished")
    return _("Not a woman, though wished") if female else _("Not a man, though wished")


def _extras(client: Client, pair: Pair) -> str:
    optional = {need.id for need in client.needs if need.optional}
    met = len(optional & {appointment.need for appointment in pair.appointments})
    return ngettext("%(met)s of %(num)s optional need met", "%(met)s of %(num)s optional needs met",
                    len(optional), met=met)


def _kept(round: Round, pair: Pair) -> str:
    announced = {(k.need, k.start) for k in round.keep
                 if (k.client, k.assistant) == (pair.client, pair.assistant)}
    kept = sum((a.need, a.start) in announced for a in pair.appointments)
    return ngettext("%(kept)s of %(num)s announced appointment stays",
                    "%(kept)s of %(num)s announced appointments stay", len(announced), kept=kept)


def run_error(error: str) -> str:
    """Say why a run failed."""
    code, _colon, detail = error.partition(":")
    sentences: dict[str, str] = {
        "nobody": _("Nobody takes part: there is no client, or no assistant, with time on these dates."),
        "refused": _("The data of this round cannot be read: %(detail)s", detail=detail),
        "broken": _("The data of this round could not be put together. Ask whoever looks after the "
                    "installation."),
        "killed": _("The solver was ended from outside, perhaps because the machine ran out of memory. "
                    "Nothing was lost; try again."),
        "crashed": _("The solver broke down. Nothing was lost; try again."),
        "too-long": _("The solver did not end in time. Nothing was lost; try again."),
        "worker-died": _("The worker broke down three times over this round. Ask whoever looks after the "
                         "installation."),
        "wrong-plan": _("The plan did not pass the check and was thrown away: %(detail)s", detail=detail),
        "pins": _("What is pinned cannot all hold. Unpin one of these:"),
        "ended": _("The round was published or discarded while it was being solved."),
    }
    return sentences.get(code, error)
