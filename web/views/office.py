"""The office's settings, policy and closed days."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import LANGUAGES, current_language
from web.i18n import gettext as _
from web.services import closed_days, mailbox, office, policy
from web.services.catalogue import countries, language_name, languages
from web.services.errors import InvalidInputError, NotFoundError

blueprint = Blueprint("office", __name__, url_prefix="/office")
Answer = str | tuple[str, int] | Response


def _today() -> date:
    """Today where the office is."""
    today: date = g.now.astimezone(ZoneInfo(g.office.timezone)).date()
    return today


@blueprint.get("")
def show() -> str:
    """Show every setting of the office."""
    return _settings(office.form_of(g.office), {})


@blueprint.post("")
def change() -> Answer:
    """Change the office's settings."""
    try:
        office.change_office(office=g.office, values=request.form, user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _settings(request.form, error.faults), 422
    flash(_("The office's settings are saved."), "good")
    return redirect(url_for("office.show"), 303)


def _settings(values: Mapping[str, object], faults: dict[str, str]) -> str:
    return render_template(
        "office/settings.html", values=values, faults=faults, mailbox=mailbox.status(now=g.now),
        countries=list(countries(current_language().code).items()),
        timezones=[(zone, zone.replace("_", " ")) for zone in office.timezones()],
        languages_offered=[(code, language.name) for code, language in LANGUAGES.items()],
        grids=[(minutes, _("%(count)s minutes", count=minutes)) for minutes in office.GRIDS],
        minimum_levels=[(level, _("native") if level == "native" else level)
                        for level in policy.LANGUAGE_LEVELS])


@blueprint.get("/policy")
def show_policy() -> str:
    """Show the order of the levels and the bridges between languages."""
    return _policy({}, {})


def _policy(values: Mapping[str, str], faults: dict[str, str]) -> str:
    names = {code: language_name(code) for code in languages()}
    return render_template(
        "office/policy.html", values=values, faults=faults, sentences=policy.level_sentences(),
        levels=g.office.levels, bridges=policy.bridges(g.office), names=names,
        own=g.office.bridges is not None, losses=[(loss, str(loss)) for loss in range(policy.MOST_LOSS + 1)],
        spoken=[("", _("Choose a language")), *sorted(names.items(), key=lambda each: each[1].casefold())])


@blueprint.post("/levels")
def move_level() -> Response:
    """Move a level up or down."""
    policy.move_level(office=g.office, level=request.form.get("level", ""),
                      up=request.form.get("direction") == "up", user_id=g.user.id, now=g.now)
    return redirect(url_for("office.show_policy", _anchor="levels"), 303)


@blueprint.post("/bridges")
def add_bridge() -> Answer:
    """Add a bridge between two languages."""
    values = {field: request.form.get(field, "") for field in ("client", "assistant", "loss")}
    try:
        policy.add_bridge(office=g.office, user_id=g.user.id, now=g.now, **values)
    except InvalidInputError as error:
        return _policy(values, error.faults), 422
    flash(_("The bridge is added."), "good")
    return redirect(url_for("office.show_policy", _anchor="bridges"), 303)


@blueprint.post("/bridges/remove")
def remove_bridge() -> Response:
    """Remove a bridge between two languages."""
    policy.remove_bridge(office=g.office, client=request.form.get("client", ""),
                         assistant=request.form.get("assistant", ""), user_id=g.user.id, now=g.now)
    flash(_("The bridge is removed."), "good")
    return redirect(url_for("office.show_policy", _anchor="bridges"), 303)


@blueprint.post("/bridges/restore")
def restore_bridges() -> Response:
    """Go back to the default bridges."""
    policy.restore_bridges(office=g.office, user_id=g.user.id, now=g.now)
    flash(_("The default bridges are back."), "good")
    return redirect(url_for("office.show_policy", _anchor="bridges"), 303)


@blueprint.get("/closed-days")
def show_closed_days() -> str:
    """Show public holidays and the office's own closed days."""
    return _closed_days({}, {})


def _closed_days(values: Mapping[str, str], faults: dict[str, str]) -> str:
    offered = closed_days.holidays_to_decide(g.office, _today())
    return render_template(
        "office/closed_days.html", values=values, faults=faults, holidays=offered, today=_today(),
        years=sorted({holiday.day.year for holiday in offered}),
        own=closed_days.own_closed_days(g.office, _today()))


@blueprint.post("/closed-days")
def add_closed_day() -> Answer:
    """Close the office on a day."""
    values = {field: request.form.get(field, "") for field in ("day", "name")}
    try:
        closed_days.add_closed_day(office=g.office, user_id=g.user.id, now=g.now, **values)
    except InvalidInputError as error:
        return _closed_days(values, error.faults), 422
    flash(_("The closed day is added. Rounds that are not published yet will leave it out."), "good")
    return redirect(url_for("office.show_closed_days"), 303)


@blueprint.post("/closed-days/<int:closed_day_id>/remove")
def remove_closed_day(closed_day_id: int) -> Response:
    """Open the office again on a day."""
    closed_days.remove_closed_day(office=g.office, closed_day_id=closed_day_id, user_id=g.user.id, now=g.now)
    flash(_("The closed day is removed."), "good")
    return redirect(url_for("office.show_closed_days"), 303)


@blueprint.post("/closed-days/holiday")
def keep_holiday() -> Response:
    """Close or open the office on a public holiday."""
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError as error:
        raise NotFoundError(_("This day is no public holiday.")) from error
    closed_days.keep_holiday(office=g.office, day=day, kept=request.form.get("kept") == "yes",
                             user_id=g.user.id, now=g.now)
    return redirect(url_for("office.show_closed_days", _anchor=f"day-{day}"), 303)
