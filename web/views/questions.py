"""What coordinators ask about a plan."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.security import unattended
from web.services import asked, questions, rounds
from web.services.errors import ConflictError
from web.services.review import Names

blueprint = Blueprint("questions", __name__, url_prefix="/rounds/<int:round_id>/questions")
Answer = str | Response


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


@blueprint.get("/<int:question_id>")
@unattended
def show(round_id: int, question_id: int) -> Answer:
    """Show how far a question is, then its answer; what would help stands on the plan's own page."""
    round = rounds.get(round_id)
    one = asked.asked(g.office, round, question_id, now=g.now)
    if one.question.kind == "fixes":
        return redirect(url_for("round_plans.show", round_id=round_id, _anchor="unmatched"), 303)
    names = Names()
    return render_template("questions/alternatives.html", round=round, asked=one, names=names,
                           answer=asked.alternatives(one, names))


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
