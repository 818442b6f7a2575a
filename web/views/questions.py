"""What coordinators ask about a plan."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.security import unattended
from web.services import asked, differences, questions, review, rounds, whatif
from web.services.asked import Asked
from web.services.errors import ConflictError
from web.services.review import Names

blueprint = Blueprint("questions", __name__, url_prefix="/rounds/<int:round_id>/questions")
Answer = str | Response
_IN_WORDS: dict[str, Callable[[Asked, Names], object]] = {
    "alternatives": asked.alternatives, "whatif": asked.whatif, "advice": asked.advice}


def _ask(round_id: int, kind: str, about: dict[str, Any]) -> Response:
    try:
        question = questions.ask(round_id, kind, about, user=g.user, now=g.now)
    except ConflictError as error:
        flash(str(error), "bad")
        return redirect(url_for("rounds.show", round_id=round_id), 303)
    return redirect(url_for("questions.show", round_id=round_id, question_id=question.id), 303)


@blueprint.post("/fixes")
def ask_fixes(round_id: int) -> Response:
    """Have worked out once more what would help whom the plan leaves out."""
    return _ask(round_id, "fixes", {})


@blueprint.post("/alternatives")
def ask_alternatives(round_id: int) -> Response:
    """Ask who else could be with a client, and at what cost."""
    return _ask(round_id, "alternatives", {"client": request.form.get("client", "")})


@blueprint.post("/advice")
def ask_advice(round_id: int) -> Response:
    """Ask whom to look for next."""
    return _ask(round_id, "advice", {})


@blueprint.get("/whatif")
def try_out(round_id: int) -> str:
    """Show the present pairs, to tick what would be decided otherwise."""
    round, names = rounds.get(round_id), Names()
    version = review.version_of(round)
    return render_template("questions/whatif_ask.html", round=round,
                           choice=whatif.choice(round, version, names))


@blueprint.post("/whatif")
def ask_whatif(round_id: int) -> Response:
    """Ask what the ticked decisions would change."""
    form, names, round = request.form, Names(), rounds.get(round_id)
    ticked = {deed: list(form.getlist(deed)) for deed in ("pin", "ban")}
    for number in range(1, whatif.MORE + 1):
        pair = f"{form.get(f'client-{number}', '')}-{form.get(f'assistant-{number}', '')}"
        if pair != "-":
            ticked.setdefault(form.get(f"deed-{number}", ""), []).append(pair)
    try:
        question = whatif.ask(round_id, pins=whatif.pairs(ticked["pin"], names),
                              bans=whatif.pairs(ticked["ban"], names), user=g.user, now=g.now)
    except ConflictError as error:
        flash(str(error), "bad")
        back = "questions.try_out" if round.state == "draft" and round.plan_id is not None else "rounds.show"
        return redirect(url_for(back, round_id=round_id), 303)
    return redirect(url_for("questions.show", round_id=round_id, question_id=question.id), 303)


@blueprint.get("/<int:question_id>")
@unattended
def show(round_id: int, question_id: int) -> Answer:
    """Show how far a question is, then its answer; what would help stands on the plan's own page."""
    round = rounds.get(round_id)
    one = asked.asked(g.office, round, question_id, now=g.now)
    if one.question.kind == "fixes":
        return redirect(url_for("round_plans.show", round_id=round_id, _anchor="unmatched"), 303)
    names = Names()
    return render_template(f"questions/{one.question.kind}.html", round=round, asked=one, names=names,
                           someone=differences.someone, answer=_IN_WORDS[one.question.kind](one, names))


@blueprint.get("/<int:question_id>/progress")
@unattended
def progress(round_id: int, question_id: int) -> dict[str, object]:
    """Answer the page that polls."""
    round = rounds.get(round_id)
    one = asked.asked(g.office, round, question_id, now=g.now)
    return {"active": one.active, "html": render_template("questions/_progress.html", round=round, asked=one)}


@blueprint.post("/<int:question_id>/stop")
def stop(round_id: int, question_id: int) -> Response:
    """End working an answer out, with what there is of it."""
    questions.stop(rounds.get(round_id), question_id, now=g.now)
    return redirect(url_for("questions.show", round_id=round_id, question_id=question_id), 303)


@blueprint.post("/<int:question_id>/keep")
def keep(round_id: int, question_id: int) -> Response:
    """Make the tried plan the newest version."""
    try:
        whatif.keep(round_id, question_id, user=g.user, now=g.now)
    except ConflictError as error:
        flash(str(error), "bad")
        return redirect(url_for("questions.show", round_id=round_id, question_id=question_id), 303)
    flash(_("Kept: this is the newest version now, with its pins and bans."), "good")
    return redirect(url_for("round_plans.show", round_id=round_id), 303)


@blueprint.post("/<int:question_id>/throw-away")
def throw_away(round_id: int, question_id: int) -> Response:
    """Forget what was tried."""
    whatif.throw_away(round_id, question_id)
    flash(_("Thrown away. The plan is as it was."), "info")
    return redirect(url_for("round_plans.show", round_id=round_id), 303)
