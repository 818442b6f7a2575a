"""Signing in and out, and one's own account."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import LANGUAGES, refresh
from web.i18n import gettext as _
from web.security import local_path, public
from web.services import accounts
from web.services.errors import InvalidInputError
from web.sessions import current_session_hash, sign_in_browser, sign_out_browser

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
@public
def sign_in() -> str:
    """Ask for an address and a password."""
    return render_template("accounts/sign_in.html", email="", error="", next=request.args.get("next", ""))


@blueprint.post("/sign-in")
@public
def do_sign_in() -> tuple[str, int] | Response:
    """Sign somebody in, and go on to where they wanted to go."""
    email, wanted = request.form.get("email", ""), request.form.get("next", "")
    try:
        user = accounts.sign_in(email=email, password=request.form.get("password", ""), now=g.now)
    except (accounts.SignInRefusedError, accounts.TooManySignInsError) as error:
        status = 422 if isinstance(error, accounts.SignInRefusedError) else 429
        return render_template("accounts/sign_in.html", email=email, error=str(error), next=wanted), status
    sign_in_browser(user_id=user.id, office_id=user.office_id)
    return redirect(local_path(wanted), 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session, and let the browser forget what it keeps of these pages."""
    sign_out_browser()
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/account")
def show() -> str:
    """Show one's own account."""
    return _page({"name": g.user.name, "language": g.user.language}, {})


@blueprint.post("/account")
def change() -> tuple[str, int] | Response:
    """Change one's own name and language."""
    values = {"name": request.form.get("name", ""), "language": request.form.get("language", "")}
    try:
        accounts.change_own(user=g.user, now=g.now, **values)
    except InvalidInputError as error:
        return _page(values, error.faults), 422
    g.language = g.user.language
    refresh()  # the language that this answer began with may have changed
    flash(_("Your account is saved."), "good")
    return redirect(url_for("accounts.show"), 303)


@blueprint.post("/account/password")
def change_password() -> tuple[str, int] | Response:
    """Change one's own password."""
    form = request.form
    try:
        accounts.change_password(
            user=g.user, current=form.get("current", ""), new=form.get("new", ""),
            again=form.get("again", ""), keep_session=current_session_hash(), now=g.now)
    except InvalidInputError as error:
        return _page({"name": g.user.name, "language": g.user.language}, error.faults), 422
    flash(_("Your password is changed. Everywhere else you are signed out."), "good")
    return redirect(url_for("accounts.show"), 303)


def _page(values: dict[str, str], faults: dict[str, str]) -> str:
    return render_template("accounts/account.html", values=values, faults=faults, email=g.user.email,
                           languages_offered=[(code, language.name) for code, language in LANGUAGES.items()])
