"""Mails that a coordinator sends once more."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.services import mails
from web.services.errors import ConflictError

blueprint = Blueprint("mails", __name__, url_prefix="/mails")


@blueprint.post("/<int:message_id>/again")
def send_again(message_id: int) -> Response:
    """Send a mail again, and go back to the page on which it stands."""
    try:
        message = mails.send_again(message_id=message_id, user_id=g.user.id, now=g.now)
    except ConflictError as error:
        flash(str(error), "bad")
        return redirect(_back(), 303)
    flash(_("The mail is on its way to %(address)s.", address=message.appointment.client.email), "good")
    return redirect(_back(), 303)


def _back() -> str:
    round_id = request.form.get("round", "")
    if round_id.isascii() and round_id.isdigit() and len(round_id) < 9:
        return url_for("rounds.show", round_id=int(round_id))
    client_id = request.form.get("client", "")
    if client_id.isascii() and client_id.isdigit() and len(client_id) < 9:
        return url_for("clients.show", client_id=int(client_id))
    return url_for("home.show")
