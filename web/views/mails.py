"""The outbox as coordinators see it: what waits, the stop switch, and sending once more."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.services import mail_words, mails, stop_switch
from web.services.errors import ConflictError

blueprint = Blueprint("mails", __name__, url_prefix="/mails")


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"mail_words": mail_words}


@blueprint.get("")
def index() -> str:
    """Show what waits and what did not arrive."""
    return render_template("mails/index.html", outbox=mails.outbox_of(now=g.now))


@blueprint.post("/stop")
def stop() -> Response:
    """Hold all mails back."""
    stop_switch.stop(office=g.office, user_id=g.user.id, now=g.now)
    return redirect(url_for(".index"), 303)


@blueprint.post("/let-go")
def let_go() -> Response:
    """Let mails leave again."""
    stop_switch.let_go(office=g.office, user_id=g.user.id, now=g.now)
    flash(_("Mails leave again."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:message_id>/again")
def send_again(message_id: int) -> Response:
    """Send a mail again, and go back to the page on which it stands."""
    try:
        message = mails.send_again(message_id=message_id, user_id=g.user.id, now=g.now)
    except ConflictError as error:
        flash(str(error), "bad")
        return redirect(_back(), 303)
    flash(_("The mail is on its way to %(address)s.", address=mails.goes_to(message)), "good")
    return redirect(_back(), 303)


def _back() -> str:
    if request.form.get("outbox"):
        return url_for(".index")
    round_id = request.form.get("round", "")
    if round_id.isascii() and round_id.isdigit() and len(round_id) < 9:
        return url_for("rounds.show", round_id=int(round_id))
    client_id = request.form.get("client", "")
    if client_id.isascii() and client_id.isdigit() and len(client_id) < 9:
        return url_for("clients.show", client_id=int(client_id))
    return url_for("home.show")
