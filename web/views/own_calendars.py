"""An assistant's own calendars, given by a coordinator in the assistant's stead."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.models import Assistant
from web.services import assistants, own_calendars
from web.services.errors import InvalidInputError
from web.services.own_calendar_words import said

blueprint = Blueprint("own_calendars", __name__, url_prefix="/assistants/<int:assistant_id>/own-calendars")
Page = tuple[str, int] | Response


@blueprint.get("")
def show(assistant_id: int) -> str:
    """What limits this assistant's time beside what they wrote down."""
    return _page(assistants.get_assistant(assistant_id))


def _page(assistant: Assistant, *, address: str = "", faults: dict[str, str] | None = None) -> str:
    return render_template("own_calendars/show.html", assistant=assistant, address=address, said=said,
                           calendars=own_calendars.calendars_of(assistant.id), faults=faults or {})


@blueprint.post("/address")
def add_address(assistant_id: int) -> Page:
    """Take down the address of a calendar."""
    assistant, address = assistants.get_assistant(assistant_id), request.form.get("address", "")
    try:
        own_calendars.add_address(assistant_id=assistant_id, address=address, user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _page(assistant, address=address, faults=error.faults), 422
    return _back(assistant_id, _("The address is kept. It is read within a minute, and then by itself."))


@blueprint.post("/file")
def add_file(assistant_id: int) -> Page:
    """Read an uploaded calendar."""
    assistant = assistants.get_assistant(assistant_id)
    try:
        filename, content = uploaded()
        own_calendars.add_file(assistant_id=assistant_id, filename=filename, content=content,
                               user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _page(assistant, faults=error.faults), 422
    return _back(assistant_id, _("The file is read. When it is old, choose a new one of the same name."))


def uploaded() -> tuple[str, bytes]:
    """The name of the form's file, and no more of it than is allowed."""
    file = request.files.get("file")
    return (file.filename or "", file.stream.read(own_calendars.LARGEST + 1)) if file else ("", b"")


@blueprint.post("/<int:calendar_id>/read")
def read_soon(assistant_id: int, calendar_id: int) -> Response:
    """Read an address now."""
    own_calendars.read_soon(assistant_id=assistant_id, calendar_id=calendar_id, user_id=g.user.id, now=g.now)
    return _back(assistant_id, _("It is read within a minute."))


@blueprint.post("/<int:calendar_id>/remove")
def remove(assistant_id: int, calendar_id: int) -> Response:
    """Forget a calendar and its busy times."""
    own_calendars.remove(assistant_id=assistant_id, calendar_id=calendar_id, user_id=g.user.id, now=g.now)
    return _back(assistant_id, _("Removed. Its busy times no longer count."))


def _back(assistant_id: int, sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for(".show", assistant_id=assistant_id), 303)
