"""What coordinators ask about a plan."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, url_for
from werkzeug.wrappers import Response

from web.services import questions, rounds
from web.services.errors import ConflictError

blueprint = Blueprint("questions", __name__, url_prefix="/rounds/<int:round_id>/questions")


@blueprint.post("/fixes")
def ask_fixes(round_id: int) -> Response:
    """Have worked out once more what would help whom the plan leaves out."""
    try:
        questions.ask(round_id, "fixes", {}, user=g.user, now=g.now)
    except ConflictError as error:
        flash(str(error), "bad")
        return redirect(url_for("rounds.show", round_id=round_id), 303)
    return redirect(url_for("round_plans.show", round_id=round_id, _anchor="unmatched"), 303)


@blueprint.post("/<int:question_id>/stop")
def stop(round_id: int, question_id: int) -> Response:
    """End working an answer out, with what there is of it."""
    questions.stop(rounds.get(round_id), question_id, now=g.now)
    return redirect(url_for("round_plans.show", round_id=round_id, _anchor="unmatched"), 303)
