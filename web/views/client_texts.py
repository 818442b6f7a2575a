"""What the application says to clients, sentence by sentence, for the office's own words."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import gettext as _
from web.services import client_texts
from web.services.errors import InvalidInputError

blueprint = Blueprint("client_texts", __name__, url_prefix="/office/texts")


@blueprint.get("")
def index() -> str:
    """Every language of mails and clients' pages, and whether somebody has reviewed it."""
    return render_template("client_texts/languages.html", standings=client_texts.standings())


@blueprint.get("/<code>")
def show(code: str) -> str:
    """Every sentence in one language."""
    return _page(code, {})


@blueprint.post("/<code>/<sentence>")
def change(code: str, sentence: str) -> Response | tuple[str, int]:
    """Say one sentence in the office's own words."""
    forms = request.form.getlist("text")
    try:
        client_texts.change_sentence(
            code=code, sentence_id=sentence, forms=forms, user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _page(code, {sentence: (forms, error.faults["text"])}), 422
    flash(_("Saved. Mails that are written from now on say it like this."), "good")
    return redirect(url_for("client_texts.show", code=code, _anchor=f"s-{sentence}"), 303)


def _page(code: str, faults: dict[str, tuple[list[str], str]]) -> str:
    language = client_texts.language_named(code)
    standing = next(one for one in client_texts.standings() if one.language == language)
    return render_template("client_texts/sentences.html", standing=standing, language=language, faults=faults,
                           sentences=client_texts.sentences(code), pieces=client_texts.pieces)
