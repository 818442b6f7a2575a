"""The devices on which an assistant follows their appointments."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.security import for_assistants
from web.services import feeds
from web.services.errors import InvalidInputError
from web.views.calendars import address_values, device_values

blueprint = Blueprint("mine_devices", __name__, url_prefix="/me/devices")
Page = str | tuple[str, int] | Response


@blueprint.get("")
@for_assistants
def show() -> str:
    """Which of my devices follow my appointments."""
    return _page()


def _page(*, label: str = "", faults: dict[str, str] | None = None) -> str:
    return render_template("mine/devices.html", label=label, faults=faults or {},
                           **device_values(g.assistant))


@blueprint.post("")
@for_assistants
def subscribe() -> Page:
    """Make an address for a device, and show it this one time."""
    label = request.form.get("label", "")
    try:
        made = feeds.subscribe(assistant_id=g.assistant.id, label=label, user_id=None, now=g.now)
    except InvalidInputError as error:
        return _page(label=label, faults=error.faults), 422
    return render_template("mine/address.html", assistant=g.assistant, **address_values(*made))


@blueprint.post("/<int:token_id>/renew")
@for_assistants
def renew(token_id: int) -> str:
    """Give a device a new address in place of its old one."""
    made = feeds.renew(assistant_id=g.assistant.id, token_id=token_id, user_id=None, now=g.now)
    return render_template("mine/address.html", assistant=g.assistant, **address_values(*made))


@blueprint.post("/<int:token_id>/revoke")
@for_assistants
def revoke(token_id: int) -> Response:
    """End a device's address."""
    feeds.revoke(assistant_id=g.assistant.id, token_id=token_id, user_id=None, now=g.now)
    flash(_("That address shows an empty calendar from now on."), "good")
    return redirect(url_for(".show"), 303)


@blueprint.post("/names")
@for_assistants
def choose_names() -> Response:
    """Decide whether my calendar tells first names."""
    feeds.choose_first_names(assistant_id=g.assistant.id, shown="first_names" in request.form, user_id=None,
                             now=g.now)
    flash(_("Saved."), "good")
    return redirect(url_for(".show"), 303)
