"""A round's plan: as a table, as a calendar, compared, and changed by hand."""
from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.services import closed_days, comparing, fixes, hand, review, rounds, solving, week
from web.services.errors import ConflictError, InvalidInputError
from web.services.hand import RulesBrokenError
from web.views.rounds import whole

blueprint = Blueprint("round_plans", __name__, url_prefix="/rounds/<int:round_id>")
Answer = str | tuple[str, int] | Response


def _number(name: str) -> int | None:
    return whole(request.args.get(name, ""))


@blueprint.get("/plan")
def show(round_id: int) -> str:
    """Show a plan as a table, the present one where no version is asked for."""
    round = rounds.get(round_id)
    version = review.version_of(round, _number("version"))
    present, names = version.id == round.plan_id, review.Names()
    draft = present and round.state == "draft"
    return render_template(
        "rounds/plan.html", round=round, plan=review.review(round, version, names), present=present,
        unheeded=draft and review.unheeded(round, version), limit=solving.usual_limit(),
        help=fixes.help_for(g.office, round, version, names, now=g.now) if draft else None)


@blueprint.get("/calendar")
def calendar(round_id: int) -> str:
    """Show a plan as a week calendar of each assistant."""
    round, names = rounds.get(round_id), review.Names()
    version = review.version_of(round, _number("version"))
    plan = review.review(round, version, names)
    closed = closed_days.closed_days(g.office, round.first_day, round.last_day)
    return render_template(
        "rounds/calendar.html", round=round, plan=plan, only=request.args.get("assistant", ""),
        calendar=week.calendar(plan, names, closed), names=names)


@blueprint.get("/compare")
def compare(round_id: int) -> str:
    """Compare two versions of a plan: the present one with the one before, where none are asked for."""
    round, names = rounds.get(round_id), review.Names()
    later = review.version_of(round, _number("to"))
    numbers = [version.number for version in round.versions]
    before = _number("from") or max((n for n in numbers if n < later.number), default=later.number)
    earlier = review.version_of(round, before)
    return render_template(
        "rounds/compare.html", round=round, earlier=earlier, later=later,
        comparison=comparing.compare(*(review.review(round, one, names) for one in (earlier, later))))


@blueprint.post("/pins")
def decide(round_id: int) -> Response:
    """Pin a pair or its times, unpin, ban or allow again."""
    form, deed = request.form, request.form.get("deed", "")
    client, assistant = form.get("client", ""), form.get("assistant", "")
    try:
        if deed == "pin-pair":
            rounds.pin(round_id, client=client, assistant=assistant)
        elif deed == "pin-times":
            rounds.pin_times(round_id, client=client, assistant=assistant)
        elif deed == "unpin":
            rounds.unpin(round_id, client=client)
        elif deed == "ban":
            rounds.ban(round_id, client=client, assistant=assistant)
        elif deed == "unban":
            rounds.unban(round_id, client=client, assistant=assistant)
    except (ConflictError, InvalidInputError) as error:
        flash(str(error), "bad")
    if form.get("back") == "round":
        return redirect(url_for("rounds.show", round_id=round_id, _anchor="fixed"), 303)
    return redirect(url_for("round_plans.show", round_id=round_id, _anchor=f"client-{client}"), 303)


@blueprint.get("/change")
def choose(round_id: int) -> str:
    """Show whom a client could meet and when."""
    return _choose(round_id, request.args.get("client", ""), request.args.get("assistant", ""), {}, [])


def _choose(round_id: int, client: str, assistant: str, values: dict[str, str], broken: list[str]) -> str:
    round, names = rounds.get(round_id), review.Names()
    version = review.version_of(round)
    return render_template("rounds/change.html", round=round, version=version, names=names, values=values,
                           broken=broken, choice=hand.choice(version, client, assistant, names))


@blueprint.post("/change")
def change(round_id: int) -> Answer:
    """Give a client another assistant or other times, if every hard rule allows it."""
    form = request.form
    client, assistant = form.get("client", ""), form.get("assistant", "")
    values = {name: text for name, text in form.items() if name.startswith(("start-", "typed-"))}
    try:
        starts = _starts(values)
        if assistant and not starts:
            raise RulesBrokenError([_("Choose at least one time.")])
        hand.change(round_id, plan_id=whole(form.get("plan", "")) or 0, client=client,
                    assistant=assistant or None, starts=starts, user=g.user, now=g.now)
    except RulesBrokenError as error:
        return _choose(round_id, client, assistant, values, error.sentences), 422
    except ConflictError as error:
        flash(str(error), "bad")
        return redirect(url_for("round_plans.show", round_id=round_id), 303)
    flash(_("Changed and pinned: the next solve keeps it."), "good")
    return redirect(url_for("round_plans.show", round_id=round_id, _anchor=f"client-{client}"), 303)


def _starts(values: dict[str, str]) -> dict[str, datetime]:
    """Read the chosen times; one that was typed goes before one that was chosen from the list."""
    starts = {}
    for name in sorted(values):
        kind, _dash, need = name.partition("-")
        text = (values.get(f"typed-{need}") or "").strip() or values[name].strip()
        if not text:
            continue
        try:
            starts[need] = datetime.fromisoformat(text)
        except ValueError:
            raise RulesBrokenError([_("%(text)s is no time. Choose one from the list.", text=text)]) from None
        if starts[need].tzinfo is not None or starts[need].second or starts[need].microsecond or not kind:
            raise RulesBrokenError([_("%(text)s is no time. Choose one from the list.", text=text)])
    return starts
