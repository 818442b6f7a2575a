"""When an assistant has time, edited by themselves on a phone."""
from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.models import db
from web.security import for_assistants
from web.services import assistants, own_hours, people, people_words
from web.services.errors import ConflictError, InvalidInputError
from web.services.people_rows import assistant_data

blueprint = Blueprint("mine_time", __name__, url_prefix="/me")
Page = str | tuple[str, int] | Response


@blueprint.get("")
@for_assistants
def show() -> str:
    """When I have time."""
    return _time()


def _today() -> date:
    return people.today(g.now)


def _time(*, lines: dict[str, Any] | None = None, faults: dict[str, str] | None = None) -> str:
    assistant = assistants.get_assistant(g.assistant.id)
    data = assistant_data(assistant)
    days = [(row.id, own_hours.day_in_words(row))
            for row in own_hours.coming_days(assistant, today=_today())]
    return render_template(
        "mine/time.html", assistant=assistant, lines=lines or own_hours.week_lines(data.weekly_hours),
        hours=own_hours.week_in_words(assistant), days=days, faults=faults or {}, today=_today(),
        weekdays=people_words.weekdays(), places=own_hours.places_to_choose(assistant), form=request.form)


def _version() -> int:
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        abort(400)  # no page of ours sends this
    return int(text)


@blueprint.post("/week")
@for_assistants
def change_week() -> Page:
    """Save another week."""
    try:
        changed = own_hours.save_week(assistant_id=g.assistant.id, weekly=own_hours.read_week(request.form),
                                      version=_version(), now=g.now)
    except InvalidInputError as error:
        return _time(lines=own_hours.form_lines(request.form), faults=error.faults), 422
    except ConflictError as error:
        db.session.rollback()
        return _time(faults={"hours": str(error)}), 409
    flash(_("Saved. The next plans go by it; appointments that are made already stay.") if changed
          else _("Nothing was changed."), "good")
    return redirect(url_for(".show"), 303)


@blueprint.post("/days")
@for_assistants
def add_days() -> Page:
    """Add days that differ from the week."""
    try:
        own_hours.add_days(assistant_id=g.assistant.id, form=request.form, today=_today(), version=_version(),
                           now=g.now)
    except InvalidInputError as error:
        return _time(faults=error.faults), 422
    except ConflictError as error:
        db.session.rollback()
        return _time(faults={"hours": str(error)}), 409
    flash(_("Saved. The next plans go by it; appointments that are made already stay."), "good")
    return redirect(url_for(".show", _anchor="days"), 303)


@blueprint.post("/days/<int:day_id>/remove")
@for_assistants
def remove_day(day_id: int) -> Response:
    """Take a day back."""
    own_hours.remove_day(assistant_id=g.assistant.id, day_id=day_id, now=g.now)
    flash(_("Removed."), "good")
    return redirect(url_for(".show", _anchor="days"), 303)
