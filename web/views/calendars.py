"""Calendar addresses for assistants' devices, and the page on which they are made."""
from __future__ import annotations

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
from werkzeug.wrappers import Response as BaseResponse

from web.i18n import gettext as _
from web.security import public
from web.services import feeds
from web.services.errors import InvalidInputError

blueprint = Blueprint("calendars", __name__)


@blueprint.get("/calendars/<token>.ics")
@public
def calendar(token: str) -> BaseResponse:
    """An assistant's calendar, as calendar programs fetch it: no cookie, no redirect, no sign-in."""
    fetched = feeds.fetch(token, user_agent=request.user_agent.string, now=g.now)
    if fetched is None:
        abort(404)
    if fetched.gone:
        abort(410)
    answer = Response(fetched.body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(fetched.etag)
    return answer.make_conditional(request)


@blueprint.get("/assistants/<int:assistant_id>/calendar")
def subscriptions(assistant_id: int) -> str:
    """Which devices follow this assistant's calendar."""
    return render_template("calendars/subscriptions.html", assistant=feeds.subscriber(assistant_id),
                           subscriptions=feeds.subscriptions(assistant_id), faults={}, label="")


@blueprint.post("/assistants/<int:assistant_id>/calendar")
def subscribe(assistant_id: int) -> str | tuple[str, int]:
    """Make an address and show it this one time; it is stored as a hash only."""
    assistant = feeds.subscriber(assistant_id)
    label = request.form.get("label", "")
    try:
        token, secret = feeds.subscribe(assistant_id=assistant_id, label=label, user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return render_template("calendars/subscriptions.html", assistant=assistant, faults=error.faults,
                               subscriptions=feeds.subscriptions(assistant_id), label=label), 422
    path = url_for("calendars.calendar", token=secret)
    https = current_app.config["SETTINGS"].public_url + path
    webcal = "webcal://" + https.split("://", 1)[1]
    return render_template("calendars/address.html", assistant=assistant, token=token, https=https,
                           webcal=webcal, qr=segno.make(webcal, error="m").svg_data_uri(scale=6, border=2))


@blueprint.post("/assistants/<int:assistant_id>/calendar/<int:token_id>/revoke")
def revoke(assistant_id: int, token_id: int) -> BaseResponse:
    """End one device's subscription."""
    feeds.revoke(assistant_id=assistant_id, token_id=token_id, user_id=g.user.id, now=g.now)
    flash(_("That address shows an empty calendar from now on."), "good")
    return redirect(url_for("calendars.subscriptions", assistant_id=assistant_id), 303)
