"""Clients: list, record, form, end."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.models import db
from web.services import (
    assistants,
    catalogue,
    clients,
    mails,
    notice_words,
    people,
    people_appointments,
    people_form,
    people_list,
    people_words,
    today,
)
from web.services.errors import ConflictError, InvalidInputError
from web.services.form_reader import Reader
from web.services.hours_text import week_blocks
from web.services.hours_words import in_words
from web.services.people_data import ClientData
from web.services.people_rows import client_data, load_directory
from web.services.ways import dead_addresses, way_to

blueprint = Blueprint("clients", __name__, url_prefix="/clients")

Page = str | tuple[str, int] | Response
NEW = ClientData(name="", gender="", origin="", languages={})


@blueprint.context_processor
def _names() -> dict[str, Any]:
    return {"catalogue": catalogue, "words": people_words}


@blueprint.get("")
def index() -> str:
    """The list of clients."""
    wanted = people_list.from_query(request.args)
    listing = people_list.list_clients(wanted, today=people.today(g.now))
    return render_template("clients/list.html", wanted=wanted, listing=listing, today=people.today(g.now),
                           topics=load_directory(db.session()).topics.values(),
                           address=lambda page: url_for(".index", **{**request.args.to_dict(), "page": page}))


@blueprint.get("/<int:client_id>")
def show(client_id: int) -> str:
    """A client's record; who looked at it is noted."""
    client = clients.read_client(client_id, user_id=g.user.id, now=g.now)
    data = client_data(client, load_directory(db.session()))
    listed = people_appointments.all_of(client)
    messages = people_appointments.messages_of(listed)
    way = way_to(client, dead=dead_addresses())
    return render_template(
        "clients/show.html", client=client, channel=way.channel if way else "none",
        today=people.today(g.now), now=g.now,
        said=people_appointments.said_about(listed, people_appointments.WISHED),
        sentence=today.notice_sentence, reasons=notice_words,
        comes_back=people_appointments.comes_back(client),
        appointments=listed, messages=messages, again=mails.repeatable(messages.values(), now=g.now),
        blocks=week_blocks(data.weekly_hours),
        hours=in_words(data.weekly_hours, data.dated_hours, people.today(g.now)))


@blueprint.get("/new")
def new() -> str:
    """An empty form."""
    data = replace(NEW, registered_on=people.today(g.now))
    return _form(None, people_form.client_form(data))


@blueprint.post("/new")
def add() -> Page:
    """Add a client."""
    return _save(None)


@blueprint.get("/<int:client_id>/edit")
def edit(client_id: int) -> str:
    """A client's form."""
    client = clients.read_client(client_id, user_id=g.user.id, now=g.now)
    form = people_form.client_form(client_data(client, load_directory(db.session())))
    return _form(client_id, form, version=client.version)


@blueprint.post("/<int:client_id>/edit")
def change(client_id: int) -> Page:
    """Save what was edited, unless somebody else did so meanwhile."""
    return _save(client_id)


def _save(client_id: int | None) -> Page:
    directory = load_directory(db.session())
    data, reader = people_form.read_client(request.form, directory)
    version = reader.whole("version") if client_id is not None else None
    if client_id is not None:
        clients.get_client(client_id)  # a record that is not there is no faulty form
    if reader.faults or "preview" in request.form:
        return _form(client_id, request.form, faults=reader.faults, notes=reader.notes, version=version,
                     hours=in_words(data.weekly_hours, data.dated_hours)), 422 if reader.faults else 200
    try:
        saved = clients.save_client(data=data, client_id=client_id, version=version or 0,
                                    user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _form(client_id, request.form, faults=error.faults, version=version), 422
    except ConflictError as error:
        db.session.rollback()
        return _conflict(client_id, str(error))
    flash(_("Saved.") if saved.outcome != "unchanged" else _("Nothing was changed."), "good")
    return redirect(url_for(".show", client_id=saved.id), 303)


def _conflict(client_id: int | None, sentence: str) -> Page:
    if client_id is None:
        raise ConflictError(sentence)
    client = clients.get_client(client_id)
    theirs = people_form.client_form(client_data(client, load_directory(db.session())))
    return _form(client_id, request.form, version=client.version, conflict=sentence,
                 differs=people_form.differences(request.form, theirs)), 409


def _form(client_id: int | None, form: MultiDict[str, str], **more: Any) -> str:
    directory = load_directory(db.session())
    return render_template(
        "clients/form.html", client_id=client_id, form=form, rows=people_form.row_numbers,
        topics=people_form.topics_on_offer(directory, form), places=directory.places.values(),
        assistants=assistants.names(), cultures=catalogue.cultures(),
        **{"faults": {}, "version": None, **more})


@blueprint.post("/<int:client_id>/links")
def renew_links(client_id: int) -> Response:
    """End the links to a client's appointments; mails from now on hold new ones."""
    clients.renew_links(client_id=client_id, user_id=g.user.id, now=g.now)
    flash(_("The links sent before have ended."), "good")
    return redirect(url_for(".show", client_id=client_id), 303)


@blueprint.get("/<int:client_id>/end")
def ending(client_id: int) -> str:
    """What ending a client's support means: the appointments that are still to come."""
    return _ending(client_id, {})


@blueprint.post("/<int:client_id>/end")
def end(client_id: int) -> Page:
    """Let a client take no part any longer."""
    reader = Reader(request.form)
    day = reader.day("day")
    try:
        if reader.faults:
            raise InvalidInputError(reader.faults)
        clients.end_client(client_id=client_id, day=day, cancel="cancel" in request.form, user_id=g.user.id,
                           now=g.now)
    except InvalidInputError as error:
        return _ending(client_id, error.faults), 422
    flash(_("Saved: this client takes part in no round from that day on."), "good")
    return redirect(url_for(".show", client_id=client_id), 303)


def _ending(client_id: int, faults: dict[str, str]) -> str:
    client = clients.get_client(client_id)
    return render_template(
        "people/end.html", person=client, faults=faults, back=url_for(".show", client_id=client_id),
        day=request.form.get("day", people.today(g.now).isoformat()),
        action=url_for(".end", client_id=client_id),
        coming=people_appointments.coming(client, now=g.now), assistant=False)


@blueprint.post("/<int:client_id>/reopen")
def reopen(client_id: int) -> Response:
    """Let a client take part again."""
    clients.reopen_client(client_id=client_id, user_id=g.user.id, now=g.now)
    flash(_("This client takes part again."), "good")
    return redirect(url_for(".show", client_id=client_id), 303)
