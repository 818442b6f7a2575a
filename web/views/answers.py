"""A client's own page: no account, no cookie, one link that opens one appointment."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from babel.dates import get_day_names
from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from web.i18n import current_language
from web.i18n import gettext as _
from web.i18n.clients import speak_to_client
from web.models import Appointment, Office, current_office_id, db
from web.security import csrf, public
from web.services import answers, client_texts, free_slots, links, moving
from web.services.client_languages import language_for
from web.services.errors import ConflictError, NotFoundError

blueprint = Blueprint("answers", __name__, url_prefix="/a/<token>")
# The page sets no cookie, so there is no session for a form's token: what guards it is the secret in
# its address, and the check that a POST comes from our own page (web/security.py).
csrf.exempt(blueprint)


@blueprint.before_request
def _speak() -> None:
    speak_to_client()


@blueprint.errorhandler(NotFoundError)
def _not_found(error: NotFoundError) -> tuple[str, int]:
    return render_template("answers/error.html", title=_("Not found"), sentence=str(error)), 404


@blueprint.errorhandler(links.EndedLinkError)
def _ended(error: links.EndedLinkError) -> tuple[str, int]:
    speak_to_client(language_for(error.client), client_texts.own_words(db.session()))
    return render_template("answers/ended.html", office=_office()), 410


@blueprint.errorhandler(HTTPException)
def _refused(error: HTTPException) -> tuple[str, int]:
    return render_template("answers/error.html", title=_("This did not work"),
                           sentence=_("Go back and try again.")), error.code or 500


def _found(token: str) -> Appointment:
    appointment = links.find(token)
    speak_to_client(language_for(appointment.client), client_texts.own_words(db.session()))
    return appointment


def _page(token: str, appointment: Appointment, *, problem: str = "", status: int = 200) -> tuple[str, int]:
    language = current_language().code
    return render_template(
        "answers/appointment.html", appointment=appointment, over=answers.is_over(appointment, now=g.now),
        tell=answers.page_of(appointment, language=language, now=g.now), problem=problem, days=_days(),
        office=_office(), token=token, wish=answers.wanted(appointment, language=language),
    ), status


def _office() -> Office:
    return db.session.get_one(Office, current_office_id())


def _reminders(token: str, *, on: bool) -> str:
    return render_template("answers/reminders.html", token=token, on=on, office=_office())


def _days() -> list[tuple[str, str]]:
    names = get_day_names("wide", locale=current_language().locale)
    return list(zip(answers.DAYS, (names[number] for number in range(7)), strict=True))


def _revision() -> int:
    text = request.form.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        abort(400)  # no page of ours sends this: somebody guesses at forms
    return int(text)


def _answer(token: str, act: Callable[[], None]) -> BaseResponse | tuple[str, int]:
    appointment = _found(token)
    try:
        act()
    except answers.TooLateError:
        return _page(token, appointment, status=410)
    except ConflictError as error:
        return _page(token, _found(token), problem=str(error), status=409)
    return redirect(url_for("answers.show", token=token, lang=request.args.get("lang")), 303)


@blueprint.get("")
@public
def show(token: str) -> tuple[str, int]:
    """The appointment and what can be answered. Mail scanners open this too: it changes nothing."""
    return _page(token, _found(token))


@blueprint.post("/confirm")
@public
def confirm(token: str) -> BaseResponse | tuple[str, int]:
    """I come."""
    return _answer(token, lambda: answers.confirm(token, revision=_revision(), now=g.now))


@blueprint.post("/decline")
@public
def decline(token: str) -> BaseResponse | tuple[str, int]:
    """I cannot come."""
    return _answer(token, lambda: answers.decline(token, revision=_revision(), now=g.now))


@blueprint.post("/another-time")
@public
def another_time(token: str) -> BaseResponse | tuple[str, int]:
    """I need another time."""
    return _answer(token, lambda: answers.ask_for_another_time(
        token, revision=_revision(), now=g.now, wish=answers.wish_of(
            parts=request.form.getlist("parts"), days=request.form.getlist("days"),
            words=request.form.get("words", ""))))


@blueprint.get("/times")
@public
def times(token: str) -> tuple[str, int]:
    """Other times that are free. Looking at them takes none."""
    return _times(token)


@blueprint.post("/times")
@public
def choose(token: str) -> BaseResponse | tuple[str, int]:
    """I take this time."""
    _found(token)
    try:
        starts_at = datetime.fromisoformat(request.form.get("start", ""))
    except ValueError:
        return _times(token, problem=_("Please choose a time."), status=422)
    if starts_at.tzinfo is None:
        abort(400)
    try:
        moving.choose(token, revision=_revision(), starts_at=starts_at, now=g.now)
    except moving.TakenError as error:
        return _times(token, problem=str(error), status=409)
    except answers.TooLateError:
        return _page(token, _found(token), status=410)
    except ConflictError as error:
        return _page(token, _found(token), problem=str(error), status=409)
    return redirect(url_for("answers.show", token=token, lang=request.args.get("lang")), 303)


def _times(token: str, *, problem: str = "", status: int = 200) -> tuple[str, int]:
    appointment = _found(token)
    if appointment.state == "cancelled" or answers.is_over(appointment, now=g.now):
        return _page(token, appointment, status=status)
    language = current_language().code
    slots = free_slots.offered(appointment, now=g.now)
    return render_template(
        "answers/times.html", appointment=appointment, token=token, office=_office(), days=_days(),
        tell=answers.page_of(appointment, language=language, now=g.now), problem=problem,
        slots=[(slot, answers.told(slot, language=language)) for slot in slots]), status


@blueprint.get("/appointment.ics")
@public
def calendar_file(token: str) -> Response:
    """The appointment for the client's calendar."""
    appointment = _found(token)
    if appointment.state == "cancelled" or answers.is_over(appointment, now=g.now):
        abort(404)
    body = answers.calendar_file(appointment, language=current_language().code, now=g.now)
    return Response(body, content_type="text/calendar; charset=utf-8; method=REQUEST", headers={
        "Content-Disposition": 'inline; filename="appointment.ics"'})


@blueprint.get("/reminders")
@public
def reminders(token: str) -> str:
    """Ask whether reminders shall stop."""
    return _reminders(token, on=_found(token).client.reminders)


@blueprint.post("/reminders")
@public
def turn_off_reminders(token: str) -> str:
    """No more reminders: from the page, or by a mail program itself (RFC 8058), which follows no redirect."""
    _found(token)
    answers.turn_off_reminders(token, now=g.now)
    return _reminders(token, on=False)
