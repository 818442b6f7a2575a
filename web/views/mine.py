"""An assistant's own pages: how they come in and go out, and in which language."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import CLIENT_LANGUAGES, speak_every_language
from web.i18n import gettext as _
from web.models import Assistant, Office, db
from web.security import for_assistants, public
from web.services import own_hours, sign_in_links
from web.services.errors import NotFoundError
from web.sessions import sign_in_assistant, sign_out_browser

blueprint = Blueprint("mine", __name__, url_prefix="/me")
Page = str | tuple[str, int] | Response


@blueprint.get("/enter/<token>")
@public
def enter(token: str) -> Page:
    """Show a button. Mail scanners open this too: it changes nothing."""
    assistant = _let_in(token)
    if assistant is None:
        return render_template("mine/outside.html", tried=True), 404
    office = db.session.get_one(Office, assistant.office_id)
    return render_template("mine/enter.html", token=token, office=office)


@blueprint.post("/enter/<token>")
@public
def do_enter(token: str) -> Page:
    """Use the link up, and begin a session of this assistant's own pages."""
    if _let_in(token) is None:
        return render_template("mine/outside.html", tried=True), 404
    try:
        assistant = sign_in_links.use(token, now=g.now)
    except NotFoundError:  # somebody was faster
        return render_template("mine/outside.html", tried=True), 404
    sign_in_assistant(assistant_id=assistant.id, office_id=assistant.office_id)
    return redirect(url_for("mine_time.show"), 303)


def _let_in(token: str) -> Assistant | None:
    try:
        assistant = sign_in_links.find(token, now=g.now)
    except NotFoundError:
        speak_every_language()
        return None
    speak_every_language(assistant.mail_language)
    return assistant


@blueprint.get("/outside")
@public
def outside() -> str:
    """Tell who is not signed in how to come in."""
    speak_every_language()
    return render_template("mine/outside.html", tried=False)


@blueprint.post("/sign-out")
@for_assistants
def sign_out() -> Response:
    """End the session, and let the browser forget what it keeps of these pages."""
    sign_out_browser()
    response = redirect(url_for("mine.outside", lang=g.assistant.mail_language), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/language")
@for_assistants
def language() -> str:
    """Choose a language."""
    offered = [(each.code, each.name) for each in CLIENT_LANGUAGES.values()]
    return render_template("mine/language.html", offered=offered)


@blueprint.post("/language")
@for_assistants
def choose_language() -> Page:
    """Speak another language with me."""
    wanted = request.form.get("language", "")
    if wanted not in CLIENT_LANGUAGES:
        return language(), 422
    own_hours.choose_language(assistant_id=g.assistant.id, language=wanted, now=g.now)
    speak_every_language(wanted)
    flash(_("Saved."), "good")
    return redirect(url_for(".language"), 303)
