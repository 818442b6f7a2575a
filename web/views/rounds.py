"""Rounds: the list, who takes part, solving, publishing."""
from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.i18n import language_of, ngettext
from web.security import unattended
from web.services import (
    cards,
    mails,
    participants,
    people_appointments,
    publishing,
    review,
    rounds,
    runs,
    solving,
)
from web.services.errors import ConflictError, InvalidInputError
from web.services.overview import overview
from web.services.publishing import StalePlanError

blueprint = Blueprint("rounds", __name__, url_prefix="/rounds")
Answer = str | tuple[str, int] | Response


def whole(text: str) -> int | None:
    """Read a whole number as forms and addresses send it; anything else counts as none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def date_in(text: str) -> date | None:
    """Read a date as a date field sends it; anything else counts as none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@blueprint.get("")
def index() -> str:
    """List all rounds."""
    return render_template("rounds/index.html", rounds=rounds.listed(), counts=rounds.counts())


@blueprint.get("/new")
def new() -> str:
    """Show the form of a new round: the next week without one, from Monday to Friday."""
    first_day, last_day = rounds.free_week(g.now, g.office.timezone)
    values = {"title": _("Week %(number)s", number=first_day.isocalendar().week),
              "first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    return render_template("rounds/new.html", values=values, faults={})


@blueprint.post("/new")
def create() -> Answer:
    """Begin a round."""
    try:
        round = rounds.create(
            title=request.form.get("title", ""), first_day=date_in(request.form.get("first_day", "")),
            last_day=date_in(request.form.get("last_day", "")), user=g.user, now=g.now)
    except InvalidInputError as error:
        return render_template("rounds/new.html", values=request.form, faults=error.faults), 422
    return redirect(url_for("rounds.show", round_id=round.id), 303)


@blueprint.get("/<int:round_id>")
def show(round_id: int) -> Answer:
    """Show who takes part in a draft, what became of a published round."""
    round = rounds.get(round_id)
    if round.state == "published":
        sent = publishing.mails_of(round)
        rows = publishing.appointments_of(round)
        by_hand = cards.to_hand_over(round, now=g.now)
        return render_template("rounds/published.html", round=round, fate=rounds.fate(round), rows=rows,
                               mails=sent, told=people_appointments.said_about(rows),
                               by_hand={row.id for row in by_hand},
                               cards_for={row.client_id for row in by_hand},
                               again=mails.repeatable(sent.values(), now=g.now),
                               can_repair=rounds.can_repair(round, now=g.now))
    if round.state == "discarded":
        return render_template("rounds/discarded.html", round=round, fate=rounds.fate(round))
    return _draft(round_id, {})


def _draft(round_id: int, faults: dict[str, str]) -> str:
    round = rounds.get(round_id)
    run = runs.latest(round)
    return render_template(
        "rounds/show.html", round=round, view=overview(g.office, round, now=g.now), words=participants.words,
        faults=faults, limit=request.form.get("time_limit", solving.usual_limit()),
        watched=runs.watch(round, run.id, now=g.now) if run else None)


@blueprint.post("/<int:round_id>/participants")
def participate(round_id: int) -> Response:
    """Take somebody out of a round, or in again."""
    change = rounds.take_out if request.form.get("deed") == "out" else rounds.take_in
    change(round_id, client=request.form.get("client", ""), assistant=request.form.get("assistant", ""))
    if request.form.get("back") == "plan":
        flash(_("Taken out of this round. Solve again, so that the plan follows."), "info")
        return redirect(url_for("round_plans.show", round_id=round_id), 303)
    return redirect(url_for("rounds.show", round_id=round_id), 303)


@blueprint.post("/<int:round_id>/solve")
def solve(round_id: int) -> Answer:
    """Queue a run, and watch it."""
    asked = request.form.get("time_limit", "")
    limit = whole(asked) or 0 if asked else None
    try:
        run = solving.request_solve(round_id, user=g.user, now=g.now, time_limit=limit)
    except InvalidInputError as error:
        return _draft(round_id, error.faults), 422
    except ConflictError as error:
        flash(str(error), "bad")
        return redirect(url_for("rounds.show", round_id=round_id), 303)
    return redirect(url_for("rounds.watch", round_id=round_id, run_id=run.id), 303)


@blueprint.get("/<int:round_id>/runs/<int:run_id>")
@unattended
def watch(round_id: int, run_id: int) -> Answer:
    """Show how far a run is; without JavaScript the page loads itself again."""
    round = rounds.get(round_id)
    watched = runs.watch(round, run_id, now=g.now)
    if not watched.active and watched.run.plan_id is not None:
        return redirect(url_for("round_plans.show", round_id=round_id), 303)
    return render_template("rounds/run.html", round=round, watched=watched)


@blueprint.get("/<int:round_id>/runs/<int:run_id>/progress")
@unattended
def progress(round_id: int, run_id: int) -> dict[str, object]:
    """Answer the page that polls: the state, and the table as it stands."""
    round = rounds.get(round_id)
    watched = runs.watch(round, run_id, now=g.now)
    return {
        "state": watched.run.state, "active": watched.active, "left": watched.left,
        "levels": [{"level": row.level, "value": row.value, "bound": row.bound, "proven": row.proven}
                   for row in watched.levels],
        "html": render_template("rounds/_progress.html", round=round, watched=watched)}


@blueprint.post("/<int:round_id>/runs/<int:run_id>/stop")
def stop(round_id: int, run_id: int) -> Response:
    """Ask a run to end with the best plan so far."""
    runs.watch(rounds.get(round_id), run_id, now=g.now)
    solving.ask_to_stop(run_id, now=g.now)
    return redirect(url_for("rounds.watch", round_id=round_id, run_id=run_id), 303)


@blueprint.get("/<int:round_id>/publish")
def confirm(round_id: int) -> Answer:
    """Show what publishing would do and send."""
    return _confirm(round_id)


def _confirm(round_id: int) -> str:
    round = rounds.get(round_id)
    version = review.version_of(round)
    return render_template("rounds/publish.html", round=round, version=version, language_of=language_of,
                           preview=publishing.preview(round, version, now=g.now))


@blueprint.post("/<int:round_id>/publish")
def publish(round_id: int) -> Answer:
    """Publish what was shown, or say why not."""
    plan_id = whole(request.form.get("plan", "")) or 0
    try:
        done = publishing.publish(round_id, plan_id, user=g.user, now=g.now,
                                  seal=request.form.get("seal", ""))
    except StalePlanError as error:
        flash(str(error), "bad")
        return redirect(url_for("rounds.confirm", round_id=round_id), 303)
    except ConflictError as error:
        flash(str(error), "bad")
        ended = rounds.get(round_id).state != "draft"
        return redirect(url_for("rounds.show" if ended else "rounds.confirm", round_id=round_id), 303)
    flash(ngettext("Published. %(num)s mail is on its way.",
                   "Published. %(num)s mails are on their way.", done.mails.total()), "good")
    unreached = len(done.to_phone)
    if unreached:
        flash(ngettext("%(num)s client has no e-mail address: please phone them.",
                       "%(num)s clients have no e-mail address: please phone them.", unreached), "bad")
    return redirect(url_for("rounds.show", round_id=round_id), 303)


@blueprint.post("/<int:round_id>/discard")
def discard(round_id: int) -> Response:
    """End a draft without publishing it."""
    publishing.discard(round_id, user=g.user, now=g.now)
    flash(_("The round is discarded. Nothing that was announced has changed."), "info")
    return redirect(url_for("rounds.index"), 303)


@blueprint.post("/<int:round_id>/repair")
def repair(round_id: int) -> Response:
    """Begin a round on the days that are left, which keeps what stands."""
    try:
        round = rounds.repair(round_id, user=g.user, now=g.now)
    except ConflictError as error:
        flash(str(error), "bad")
        return redirect(url_for("rounds.show", round_id=round_id), 303)
    flash(_("This round keeps what stands, and plans anew what fell out."), "info")
    return redirect(url_for("rounds.show", round_id=round.id), 303)
