"""Whether a plan still fits the people it is about, and what changed where it does not."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from matcher import Plan
from matcher import Round as MatcherRound
from matcher.check import check
from web.i18n import gettext as _
from web.models import Appointment, Client, PlanVersion, db
from web.services.wording import rule

_MOST_NAMED = 12


def stale(document: dict[str, Any], version: PlanVersion,
          deeds: Sequence[tuple[str, datetime, Appointment | None]], *, now: datetime) -> list[str]:
    """Name what changed so that a plan must not be published; none where it still fits.

    Parameters
    ----------
    document
        The round as it would be written today.
    deeds
        What publishing would do: the deed, the new start and the appointment that stands.
    """
    names = {row.code: row.name for row in db.session.scalars(db.select(Client))}
    plan = Plan.from_document(version.plan_document)
    sentences = _gone(document, plan, names) or _broken(document, plan, names)
    sentences += _announced(document, version.round_document, names)
    if any(deed != "stands" and (start <= now or (old is not None and old.starts_at <= now))
           for deed, start, old in deeds):
        sentences.append(_("An appointment of this plan would begin in the past, or has begun already."))
    more = len(sentences) - _MOST_NAMED
    return sentences if more <= 0 else [*sentences[:_MOST_NAMED], _("And %(count)s more.", count=more)]


def _gone(document: dict[str, Any], plan: Plan, names: dict[str, str]) -> list[str]:
    needs = {client["id"]: {need["id"] for need in client["needs"]} for client in document["clients"]}
    assistants = {assistant["id"] for assistant in document["assistants"]}
    sentences = []
    for pair in plan.pairs:
        name = names.get(pair.client, pair.client)
        if pair.client not in needs:
            sentences.append(_("%(name)s no longer takes part.", name=name))
        elif pair.assistant not in assistants:
            sentences.append(_("%(name)s: the assistant no longer takes part.", name=name))
        elif not {one.need for one in pair.appointments} <= needs[pair.client]:
            sentences.append(_("%(name)s: a need is met already or no longer open.", name=name))
    return sentences


def _broken(document: dict[str, Any], plan: Plan, names: dict[str, str]) -> list[str]:
    """Check the plan's pairs against today's document; who has no pair yet is no reason to wait."""
    round = MatcherRound.from_document(document)
    found: dict[str, list[str]] = defaultdict(list)
    for fault in check(round, replace(plan, round_sha256=round.sha256)):
        if not fault.message.startswith("breaks "):
            continue
        code = fault.message.removeprefix("breaks ").partition(":")[0]
        parts = fault.pointer.split("/")
        # "/pairs/3/…" names a pair; "/pairs" alone is about an assistant's limits or about pins.
        who = plan.pairs[int(parts[2])].client if len(parts) > 2 else ""
        if code not in found[who]:
            found[who].append(code)
    return [_("%(name)s: %(rule)s", name=names.get(who, who), rule=rule(code)) if who else rule(code)
            for who, codes in found.items() for code in codes]


def _announced(today: dict[str, Any], then: dict[str, Any], names: dict[str, str]) -> list[str]:
    """Appointments that were published, moved or cancelled since: the solver knew nothing of it."""
    def key(entry: dict[str, str]) -> tuple[str, ...]:
        return entry["client"], entry["assistant"], entry["need"], entry["start"]

    changed = {key(entry) for entry in today["keep"]} ^ {key(entry) for entry in then["keep"]}
    return [_("%(name)s: an appointment was announced, moved or cancelled since.", name=names.get(code, code))
            for code in sorted({entry[0] for entry in changed})]
