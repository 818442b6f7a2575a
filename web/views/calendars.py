"""Calendar addresses for assistants' devices, and the page on which a coordinator makes them."""
from __future__ import annotations

from typing import Any

import segno
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.http import is_resource_modified
from werkzeug.wrappers import Response as BaseResponse

from web.i18n import gettext as _
from web.i18n import speak_every_language
from web.models import Assistant, FeedToken
from web.reading.programs import program_of
from web.security import public
from web.services import feeds
from web.services.errors import InvalidInputError

blueprint = Blueprint("calendars", __name__)
Page = str | tuple[str, int]


@blueprint.get("/calendars/<token>.ics")
@public
def calendar(token: str) -> BaseResponse:
    """An assistant's calendar, as calendar programs fetch it: no cookie, no redirect, no sign-in."""
    fetched = feeds.fetch(token, user_agent=request.user_agent.string, now=g.now,
                          holds=lambda etag: not is_resource_modified(request.environ, etag))
    if fetched is None:
        abort(404)
    if fetched.gone:
        abort(410)
    answer = Response(fetched.body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(fetched.etag)
    return answer.make_conditional(request)


@blueprint.get("/calendars/programs")
@public
def programs() -> str:
    """How calendar programs subscribe, and how soon each shows a change: nothing here is a secret."""
    speak_every_language()
    return render_template("calendars/programs.html")


@blueprint.get("/assistants/<int:assistant_id>/calendar")
def subscriptions(assistant_id: int) -> str:
    """Which devices follow this assistant's calendar."""
    return _devices(feeds.subscriber(assistant_id))


def _devices(assistant: Assistant, *, label: str = "", faults: dict[str, str] | None = None) -> str:
    return render_template("calendars/subscriptions.html", label=label, faults=faults or {},
                           **device_values(assistant))


def device_values(assistant: Assistant) -> dict[str, Any]:
    """What the list of devices shows: on a coordinator's page, and on the assistant's own."""
    return {"assistant": assistant, "subscriptions": feeds.subscriptions(assistant.id, now=g.now),
            "program_of": program_of}


@blueprint.post("/assistants/<int:assistant_id>/calendar")
def subscribe(assistant_id: int) -> Page:
    """Make an address and show it this one time; it is stored as a hash only."""
    assistant = feeds.subscriber(assistant_id)
    label = request.form.get("label", "")
    try:
        made = feeds.subscribe(assistant_id=assistant_id, label=label, user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _devices(assistant, label=label, faults=error.faults), 422
    return render_template("calendars/address.html", assistant=assistant, **address_values(*made))


def address_values(token: FeedToken, secret: str) -> dict[str, Any]:
    """A new address in every form: to copy, to tap on, to point a camera at."""
    https = current_app.config["SETTINGS"].public_url + url_for("calendars.calendar", token=secret)
    webcal = "webcal://" + https.split("://", 1)[1]
    return {"token": token, "https": https, "webcal": webcal,
            "qr": segno.make(webcal, error="m").svg_data_uri(scale=6, border=2)}


@blueprint.post("/assistants/<int:assistant_id>/calendar/<int:token_id>/renew")
def renew(assistant_id: int, token_id: int) -> str:
    """Give one device a new address, shown this one time, in place of its old one."""
    assistant = feeds.subscriber(assistant_id)
    made = feeds.renew(assistant_id=assistant_id, token_id=token_id, user_id=g.user.id, now=g.now)
    return render_template("calendars/address.html", assistant=assistant, **address_values(*made))


@blueprint.post("/assistants/<int:assistant_id>/calendar/<int:token_id>/revoke")
def revoke(assistant_id: int, token_id: int) -> BaseResponse:
    """End one device's subscription."""
    feeds.revoke(assistant_id=assistant_id, token_id=token_id, user_id=g.user.id, now=g.now)
    flash(_("That address shows an empty calendar from now on."), "good")
    return redirect(url_for("calendars.subscriptions", assistant_id=assistant_id), 303)


@blueprint.post("/assistants/<int:assistant_id>/calendar/names")
def choose_names(assistant_id: int) -> BaseResponse:
    """Decide whether this assistant's calendar tells first names."""
    feeds.choose_first_names(assistant_id=assistant_id, shown="first_names" in request.form,
                             user_id=g.user.id, now=g.now)
    flash(_("Saved."), "good")
    return redirect(url_for("calendars.subscriptions", assistant_id=assistant_id), 303)
