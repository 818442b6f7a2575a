"""An assistant's own calendars, given by themselves."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.security import for_assistants
from web.services import own_calendars
from web.services.errors import InvalidInputError
from web.services.own_calendar_words import said
from web.views.own_calendars import uploaded

blueprint = Blueprint("mine_calendars", __name__, url_prefix="/me/calendars")
Page = str | tuple[str, int] | Response


@blueprint.get("")
@for_assistants
def show() -> str:
    """My own calendars."""
    return _page()


def _page(*, address: str = "", faults: dict[str, str] | None = None) -> str:
    return render_template("mine/calendars.html", address=address, faults=faults or {}, said=said,
                           calendars=own_calendars.calendars_of(g.assistant.id))


@blueprint.post("/address")
@for_assistants
def add_address() -> Page:
    """Give the address of a calendar."""
    address = request.form.get("address", "")
    try:
        own_calendars.add_address(assistant_id=g.assistant.id, address=address, user_id=None, now=g.now)
    except InvalidInputError as error:
        return _page(address=address, faults=error.faults), 422
    return _back(_("The address is kept. It is read within a minute, and then by itself."))


@blueprint.post("/file")
@for_assistants
def add_file() -> Page:
    """Upload a calendar."""
    try:
        filename, content = uploaded()
        own_calendars.add_file(assistant_id=g.assistant.id, filename=filename, content=content, user_id=None,
                               now=g.now)
    except InvalidInputError as error:
        return _page(faults=error.faults), 422
    return _back(_("The file is read. When it is old, choose a new one of the same name."))


@blueprint.post("/<int:calendar_id>/read")
@for_assistants
def read_soon(calendar_id: int) -> Response:
    """Let my calendar be read now."""
    own_calendars.read_soon(assistant_id=g.assistant.id, calendar_id=calendar_id, user_id=None, now=g.now)
    return _back(_("It is read within a minute."))


@blueprint.post("/<int:calendar_id>/remove")
@for_assistants
def remove(calendar_id: int) -> Response:
    """Let my calendar be forgotten."""
    own_calendars.remove(assistant_id=g.assistant.id, calendar_id=calendar_id, user_id=None, now=g.now)
    return _back(_("Removed. Its busy times no longer count."))


def _back(sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for(".show"), 303)
