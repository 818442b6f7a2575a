"""Topics: list, form, end."""
from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.i18n import CLIENT_LANGUAGES, current_language
from web.i18n import gettext as _
from web.models import Topic
from web.services import topics
from web.services.errors import InvalidInputError
from web.services.form_reader import Reader
from web.services.hours_text import parse_hours
from web.services.hours_words import in_words
from web.services.topics import TopicData

blueprint = Blueprint("topics", __name__, url_prefix="/topics")


@blueprint.get("")
def index() -> str:
    """Every topic with its opening hours."""
    listed = sorted(topics.all_topics(),
                    key=lambda topic: (not topic.active, topic.name_in(current_language().code).casefold()))
    return render_template("topics/list.html", topics=listed, open_needs=topics.open_needs(),
                           windows=_windows)


def _windows(topic: Topic) -> list[str]:
    return in_words(parse_hours(topics.topic_data(topic).windows, ()).weekly, ())


@blueprint.get("/new")
def new() -> str:
    """An empty form."""
    return _form(None, TopicData(code="", minutes=60, names={}), {})


@blueprint.post("/new")
def add() -> str | tuple[str, int] | Response:
    """Add a topic."""
    return _save(None)


@blueprint.get("/<int:topic_id>")
def edit(topic_id: int) -> str:
    """A topic's form."""
    return _form(topic_id, topics.topic_data(topics.get_topic(topic_id)), {})


@blueprint.post("/<int:topic_id>")
def change(topic_id: int) -> str | tuple[str, int] | Response:
    """Save a topic."""
    return _save(topic_id)


def _save(topic_id: int | None) -> str | tuple[str, int] | Response:
    reader = Reader(request.form)
    minutes = reader.whole("minutes")
    data = TopicData(
        code=reader.text("code"), minutes=minutes, windows=request.form.get("windows", ""),
        names={language: reader.text(f"names-{language}") for language in CLIENT_LANGUAGES},
        bring={language: reader.text(f"bring-{language}").splitlines() for language in CLIENT_LANGUAGES})
    try:
        topics.save_topic(data=data, topic_id=topic_id, user_id=g.user.id, now=g.now)
    except InvalidInputError as error:
        return _form(topic_id, data, error.faults | reader.faults), 422
    flash(_("Saved."), "good")
    return redirect(url_for(".index"), 303)


def _form(topic_id: int | None, data: TopicData, faults: dict[str, str]) -> str:
    topic = topics.get_topic(topic_id) if topic_id else None
    return render_template("topics/form.html", topic=topic, data=data, faults=faults,
                           minutes=request.form.get("minutes", data.minutes))


@blueprint.post("/<int:topic_id>/active")
def set_active(topic_id: int) -> Response:
    """End a topic or bring it back."""
    active = request.form.get("active") == "1"
    topics.set_active(topic_id=topic_id, active=active, user_id=g.user.id, now=g.now)
    flash(_("Saved."), "good")
    return redirect(url_for(".index"), 303)
