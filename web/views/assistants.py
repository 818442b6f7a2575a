"""Assistants: list, record, form, end."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.models import db
from web.services import (
    assistants,
    catalogue,
    own_calendars,
    people,
    people_appointments,
    people_form,
    people_list,
    people_words,
    sign_in_links,
)
from web.services.errors import ConflictError, InvalidInputError
from web.services.form_reader import Reader
from web.services.hours_text import week_blocks
from web.services.hours_words import in_words
from web.services.own_calendar_words import said
from web.services.people_data import AssistantData
from web.services.people_rows import assistant_data, load_directory

blueprint = Blueprint("assistants", __name__, url_prefix="/assistants")

Page = str | tuple[str, int] | Response
NEW = AssistantData(name="", gender="", origin="", languages={})


@blueprint.context_processor
def _names() -> dict[str, Any]:
    return {"catalogue": catalogue, "words": people_words}


@blueprint.get("")
def index() -> str:
    """The list of assistants."""
    wanted = people_list.from_query(request.args)
    listing = people_list.list_assistants(wanted, today=people.today(g.now))
    return render_template("assistants/list.html", wanted=wanted, listing=listing, today=people.today(g.now),
                           topics=load_directory(db.session()).topics.values(),
                           address=lambda page: url_for(".index", **{**request.args.to_dict(), "page": page}))


@blueprint.get("/<int:assistant_id>")
def show(assistant_id: int) -> str:
    """An assistant's record; who looked at it is noted."""
    assistant = assistants.read_assistant(assistant_id, user_id=g.user.id, now=g.now)
    data = assistant_data(assistant)
    listed = people_appointments.all_of(assistant)
    return render_template(
        "assistants/show.html", assistant=assistant, today=people.today(g.now), now=g.now,
        appointments=listed, messages=people_appointments.messages_of(listed),
        blocks=week_blocks(data.weekly_hours),
        hours=in_words(data.weekly_hours, data.dated_hours, people.today(g.now)),
        own_calendars=own_calendars.calendars_of(assistant_id), said=said)


@blueprint.get("/new")
def new() -> str:
    """An empty form."""
    return _form(None, people_form.assistant_form(NEW))


@blueprint.post("/new")
def add() -> Page:
    """Add an assistant."""
    return _save(None)


@blueprint.get("/<int:assistant_id>/edit")
def edit(assistant_id: int) -> str:
    """An assistant's form."""
    assistant = assistants.read_assistant(assistant_id, user_id=g.user.id, now=g.now)
    form = people_form.assistant_form(assistant_data(assistant))
    return _form(assistant_id, form, version=assistant.version)


@blueprint.post("/<int:assistant_id>/edit")
def change(assistant_id: int) -> Page:
    """Save what was edited, unless somebody else did so meanwhile."""
    return _save(assistant_id)


def _save(assistant_id: int | None) -> Page:
    directory = load_directory(db.session())
    data, reader = people_form.read_assistant(request.form, directory)
    version = reader.whole("version") if assistant_id is not None else None
    if assistant_id is not None:
        assistants.get_assistant(assistant_id)  # a record that is not there is no faulty form
    if reader.faults or "preview" in request.form:
        return _form(assistant_id, request.form, faults=reader.faults, notes=reader.notes, version=version,
                     hours=in_words(data.weekly_hours, data.dated_hours)), 422 if reader.faults else 200
    try:
        saved = assistants.save_assistant(data=data, assistant_id=assistant_id, version=version or 0,
                                    user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _form(assistant_id, request.form, faults=error.faults, version=version), 422
    except ConflictError as error:
        db.session.rollback()
        return _conflict(assistant_id, str(error))
    flash(_("Saved.") if saved.outcome != "unchanged" else _("Nothing was changed."), "good")
    return redirect(url_for(".show", assistant_id=saved.id), 303)


def _conflict(assistant_id: int | None, sentence: str) -> Page:
    if assistant_id is None:
        raise ConflictError(sentence)
    assistant = assistants.get_assistant(assistant_id)
    theirs = people_form.assistant_form(assistant_data(assistant))
    return _form(assistant_id, request.form, version=assistant.version, conflict=sentence,
                 differs=people_form.differences(request.form, theirs)), 409


def _form(assistant_id: int | None, form: MultiDict[str, str], **more: Any) -> str:
    directory = load_directory(db.session())
    return render_template(
        "assistants/form.html", assistant_id=assistant_id, form=form, rows=people_form.row_numbers,
        topics=people_form.topics_on_offer(directory, form), places=directory.places.values(),
        cultures=catalogue.cultures(), **{"faults": {}, "version": None, **more})


@blueprint.post("/<int:assistant_id>/link")
def send_link(assistant_id: int) -> Response:
    """Mail an assistant a link to their own pages."""
    try:
        address = sign_in_links.send(assistant_id=assistant_id, user_id=g.user.id, now=g.now)
    except ConflictError as error:
        flash(str(error), "bad")
        return redirect(url_for(".show", assistant_id=assistant_id), 303)
    flash(_("A link is on its way to %(address)s. It opens once, within half an hour.", address=address),
          "good")
    return redirect(url_for(".show", assistant_id=assistant_id), 303)


@blueprint.get("/<int:assistant_id>/end")
def ending(assistant_id: int) -> str:
    """What ending an assistant's support means: the appointments that are still to come."""
    return _ending(assistant_id, {})


@blueprint.post("/<int:assistant_id>/end")
def end(assistant_id: int) -> Page:
    """Let an assistant take no part any longer."""
    reader = Reader(request.form)
    day = reader.day("day")
    try:
        if reader.faults:
            raise InvalidInputError(reader.faults)
        assistants.end_assistant(
            assistant_id=assistant_id, day=day, today=people.today(g.now), cancel="cancel" in request.form,
            user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _ending(assistant_id, error.faults), 422
    flash(_("Saved: this assistant takes part in no round from that day on."), "good")
    return redirect(url_for(".show", assistant_id=assistant_id), 303)


def _ending(assistant_id: int, faults: dict[str, str]) -> str:
    assistant = assistants.get_assistant(assistant_id)
    return render_template(
        "people/end.html", person=assistant, faults=faults, back=url_for(".show", assistant_id=assistant_id),
        day=request.form.get("day", people.today(g.now).isoformat()),
        action=url_for(".end", assistant_id=assistant_id),
        coming=people_appointments.coming(assistant, now=g.now), assistant=True)


@blueprint.post("/<int:assistant_id>/reopen")
def reopen(assistant_id: int) -> Response:
    """Let an assistant take part again."""
    assistants.reopen_assistant(assistant_id=assistant_id, user_id=g.user.id, now=g.now)
    flash(_("This assistant takes part again."), "good")
    return redirect(url_for(".show", assistant_id=assistant_id), 303)
