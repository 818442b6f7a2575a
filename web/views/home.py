"""The first page, and what machines ask before they read any page."""
from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from web.security import public
from web.services import today

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def show() -> str:
    """Show what a coordinator needs in the morning."""
    return render_template("home/today.html", morning=today.morning(office=g.office, now=g.now),
                           sentence=today.notice_sentence, days=today.DAYS_AHEAD)


@blueprint.post("/notices/<int:notice_id>/seen")
def mark_seen(notice_id: int) -> AnyResponse:
    """Take a notice off the first page."""
    today.mark_seen(notice_id=notice_id, user_id=g.user.id, now=g.now)
    return redirect(url_for("home.show", _anchor="notices"), 303)


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Keep search engines out of everything but calendars.

    Google's calendar obeys robots.txt when it fetches a subscription; every answer says noindex anyway.
    """
    text = "User-agent: *\nAllow: /calendars/\nDisallow: /\n"
    return Response(text, mimetype="text/plain", headers={"Cache-Control": "public, max-age=86400"})
