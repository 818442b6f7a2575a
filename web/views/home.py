"""The first page, and what machines ask before they read any page."""
from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from web.i18n import gettext as _
from web.security import public
from web.services import notice_words, today, wishes
from web.services.errors import ConflictError

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def show() -> str:
    """Show what a coordinator needs in the morning."""
    return render_template("home/today.html", morning=today.morning(office=g.office, now=g.now),
                           sentence=today.notice_sentence, words=notice_words, days=today.DAYS_AHEAD,
                           moment=datetime.fromisoformat)


@blueprint.post("/notices/<int:notice_id>/seen")
def mark_seen(notice_id: int) -> AnyResponse:
    """Take a notice off the first page."""
    today.mark_seen(notice_id=notice_id, user_id=g.user.id, now=g.now)
    return redirect(url_for("home.show", _anchor="notices"), 303)


@blueprint.post("/notices/<int:notice_id>/grant")
def grant(notice_id: int) -> AnyResponse:
    """Move an appointment to the time that its client has asked for."""
    try:
        wishes.grant(notice_id=notice_id, user_id=g.user.id, now=g.now)
    except ConflictError as error:
        flash(str(error), "bad")
    else:
        flash(_("The appointment is moved, and the client is told."), "good")
    return redirect(url_for("home.show", _anchor="notices"), 303)


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Keep search engines out of everything but calendars.

    Google's calendar obeys robots.txt when it fetches a subscription; every answer says noindex anyway.
    """
    text = "User-agent: *\nAllow: /calendars/\nDisallow: /\n"
    return Response(text, mimetype="text/plain", headers={"Cache-Control": "public, max-age=86400"})
