"""Places: list, form, end."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import CLIENT_LANGUAGES
from web.i18n import gettext as _
from web.services import places
from web.services.errors import InvalidInputError
from web.services.form_reader import Reader
from web.services.places import PlaceData

blueprint = Blueprint("places", __name__, url_prefix="/places")


@blueprint.get("")
def index() -> str:
    """Every place."""
    return render_template("places/list.html", places=places.all_places())


@blueprint.get("/new")
def new() -> str:
    """An empty form."""
    return _form(None, PlaceData(code="", name=""), {})


@blueprint.post("/new")
def add() -> str | tuple[str, int] | Response:
    """Add a place."""
    return _save(None)


@blueprint.get("/<int:place_id>")
def edit(place_id: int) -> str:
    """A place's form."""
    return _form(place_id, places.place_data(places.get_place(place_id)), {})


@blueprint.post("/<int:place_id>")
def change(place_id: int) -> str | tuple[str, int] | Response:
    """Save a place."""
    return _save(place_id)


def _save(place_id: int | None) -> str | tuple[str, int] | Response:
    reader = Reader(request.form)
    data = PlaceData(
        code=reader.text("code"), name=reader.text("name"), address=reader.text("address"),
        directions={language: reader.text(f"directions-{language}") for language in CLIENT_LANGUAGES})
    try:
        places.save_place(data=data, place_id=place_id, user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _form(place_id, data, error.faults), 422
    flash(_("Saved."), "good")
    return redirect(url_for(".index"), 303)


def _form(place_id: int | None, data: PlaceData, faults: dict[str, str]) -> str:
    place = places.get_place(place_id) if place_id else None
    return render_template("places/form.html", place=place, data=data, faults=faults)


@blueprint.post("/<int:place_id>/active")
def set_active(place_id: int) -> Response:
    """End a place or bring it back."""
    active = request.form.get("active") == "1"
    places.set_active(place_id=place_id, active=active, user_id=g.user.id, now=g.now)
    flash(_("Saved."), "good")
    return redirect(url_for(".index"), 303)
